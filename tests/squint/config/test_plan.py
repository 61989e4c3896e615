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
from squint.config.plan import Plan, make_plan, remarks
from squint.config.products import FIGURES, TABLES
from squint.config.recording_plan import RecordingPlan
from squint.config.recordings import Recording, existing_inputs, read_recordings
from squint.domain.rig import NOT_CAMERAS
from squint.errors import InputError
from tests.conftest import ROOT
from tests.scales import MGS, MGS_GUIDE, ORBITAL, ORBITAL_GUIDE, SCALE, WHOLE_ORBITAL

DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())
SHEET = pd.DataFrame(
    [
        ("EXP1", "ada", "pain", "rotate", "simulated", "simulated", "simulated", "", ""),
        ("EXP2", "bob", "pain", "rotate", "films/{camera}.mp4", "a.csv, b.csv", "", "1,2,3,4,5,6", ""),
        ("EXP3", "ada", "basal", "rotate", "simulated", "simulated", "", "", ""),
        ("BAS1", "cat", "basal", "train", "simulated", "simulated", "", "", ""),
        ("EXP7", "dan", "pain", "validate", "simulated", "simulated", "", "", ""),
        ("NEW1", "eve", "pain", "score", "simulated", "", "", "", ""),
    ],
    columns=["experiment", "subject", "condition", "role", "videos", "scores", "corrections", "sync_frames", "cameras"],
).set_index("experiment")


SIX = ["C1", "C2", "C3", "C4", "C5", "C6"]


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


def plan_of(config: dict = DEFAULT, choice_file=waits, sheet: pd.DataFrame = SHEET) -> Plan:
    """The plan of a checked config for the recordings of `sheet`."""
    by_name = read_recordings(sheet, config["recordings"]["cameras"], "sheet.tsv")
    recordings = RecordingPlan(config, by_name, "code/shipped.tflite")
    studies = {name: read_study(config, name, name_instances) for name in config["evaluation"]["studies"]}
    networks = NetworkPlan(config, recordings, studies, Choices(config["choices"], choice_file))
    return Plan(config, recordings, networks)


def test_a_row_of_the_sheet_is_a_recording():
    found = read_recordings(SHEET, SIX, "sheet.tsv")
    assert found["EXP2"] == Recording(
        "EXP2", "bob", "pain", "rotate", "films/{camera}.mp4", "a.csv, b.csv", "", "1,2,3,4,5,6", tuple(SIX)
    )
    assert list(found) == SHEET.index.tolist()


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
    assert recordings.fold_names == ["ada", "bob"] and recordings.folds == [1, 2]
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
    sheet = SHEET.assign(min_prob=["0.9" if name == "EXP2" else "" for name in SHEET.index])
    products = plan_of(sheet=sheet).recordings.video_products()
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


BEST = changed(networks={"lite_binary": {"backbone": "best"}})


def test_what_waits_for_a_choice_asks_for_its_file():
    networks = plan_of(BEST).networks
    for ask in (networks.backbone_choice, networks.settings, networks.features):
        with pytest.raises(NotYet, match="backbone"):
            ask("lite_binary")
    assert networks.backbone_choice("compact_units") == []
    with pytest.raises(NotYet, match="fold"):
        networks.study_fold_choice("lite_heads")


def test_a_choice_that_was_made_is_read(tmp_path):
    def file(what: str) -> str:
        return str(tmp_path / f"{what}.json")

    (tmp_path / "backbone.json").write_text(json.dumps({"backbone": "EfficientNetLite0Middle"}))
    (tmp_path / "fold.json").write_text(json.dumps({"fold": 2}))
    networks = plan_of(BEST, file).networks
    assert networks.settings("lite_binary")["backbone"] == "EfficientNetLite0Middle"
    assert networks.study_folds("lite_heads") == [2]
    alone = [name for name in networks.variants("lite_heads") if name in networks.on_some_folds]
    assert alone and all(networks.folds(name) == [2] for name in alone)
    assert networks.backbone_choice("lite_binary") == file("backbone")
    best = networks.best_of_study()
    assert best == [path for path in networks.chooser_metrics() if "EfficientNetLite0Middle" in path] and len(best) == 1


def test_a_choice_that_is_fixed_waits_for_nothing():
    config = copy.deepcopy(BEST) | {"choices": {"study": "", "backbone": "EfficientNetLite0", "fold": 1}}
    networks = plan_of(config).networks
    assert networks.settings("lite_binary")["backbone"] == "EfficientNetLite0"
    assert networks.backbone_choice("lite_binary") == [] and networks.study_fold_choice("lite_heads") == []
    assert networks.study_folds("lite_heads") == [1]


def test_each_network_is_trained_and_predicted_by_one_rule():
    networks = plan_of(changed(choices={"fold": 1})).networks
    assert sorted(networks.trained_at_once + networks.trained_by_fold) == sorted(networks.trained)
    assert sorted(networks.on_all_folds + networks.on_some_folds) == sorted(networks.trained)
    assert not [name for name in networks.trained_at_once if networks.trained[name]["trainable"]]


def test_features_are_shared_unless_they_depend_on_the_fold():
    networks = plan_of(changed(choices={"backbone": "EfficientNetLite0"})).networks
    (name,) = set(networks.features("lite_binary"))
    features = name.removeprefix("results/features/")
    assert features.startswith("EfficientNetLite0") and networks.features_fold(features) is None
    assert networks.feature_stores(features) == networks.recordings.store_paths
    assert (
        networks.feature_source(features) == []
        and networks.feature_settings(features)["backbone"] == features.split("-")[0]
    )
    own = "compact_units/LOSOCV-2"
    assert networks.features_fold(own) == 2
    assert networks.feature_source(own) == ["results/models/compact_units/LOSOCV-2.keras"]
    assert set(networks.feature_stores(own)) < set(networks.recordings.store_paths)


def test_the_features_of_a_mean_take_the_training_subset_of_their_fold():
    config = changed(networks={"lite_binary": {"normalisation": "dataset"}}, choices={"backbone": "EfficientNetLite0"})
    networks = plan_of(config).networks
    (first, second) = networks.features("lite_binary")
    assert first.endswith("dataset/LOSOCV-1") and second.endswith("dataset/LOSOCV-2")
    features = second.removeprefix("results/features/")
    assert networks.feature_mean(features) == ["results/datasets/LOSOCV-2-train.h5"]


def test_references_are_a_control_and_a_constant_of_the_same_kind():
    networks = plan_of().networks
    assert networks.references("compact_views") == ["compact_units_shuffled", "constant_regression"]
    assert networks.references("lite_binary") == ["lite_binary_shuffled", "constant_binary"]
    assert networks.constants == {
        "constant_regression": {"output": "regression", "bins": [], "scale": SCALE},
        "constant_binary": {"output": "binary", "bins": [], "scale": SCALE},
    }
    assert set(networks.compared) >= {"compact_units", "compact_units_shuffled", "constant_binary"}


def test_binary_networks_are_measured_without_each_ones_gap():
    networks = plan_of(changed(networks={"lite_binary": {"gap": [0.5, 0.8]}})).networks
    assert networks.metric_settings("lite_binary")["gaps"] == [[0.5, 0.8]]
    assert networks.metric_settings("constant_binary")["gaps"] == [[0.5, 0.8]]
    assert networks.metric_settings("compact_units")["gaps"] == []
    assert networks.discarded("lite_binary") == "[0.5, 0.8)" and networks.discarded("compact_units") == ""


def test_tables_follow_from_the_outputs_of_networks():
    plan = plan_of(changed(networks={"lite_binary": {"gap": [0.5, 0.8]}}))
    tables = plan.tables()
    assert "tables/compact_units/pain" in tables and "tables/lite_binary/pain" not in tables
    assert tables["tables/lite_binary/single_view_discarded"].title.endswith("without scores in [0.5, 0.8) (table)")
    assert set(plan.networks.table_sets()) == {"scores", "binary_with_gap"}
    assert plan.networks.networks_with("binary_with_gap") == ["lite_binary"]
    without = plan_of(changed(networks={"lite_binary": {"gap": [0.5, 0.5]}}))
    assert "tables/lite_binary/single_view_discarded" not in without.tables()


def test_a_source_of_a_table_is_told_by_the_config_and_not_by_a_name():
    config = changed(report={"references": {"compact_units/pain": "thesis, Table 5.25"}})
    tables = plan_of(config).tables()
    assert tables["tables/compact_units/pain"].title == "compact_units, pain or no pain (table; thesis, Table 5.25)"
    assert "thesis" not in tables["tables/compact_views/pain"].title
    heads = changed(studies={"heads": DEFAULT["studies"]["lite_heads"]}, evaluation={"studies": ["heads"]})
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
    config = changed(report={"references": {"compact_units/pian": "elsewhere"}})
    plan = make_plan(config, [str(ROOT / "config.yaml")], sheet, "", "shipped.tflite", name_instances, waits)
    assert plan.recordings.unscored and list(config) == sorted(config)
    told = "The config's report.references.compact_units/pian is not used: this run has no such table."
    assert remarks(plan) == [told]
    with pytest.raises(InputError, match="folds from 1 to"):
        make_plan(changed(choices={"fold": 99}), [], sheet, "", "shipped.tflite", name_instances, waits)
    twice = tmp_path / "twice.yaml"
    twice.write_text("seed: 1\nseed: 2\n")
    with pytest.raises(InputError, match="more than once"):
        make_plan(changed(), [str(twice)], sheet, "", "shipped.tflite", name_instances, waits)


LAB = ["left", "right", "top", "front_2", "Rear", "GoPro7", "7", "cam_08"]
RIGS = pytest.mark.parametrize("cameras", [LAB[:number] for number in (1, 2, 4, 8)] + [SIX], ids=len)


def rigged(**cameras: str) -> pd.DataFrame:
    """SHEET with the cells of its column `cameras` by recording."""
    sheet = SHEET.copy()
    for name, cell in cameras.items():
        sheet.loc[name, "cameras"] = cell
    return sheet


def planned(folder: Path, sheet: pd.DataFrame = SHEET, **changes) -> Plan:
    """The plan of a sample sheet and a config, checked as a run's is; a detector is given."""
    path = folder / "sheet.tsv"
    sheet.to_csv(path, sep="\t")
    config = changed(faces={"weights": "own.tflite"})
    update_config(config, changes)
    return make_plan(config, [], str(path), "", "shipped.tflite", name_instances, waits)


def refused(*arguments, **changes) -> list[str]:
    """What is told of a mistake: file, expectation, finding and remedy."""
    with pytest.raises(InputError) as error:
        planned(*arguments, **changes)
    return [line.split(":", 1)[1].strip() for line in str(error.value).splitlines()[1:]]


@RIGS
def test_a_recording_has_the_files_of_each_of_its_cameras(cameras):
    recordings = plan_of(changed(recordings={"cameras": cameras})).recordings
    assert recordings.cameras("EXP1") == recordings.cameras("FACE1") == tuple(cameras)
    assert recordings.all_cameras == cameras
    for paths, ending in (
        (recordings.records("EXP1"), "results/recordings/EXP1/{}.json"),
        (recordings.indexes("EXP1"), "results/recordings/EXP1/{}.frames.parquet"),
        (recordings.detections("EXP1"), "results/detections/EXP1/{}.parquet"),
        (recordings.truths("EXP1"), "results/simulated/EXP1/{}.truth.parquet"),
        (recordings.simulated_videos("EXP1"), "results/simulated/EXP1/{}.mp4"),
        (recordings.existing_videos("EXP1"), "results/simulated/EXP1/{}.mp4"),
        (list(recordings.camera_paths("EXP2").values()), "films/{}.mp4"),
    ):
        assert paths == [ending.format(camera) for camera in cameras]
    assert list(recordings.camera_paths("EXP2")) == cameras
    faces = [f"results/simulated/{name}/{camera}" for name in recordings.for_faces for camera in cameras]
    assert recordings.face_videos() == [f"{path}.mp4" for path in faces]
    assert recordings.face_truths() == [f"{path}.truth.parquet" for path in faces]


@RIGS
def test_each_camera_of_each_recording_has_a_video(cameras):
    recordings = plan_of(changed(recordings={"cameras": cameras})).recordings
    products = recordings.video_products()
    assert [(video["experiment"], video["camera"]) for video in products] == [
        (name, camera) for name in SHEET.index for camera in cameras
    ]
    assert recordings.video_paths() == [video["video"] for video in products]
    assert len(recordings.product_inputs("record")) == len(recordings.product_inputs("detections")) == len(products)
    assert len(recordings.product_inputs("truth")) == len(products) - len(cameras)
    assert {row["cameras"] for row in recordings.sheet()} == {len(cameras)}


@RIGS
def test_a_simulated_recording_is_rendered_with_all_cameras_and_drawn_from_the_first(cameras):
    recordings = plan_of(changed(recordings={"cameras": cameras})).recordings
    for name in ("EXP1", "FACE2"):
        assert recordings.simulation(name)["cameras"] == cameras
    assert recordings.drawn_animal()["camera"] == cameras[0]


@pytest.mark.parametrize(("cameras", "needed"), [(1, 1), (2, 1), (4, 2), (6, 3), (8, 4)])
def test_half_of_the_cameras_see_the_face_of_a_moment_unless_a_number_is_given(cameras, needed):
    names = [f"C{number}" for number in range(1, cameras + 1)]
    config = changed(recordings={"cameras": names})
    sheet = SHEET.assign(min_det_num=["1" if name == "EXP2" else "" for name in SHEET.index])
    recordings = plan_of(config, sheet=sheet).recordings
    assert recordings.moment_settings("EXP1")["min_det_num"] == needed
    assert recordings.moment_settings("EXP2")["min_det_num"] == 1
    fixed = plan_of(changed(recordings={"cameras": names}, moments={"defaults": {"min_det_num": 5}})).recordings
    assert fixed.moment_settings("EXP1")["min_det_num"] == 5
    assert config["moments"]["defaults"]["min_det_num"] == "auto"


def test_recordings_of_one_study_may_have_other_rigs(tmp_path):
    recordings = planned(tmp_path, rigged(EXP1="front", EXP3="left, right", NEW1=", ".join(LAB))).recordings
    assert recordings.cameras("EXP1") == ("front",) and recordings.cameras("EXP3") == ("left", "right")
    assert recordings.cameras("NEW1") == tuple(LAB) and recordings.cameras("BAS1") == tuple(SIX)
    needed = {name: recordings.moment_settings(name)["min_det_num"] for name in ("EXP1", "EXP3", "NEW1", "BAS1")}
    assert needed == {"EXP1": 1, "EXP3": 1, "NEW1": 4, "BAS1": 3}
    assert recordings.all_cameras == ["front", *SIX, "left", "right", *LAB[2:]]
    assert {row["experiment"]: row["cameras"] for row in recordings.sheet()} == {
        **dict.fromkeys(SHEET.index, 6),
        **{"EXP1": 1, "EXP3": 2, "NEW1": 8},
    }
    assert recordings.simulation("EXP3")["cameras"] == ["left", "right"]
    assert recordings.drawn_animal()["camera"] == "front"


def test_wildcards_of_cameras_are_the_names_that_some_recording_has(tmp_path):
    recordings = planned(tmp_path, rigged(EXP1="front, C2", EXP2="left")).recordings
    cameras = one_of(recordings.all_cameras)
    assert all(re.fullmatch(cameras, name) for name in ("front", "C2", "left", "C1"))
    assert not any(re.fullmatch(cameras, name) for name in ("right", "C", "C22", "C1.truth", "lef"))


def test_cameras_of_a_labs_recording_are_those_whose_files_are_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "films").mkdir()
    for name in ("cam10", "cam2", "cam1"):
        (tmp_path / "films" / f"{name}.mp4").touch()
    simulated = dict.fromkeys(["EXP1", "EXP3", "BAS1", "EXP7", "NEW1"], "front")
    plan = planned(tmp_path, rigged(**simulated), recordings={"cameras": []})
    assert plan.recordings.cameras("EXP2") == ("cam1", "cam2", "cam10")
    assert plan.recordings.existing_videos("EXP2") == [f"films/cam{number}.mp4" for number in (1, 2, 10)]
    assert plan.recordings.moment_settings("EXP2")["min_det_num"] == 2
    assert remarks(plan) == []


def test_one_camera_is_filmed_without_its_name_in_the_path(tmp_path):
    sheet = rigged(EXP2="front")
    sheet.loc["EXP2", "videos"] = "films/one.mp4"
    recordings = planned(tmp_path, sheet).recordings
    assert recordings.camera_paths("EXP2") == {"front": "films/one.mp4"}
    sheet.loc["EXP2", "cameras"] = ""
    assert refused(tmp_path, sheet) == [
        f"{tmp_path}/sheet.tsv, experiment 'EXP2'",
        "a path that holds {camera}, which becomes C1, C2, C3, C4, C5, C6",
        "films/one.mp4",
        "write it into the path; or name one camera in column `cameras`",
    ]


def test_videos_that_are_not_used_are_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "films").mkdir()
    for name in ("left", "right", "top"):
        (tmp_path / "films" / f"{name}.mp4").touch()
    plan = planned(tmp_path, rigged(EXP2="right"))
    assert remarks(plan) == ["EXP2: videos of left, top are there and not used; `cameras` does not name them."]


def test_cameras_of_unlike_numbers_of_chapters_are_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v").mkdir()
    for name in ("C1-1", "C1-2", "C2-1"):
        (tmp_path / "v" / f"{name}.mp4").write_text(name)
    sheet = rigged(EXP2="C1, C2")
    sheet.loc["EXP2", "videos"] = "v/{camera}-{chapter}.mp4"
    plan = planned(tmp_path, sheet)
    told = "EXP2: its cameras have unlike numbers of chapters, 2 of C1, 1 of C2; is a file missing?"
    assert remarks(plan) == [told]
    lists = {camera: f"results/recordings/EXP2/{camera}.chapters.json" for camera in ("C1", "C2")}
    assert plan.recordings.camera_paths("EXP2") == lists
    assert plan.recordings.source_files("EXP2", "C1") == ["v/C1-1.mp4", "v/C1-2.mp4"]
    assert {"v/C1-2.mp4", lists["C1"]} <= set(plan.recordings.video_paths())
    (tmp_path / "v" / "C2-2.mp4").write_text("C2-1")
    assert refused(tmp_path, sheet)[2] == (
        "'v/C2-1.mp4' for EXP2, camera C2 and 'v/C2-2.mp4' for EXP2, camera C2, which holds the same"
    )


@pytest.mark.parametrize("word", ["{Chapter}", "{cameras}", "{}"])
def test_a_word_in_braces_that_stands_for_nothing_is_told(tmp_path, word):
    sheet = rigged(EXP2="C1")
    sheet.loc["EXP2", "videos"] = f"v/{word}.mp4"
    found = refused(tmp_path, sheet)
    assert found[1] == "no words in braces but {camera} and {chapter}" and repr(word) in found[2]


def test_some_videos_without_the_others_are_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "C3.mp4").touch()
    assert refused(tmp_path)[:3] == [
        f"{tmp_path}/sheet.tsv, experiment 'EXP2'",
        "a video of each of its cameras (C1, C2, C3, C4, C5, C6)",
        "no films/C1.mp4",
    ]


@pytest.mark.parametrize(
    ("cell", "needed", "found"), [("front", 2, "1 camera (front)"), ("left, right", 3, "2 cameras (left, right)")]
)
def test_more_faces_than_cameras_are_told(tmp_path, cell, needed, found):
    told = refused(tmp_path, rigged(EXP3=cell), moments={"defaults": {"min_det_num": needed}})
    assert told == [
        f"{tmp_path}/sheet.tsv, experiment 'EXP3'",
        f"at least {needed} cameras, as `moments: min_det_num` asks for",
        found,
        "lower it for this recording in the column `min_det_num`, or set it to auto: half of the cameras",
    ]
    sheet = rigged(EXP3=cell).assign(min_det_num=["auto" if name == "EXP3" else "" for name in SHEET.index])
    plan = planned(tmp_path, sheet, moments={"defaults": {"min_det_num": needed}})
    assert plan.recordings.moment_settings("EXP3")["min_det_num"] == 1
    assert plan.recordings.moment_settings("EXP1")["min_det_num"] == needed


def test_a_recording_without_moments_may_have_fewer_cameras(tmp_path):
    assert planned(tmp_path, rigged(NEW1="front"), moments={"defaults": {"min_det_num": 3}}).recordings.unscored


def test_more_cameras_than_a_scorer_of_all_views_has_seen_are_told(tmp_path):
    sheet = rigged(NEW1=", ".join([*SIX, "C7"]))
    assert refused(tmp_path, sheet, evaluation={"timeline_network": "compact_views"}) == [
        f"{tmp_path}/sheet.tsv, experiment 'NEW1'",
        "at most 6 cameras, as the scorer was trained on, which takes all views of a moment at once",
        "7 cameras (C1, C2, C3, C4, C5, C6, C7)",
        "name fewer in column `cameras`, or take a scorer of single views",
    ]
    plan = planned(tmp_path, sheet, evaluation={"timeline_network": "lite_distribution"})
    assert plan.recordings.cameras("NEW1")[-1] == "C7"


@pytest.mark.parametrize(
    ("cameras", "expected"),
    [
        (["left", "LEFT"], "names of cameras that differ by more than case"),
        (["left-1"], f"names of cameras, of letters, digits and underscores, other than {', '.join(NOT_CAMERAS)}"),
        (["all"], f"names of cameras, of letters, digits and underscores, other than {', '.join(NOT_CAMERAS)}"),
    ],
)
def test_wrong_names_in_the_config_are_told(tmp_path, cameras, expected):
    told = refused(tmp_path, recordings={"cameras": cameras})
    assert told[0].endswith("`recordings: cameras`") and told[1] == expected


def test_more_cameras_than_can_be_used_are_told_by_the_schema(tmp_path):
    cameras = [f"C{number}" for number in range(13)]
    assert refused(tmp_path, recordings={"cameras": cameras})[1].startswith("recordings.cameras: Names of the cameras")


def test_a_detector_that_is_trained_on_simulated_recordings_needs_a_rig(tmp_path):
    named = rigged(**dict.fromkeys(SHEET.index, "front"))
    told = refused(tmp_path, named, recordings={"cameras": []}, faces={"weights": ""})
    assert told[1].startswith("`recordings: cameras` for the simulated recordings that the face detector is trained on")
    assert planned(tmp_path, named, recordings={"cameras": []}).recordings.all_cameras == ["front"]
    faces = {"weights": "", "annotations": "faces.csv"}
    assert planned(tmp_path, named, recordings={"cameras": []}, faces=faces).recordings.all_cameras == ["front"]


def test_a_study_has_the_default_scale(tmp_path):
    plan = planned(tmp_path)
    assert (plan.scale, plan.guide) == (MGS, MGS_GUIDE)
    assert {str(settings["scale"]) for settings in plan.networks.trained.values()} == {str(SCALE)}


@pytest.mark.parametrize("scale", ["orbital_tightening", "ours.yaml", WHOLE_ORBITAL], ids=["name", "path", "inline"])
def test_a_study_has_another_scale(tmp_path, monkeypatch, scale):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ours.yaml").write_text(yaml.safe_dump(WHOLE_ORBITAL))
    plan = planned(tmp_path, scale=copy.deepcopy(scale))
    assert (plan.scale, plan.guide) == (ORBITAL, ORBITAL_GUIDE)
    assert plan.whole_scale() == WHOLE_ORBITAL
    networks = plan.networks
    assert networks.trained["compact_units"]["scale"] == ORBITAL.values
    assert networks.trained["compact_units"]["bins"] == [0, 2.25, 4.5, 6.75, 9]
    assert networks.output("compact_units").size == 1
    assert networks.metric_settings("compact_units") == {
        **{"output": "units", "bins": [0, 2.25, 4.5, 6.75, 9], "scale": ORBITAL.values, "gaps": []}
    }
    assert networks.constants["constant_regression"]["scale"] == ORBITAL.values
    (told,) = networks.class_settings()
    assert told["scale"] == ORBITAL.values and told["gap"] == [0.5, 1.0]


@pytest.mark.parametrize(("scale", "ranges"), [("mouse_grimace", 4), ("orbital_tightening", 4), ("face_pain", 6)])
def test_a_validating_recording_has_a_number_for_each_score_range(tmp_path, scale, ranges):
    def with_numbers(count: int, name: str = "EXP7") -> pd.DataFrame:
        cells = [", ".join(["5"] * count) if row == name else "" for row in SHEET.index]
        return SHEET.assign(validation_moments=cells)

    plan = planned(tmp_path, with_numbers(ranges), scale=scale)
    assert plan.recordings.validation_moments() == {"EXP7": [5] * ranges}
    for count in (ranges - 1, ranges + 1):
        assert refused(tmp_path, with_numbers(count), scale=scale) == [
            f"{tmp_path}/sheet.tsv, experiment 'EXP7'",
            f"{ranges} numbers in column `validation_moments`, one for each score range of the scale",
            ", ".join(["5"] * count),
            "write one for each, or none",
        ]
    told = refused(tmp_path, with_numbers(ranges, "EXP1"), scale=scale)
    assert told[1:3] == ["the role validate, as column `validation_moments` says", "role rotate"]


@pytest.mark.parametrize(
    ("column", "cell", "found"),
    [
        ("min_prob", "1.5", "1.5 is greater"),
        ("min_det_num", "half", "'half'"),
        ("threshold", "[3", "'[3' is not"),
        ("max_items_in_det_set", "@", "'@' is not"),
    ],
)
def test_a_wrong_value_of_a_single_recording_is_told(tmp_path, column, cell, found):
    told = refused(tmp_path, SHEET.assign(**{column: [cell if name == "EXP2" else "" for name in SHEET.index]}))
    assert told[0] == f"{tmp_path}/sheet.tsv, experiment 'EXP2'"
    assert told[1].startswith(f"in column {column}: ") and found in told[2]


def test_what_the_default_says_of_its_recordings_does_not_hold_for_a_labs_own(tmp_path):
    """The default's and the thesis's sheets have a BAS1 and a BAS2 too."""
    default = pd.read_csv(ROOT / "experiments.tsv", sep="\t", dtype=str, keep_default_na=False, index_col=0)
    assert default.min_items_in_det_set["BAS1"] == "14"
    for file in ("config.yaml", "configs/six_camera_tbi.yaml"):
        assert not re.search(r"\b(BAS|EXP)[0-9]", (ROOT / file).read_text())
    recordings = planned(tmp_path).recordings
    assert recordings.validation_moments() == {}
    assert recordings.moment_settings("BAS1") == recordings.moment_settings("EXP1")


def test_homes_are_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    sheet = SHEET.assign(scores=[cell.replace("a.csv, b", "~/a.csv, ~/b") for cell in SHEET.scores])
    sheet["videos"] = [cell if cell == "simulated" else f"~/{cell}" for cell in sheet.videos]
    plan = planned(tmp_path, sheet, faces={"weights": "~/own.tflite", "test_annotations": "~/boxes.csv"})
    assert plan.recordings.detector() == f"{tmp_path}/own.tflite"
    assert plan.config["faces"]["test_annotations"] == f"{tmp_path}/boxes.csv"
    scores = (path for name in SHEET.index for path in plan.recordings.score_tables(name))
    paths = [*plan.recordings.video_paths(), *scores]
    assert not [path for path in paths if "~" in path]
    assert [path for path in paths if path.startswith(str(tmp_path))]


def test_a_gap_or_bins_that_another_scale_does_not_have_are_told(tmp_path):
    told = refused(tmp_path, networks={"lite_binary": {"gap": [3, 4]}})
    assert told[1] == "networks.lite_binary: a gap from a lower to a higher score, up to 2"
    plan = planned(tmp_path, networks={"lite_binary": {"gap": [3, 4]}}, scale="orbital_tightening")
    sentence = "does not hold 2.25, from which there is pain on this scale; `gap: auto` follows it."
    assert remarks(plan) == [f"lite_binary: the gap from 3 to 4 {sentence}"]
    for gap in ([2, 2.5], [2.25, 4], "auto"):
        assert remarks(planned(tmp_path, networks={"lite_binary": {"gap": gap}}, scale="orbital_tightening")) == []
    told = refused(tmp_path, networks={"compact_regression": {"bins": [0, 1, 2]}}, scale="orbital_tightening")
    assert told[1] == "networks.compact_distribution: bins that rise from 0 to 9, the scale's highest score"
