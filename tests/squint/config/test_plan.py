"""The plan of a run, from configs and sheets in memory: recordings, folds, networks, studies, choices, products."""

import copy
import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from snakemake.utils import update_config

from squint.config.network_plan import Choices, NetworkPlan, is_variant, one_of
from squint.config.networks import read_study
from squint.config.plan import Plan, make_plan, unused_values
from squint.config.products import FIGURES, TABLES
from squint.config.recording_plan import Recording, RecordingPlan, existing_inputs, read_recordings
from squint.errors import InputError
from tests.conftest import ROOT

DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())
SHEET = pd.DataFrame(
    [
        ("EXP1", "ada", "pain", "rotate", "simulated", "simulated", "simulated", ""),
        ("EXP2", "bob", "pain", "rotate", "films/{camera}.mp4", "a.csv, b.csv", "", "1,2,3,4,5,6"),
        ("EXP3", "ada", "basal", "rotate", "simulated", "simulated", "", ""),
        ("BAS1", "cat", "basal", "train", "simulated", "simulated", "", ""),
        ("EXP7", "dan", "pain", "validate", "simulated", "simulated", "", ""),
        ("NEW1", "eve", "pain", "score", "simulated", "", "", ""),
    ],
    columns=["experiment", "subject", "condition", "role", "videos", "scores", "corrections", "sync_frames"],
).set_index("experiment")


class NotYet(Exception):
    """Stands in for what Snakemake raises where a checkpoint has not run."""


def waits(what: str) -> str:
    raise NotYet(what)


def name_instances(rows: list[dict]) -> list[str]:
    return ["__".join(f"{key}~{value}" for key, value in row.items()) for row in rows]


def changed(**changes) -> dict:
    config = copy.deepcopy(DEFAULT)
    update_config(config, changes)
    return config


def plan_of(config: dict = DEFAULT, choice_file=waits) -> Plan:
    """The plan of a checked config for the recordings of SHEET."""
    recordings = RecordingPlan(config, read_recordings(SHEET), "code/shipped.tflite")
    studies = {name: read_study(config, name, name_instances) for name in config["evaluation"]["studies"]}
    networks = NetworkPlan(config, recordings, studies, Choices(config["choices"], choice_file))
    return Plan(config, recordings, networks)


def test_a_row_of_the_sheet_is_a_recording():
    assert read_recordings(SHEET)["EXP2"] == Recording(
        "EXP2", "bob", "pain", "rotate", "films/{camera}.mp4", "a.csv, b.csv", "", "1,2,3,4,5,6"
    )
    assert list(read_recordings(SHEET)) == SHEET.index.tolist()


def test_files_of_a_recording_are_simulated_or_a_labs_own():
    recordings = plan_of().recordings
    assert recordings.video_path("EXP1", "C2") == "results/simulated/EXP1/C2.mp4"
    assert recordings.video_path("EXP2", "C2") == "films/C2.mp4"
    assert recordings.video_path("FACE1", "C6") == "results/simulated/FACE1/C6.mp4"
    assert recordings.score_tables("EXP1") == ["results/simulated/EXP1/scores.csv"]
    assert recordings.score_tables("EXP2") == ["a.csv", "b.csv"]
    assert recordings.corrections("EXP2") == ""
    assert recordings.existing_corrections("EXP1", "CORR") == ["results/simulated/EXP1/corrections.csv"]
    assert recordings.existing_corrections("EXP1", "ORGN") == []


def test_a_labs_own_file_is_an_input_where_it_exists(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recordings = plan_of().recordings
    assert recordings.existing_videos("EXP2") == []
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "C3.mp4").touch()
    assert recordings.existing_videos("EXP2") == ["films/C3.mp4"]
    assert len(recordings.existing_videos("EXP1")) == 6
    assert existing_inputs("", "results/made.csv", "lost.csv") == ["results/made.csv"]


def test_a_fold_tests_an_animal_with_all_its_recordings_and_trains_on_none_of_them():
    recordings = plan_of().recordings
    assert recordings.subjects == ["ada", "bob"] and recordings.folds == [1, 2]
    named = {subset: recordings.fold_stores(subset, 1) for subset in ("train", "validation", "test_orgn", "test_corr")}
    stores = {subset: [Path(path).stem for path in paths] for subset, paths in named.items()}
    assert stores["train"] == [f"{name}_{kind}" for name in ("EXP2", "BAS1") for kind in ("CORR", "SYMM", "AUGM")]
    assert stores["validation"] == ["EXP7_CORR"]
    assert stores["test_orgn"] == ["EXP1_ORGN", "EXP3_ORGN"] and stores["test_corr"] == ["EXP1_CORR", "EXP3_CORR"]
    assert not [store for store in recordings.stores if store.startswith("NEW1")]
    assert set(named["train"] + named["validation"]) == set(recordings.training_stores(1))


@pytest.mark.parametrize(
    ("faces", "detector", "source"),
    [
        ({}, "code/shipped.tflite", "shipped"),
        ({"annotations": "faces.csv"}, "results/faces/detector.tflite", "annotations"),
        ({"weights": "own.tflite"}, "own.tflite", "given"),
        ({"weights": ""}, "results/faces/detector.tflite", "simulated"),
    ],
)
def test_the_detector_is_shipped_given_or_trained(faces, detector, source):
    recordings = plan_of(changed(faces=faces)).recordings
    assert (recordings.detector(), recordings.detector_source) == (detector, source)


def test_recordings_for_the_detector_alone_are_of_other_animals_and_take_conditions_in_turn():
    recordings = plan_of().recordings
    made = [recordings.simulation(name) for name in recordings.for_faces]
    assert [values["condition"] for values in made[:2]] == ["pain", "basal"]
    assert not {values["subject"] for values in made} & set(SHEET.subject)
    assert {values["seconds"] for values in made} == {DEFAULT["faces"]["simulated_seconds"]}
    assert recordings.simulation("EXP1")["seconds"] == DEFAULT["recordings"]["simulation"]["seconds"]


def test_each_video_has_its_products_and_only_simulated_ones_a_truth():
    products = plan_of(changed(moments={"overrides": {"EXP2": {"min_prob": 0.9}}})).recordings.video_products()
    assert len(products) == 6 * len(SHEET)
    by_name = {(video["experiment"], video["camera"]): video for video in products}
    assert by_name["EXP2", "C1"]["truth"] == "" and by_name["EXP2", "C1"]["min_prob"] == 0.9
    assert by_name["EXP1", "C1"]["truth"].endswith("EXP1/C1.truth.parquet")
    assert by_name["EXP1", "C1"]["min_prob"] == DEFAULT["moments"]["defaults"]["min_prob"]


def test_networks_that_others_start_from_are_trained_with_their_controls():
    networks = plan_of(changed(evaluation={"networks": ["compact_views"], "controls": ["compact_views"]})).networks
    assert {"compact_views", "compact_units", "compact_views_shuffled", "compact_units_shuffled"} <= set(
        networks.trained
    )
    assert networks.sources("compact_views", "2") == ["results/models/compact_units/LOSOCV-2.keras"]
    assert networks.sources("compact_views_shuffled", "2") == ["results/models/compact_units_shuffled/LOSOCV-2.keras"]
    assert networks.trained["compact_units_shuffled"]["shuffled_labels"]
    assert networks.feature_inputs("compact_views") == [f"results/features/compact_units/LOSOCV-{k}" for k in (1, 2)]


def test_a_variant_with_the_settings_of_another_network_is_that_network():
    same = {"base": "compact_units", "folds": "all", "vary": {"slope": [DEFAULT["network_defaults"]["slope"], 0.3]}}
    config = changed(
        studies={"slopes": same}, evaluation={"studies": ["slopes"]}, choices={"study": "", "backbone": "x"}
    )
    networks = plan_of(config).networks
    assert networks.variants("slopes") == ["compact_units", "slopes/slope~0.3"]
    assert [row["network"] for row in networks.variant_rows("slopes")] == networks.variants("slopes")
    assert is_variant("slopes/slope~0.3") and not is_variant("compact_units")


BEST = changed(networks={"mobilenet_binary": {"backbone": "best"}})


def test_what_waits_for_a_choice_asks_for_its_file():
    networks = plan_of(BEST).networks
    for ask in (networks.backbone_choice, networks.settings, networks.features):
        with pytest.raises(NotYet, match="backbone"):
            ask("mobilenet_binary")
    assert networks.backbone_choice("compact_units") == []
    with pytest.raises(NotYet, match="fold"):
        networks.study_fold_choice("mobilenet_heads")


def test_a_choice_that_was_made_is_read(tmp_path):
    def file(what: str) -> str:
        return str(tmp_path / f"{what}.json")

    (tmp_path / "backbone.json").write_text(json.dumps({"backbone": "MobileNetV3Large"}))
    (tmp_path / "fold.json").write_text(json.dumps({"fold": 2}))
    networks = plan_of(BEST, file).networks
    assert networks.settings("mobilenet_binary")["backbone"] == "MobileNetV3Large"
    assert networks.study_folds("mobilenet_heads") == [2]
    alone = [name for name in networks.variants("mobilenet_heads") if name in networks.on_some_folds]
    assert alone and all(networks.folds(name) == [2] for name in alone)
    assert networks.backbone_choice("mobilenet_binary") == file("backbone")
    best = networks.best_of_study()
    assert best == [path for path in networks.chooser_metrics() if "MobileNetV3Large" in path] and len(best) == 1


def test_a_choice_that_is_fixed_waits_for_nothing():
    config = copy.deepcopy(BEST) | {"choices": {"study": "", "backbone": "MobileNetV3Small", "fold": 1}}
    networks = plan_of(config).networks
    assert networks.settings("mobilenet_binary")["backbone"] == "MobileNetV3Small"
    assert networks.backbone_choice("mobilenet_binary") == [] and networks.study_fold_choice("mobilenet_heads") == []
    assert networks.study_folds("mobilenet_heads") == [1]


def test_each_network_is_trained_and_predicted_by_one_rule():
    networks = plan_of(changed(choices={"fold": 1})).networks
    assert sorted(networks.trained_at_once + networks.trained_by_fold) == sorted(networks.trained)
    assert sorted(networks.on_all_folds + networks.on_some_folds) == sorted(networks.trained)
    assert not [name for name in networks.trained_at_once if networks.trained[name]["trainable"]]


def test_features_are_shared_unless_they_depend_on_the_fold():
    networks = plan_of(changed(choices={"backbone": "MobileNetV3Small"})).networks
    (name,) = set(networks.features("mobilenet_binary"))
    features = name.removeprefix("results/features/")
    assert features.startswith("MobileNetV3Small") and networks.features_fold(features) is None
    assert networks.feature_stores(features) == networks.recordings.store_paths
    assert networks.feature_source(features) == [] and networks.feature_settings(features)["backbone"] == features[:16]
    own = "compact_units/LOSOCV-2"
    assert networks.features_fold(own) == 2
    assert networks.feature_source(own) == ["results/models/compact_units/LOSOCV-2.keras"]
    assert set(networks.feature_stores(own)) < set(networks.recordings.store_paths)


def test_the_features_of_a_mean_take_the_training_subset_of_their_fold():
    config = changed(
        networks={"mobilenet_binary": {"normalisation": "dataset"}}, choices={"backbone": "MobileNetV3Small"}
    )
    networks = plan_of(config).networks
    (first, second) = networks.features("mobilenet_binary")
    assert first.endswith("dataset/LOSOCV-1") and second.endswith("dataset/LOSOCV-2")
    features = second.removeprefix("results/features/")
    assert networks.feature_mean(features) == ["results/datasets/LOSOCV-2-train.h5"]


def test_references_are_a_control_and_a_constant_of_the_same_kind():
    networks = plan_of().networks
    assert networks.references("compact_views") == ["compact_units_shuffled", "constant_regression"]
    assert networks.references("mobilenet_binary") == ["mobilenet_binary_shuffled", "constant_binary"]
    assert networks.constants == {
        "constant_regression": {"output": "regression", "bins": []},
        "constant_binary": {"output": "binary", "bins": []},
    }
    assert set(networks.compared) >= {"compact_units", "compact_units_shuffled", "constant_binary"}


def test_binary_networks_are_measured_without_each_ones_gap():
    networks = plan_of(changed(networks={"mobilenet_binary": {"gap": [0.5, 0.8]}})).networks
    assert networks.metric_settings("mobilenet_binary")["gaps"] == [[0.5, 0.8]]
    assert networks.metric_settings("constant_binary")["gaps"] == [[0.5, 0.8]]
    assert networks.metric_settings("compact_units")["gaps"] == []
    assert networks.discarded("mobilenet_binary") == "[0.5, 0.8)" and networks.discarded("compact_units") == ""


def test_tables_follow_from_the_outputs_of_networks():
    plan = plan_of(changed(networks={"mobilenet_binary": {"gap": [0.5, 0.8]}}))
    tables = plan.tables()
    assert "tables/compact_units/pain" in tables and "tables/mobilenet_binary/pain" not in tables
    assert tables["tables/mobilenet_binary/single_view_discarded"].title.endswith(
        "without scores in [0.5, 0.8) (table)"
    )
    assert set(plan.networks.table_sets()) == {"scores", "binary_with_gap"}
    assert plan.networks.networks_with("binary_with_gap") == ["mobilenet_binary"]
    without = plan_of(changed(networks={"mobilenet_binary": {"gap": [0.5, 0.5]}}))
    assert "tables/mobilenet_binary/single_view_discarded" not in without.tables()


def test_a_source_of_a_table_is_told_by_the_config_and_not_by_a_name():
    config = changed(report={"references": {"compact_units/pain": "thesis, Table 5.25"}})
    tables = plan_of(config).tables()
    assert tables["tables/compact_units/pain"].title == "compact_units, pain or no pain (table; thesis, Table 5.25)"
    assert "thesis" not in tables["tables/compact_views/pain"].title
    heads = changed(studies={"heads": DEFAULT["studies"]["mobilenet_heads"]}, evaluation={"studies": ["heads"]})
    assert (
        plan_of(heads | {"choices": {"study": "", "backbone": "x", "fold": 1}}).tables()["tables/studies/heads"].title
        == "heads (table)"
    )


def test_what_is_shown_has_captions_and_stands_once():
    plan = plan_of()
    shown = plan.shown()
    assert len(set(shown)) == len(shown)
    assert "results/timelines/NEW1.csv" in shown and "results/figures/moments/EXP1.svg" in shown
    assert {f"results/figures/compact_units/LOSOCV-{k}.svg" for k in (1, 2)} <= set(shown)
    for product in [*plan.tables().values(), *FIGURES.values()]:
        assert (ROOT / "report" / f"{product.caption}.rst").is_file(), product
    assert set(plan.table_paths()) < set(plan.recorded()) and "results/timelines/NEW1.csv" in plan.recorded()


def test_each_entry_of_a_registry_is_made_by_a_rule():
    rules = "".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    for key in TABLES:
        path = key.replace("{network}", "{{network}}").rpartition("/")
        assert f"results/{key}.csv" in rules or f"results/{path[0]}/{{name}}.csv" in rules, key
    for key in FIGURES:
        named = key.replace("overall_", "").rpartition("/")[2]
        counted = any(named.startswith(part) for part in ("moments_by", "images_"))
        assert f'"{key}"' in rules or counted, key


# Other tables and figures are made of the first two; the last are named by the outputs of networks, see TABLES.
NOT_SHOWN = {"tables/groups", "tables/classes", "tables/{network}/{name}"}


def test_each_table_and_figure_of_a_rule_has_its_entry():
    """Otherwise nothing would ask for it."""
    rules = "".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    named = {name.replace("{{", "{").replace("}}", "}") for name in re.findall(r'"results/(tables/[^"]+)\.csv"', rules)}
    known = "|".join(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(key)) for key in TABLES)
    assert named - NOT_SHOWN
    assert not [name for name in named - NOT_SHOWN if not re.fullmatch(known, name)]
    for stage in ("figures", "faces"):
        outputs = re.findall(r"\n    output:\n(.*?)\n    log:", (ROOT / "rules" / f"{stage}.smk").read_text(), re.S)
        assert not [text for text in outputs if "results/figures" in text], "a figure that is not in FIGURES"


def test_wildcards_of_no_names_match_nothing():
    assert one_of([]) == "(?!)" and one_of(["a.b", "c"]) == r"a\.b|c"


def test_a_plan_is_made_from_files_and_every_mistake_in_them_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    sheet = str(ROOT / "experiments.tsv")
    config = changed(
        moments={"overrides": {"GONE": {"min_prob": 0.4}}}, report={"references": {"compact_units/pian": "elsewhere"}}
    )
    plan = make_plan(config, [str(ROOT / "config.yaml")], sheet, "shipped.tflite", name_instances, waits)
    assert plan.recordings.unscored and list(config) == sorted(config)
    assert unused_values(plan) == ["moments.overrides.GONE", "report.references.compact_units/pian"]
    with pytest.raises(InputError, match="folds from 1 to"):
        make_plan(changed(choices={"fold": 99}), [], sheet, "shipped.tflite", name_instances, waits)
    twice = tmp_path / "twice.yaml"
    twice.write_text("seed: 1\nseed: 2\n")
    with pytest.raises(InputError, match="more than once"):
        make_plan(changed(), [str(twice)], sheet, "shipped.tflite", name_instances, waits)
