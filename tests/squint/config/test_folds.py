"""What folds test, train on and validate by, of recordings and of labelled pictures; and plans with pictures."""

import copy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from snakemake.utils import update_config

from squint.config.experiments import SIMULATED_PICTURES, Beside, read_experiments
from squint.config.folds import BY_GROUP, BY_SUBJECT, K_FOLD
from squint.config.plan import Plan, check_tests, make_plan, read_labelled
from squint.config.recording_plan import KINDS_OF_ROLE, RecordingPlan
from squint.config.recordings import Recording, read_picture_sets
from squint.errors import InputError
from squint.files.picture_sheets import read_pictures
from tests.conftest import ROOT
from tests.scales import MGS

DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())
GIVEN = "given"
SCHEMES = [BY_SUBJECT, BY_GROUP, K_FOLD, GIVEN]
SHARES = [0, 0.01, 0.2, 0.5, 0.99]


def changed(**changes) -> dict:
    config = copy.deepcopy(DEFAULT)
    update_config(config, changes)
    return config


def sets_in(folder: Path, rows: pd.DataFrame) -> dict[str, Recording]:
    """The sets of pictures of a sheet with some rows; the pictures need not be there."""
    files = rows if "file" in rows else rows.assign(file=[f"{number}.jpg" for number in rows.index])
    files.to_csv(folder / "pictures.csv", index=False)
    return read_picture_sets(read_pictures(str(folder / "pictures.csv"), SIMULATED_PICTURES, MGS))


def plan_in(folder: Path, rows: pd.DataFrame, **datasets) -> RecordingPlan:
    """The plan of the pictures of some rows."""
    return RecordingPlan(changed(datasets=datasets), sets_in(folder, rows), "")


def subjects_of(plan: RecordingPlan, names) -> set[str]:
    return {plan.by_name[name].subject for name in names}


def parts_of(plan: RecordingPlan) -> list[dict[str, set[str]]]:
    """The animals of each part of each fold."""
    return [{part: subjects_of(plan, names) for part, names in plan.fold_parts(k).items()} for k in plan.folds]


def animals(count: int, groups: str = "ab", per: int = 2, seed: int = 1) -> pd.DataFrame:
    """So many animals with some pictures each, in groups in turn."""
    scores = np.random.default_rng(seed).integers(0, 11, (count, per)) / 5
    return pd.DataFrame(
        {"subject": f"m{number}", "group": groups[number % len(groups)], "score": score}
        for number in range(count)
        for score in scores[number]
    )


@st.composite
def sheets(draw, roles=("rotate", "train", "validate")) -> pd.DataFrame:
    """Sheets of some animals, each with a role and a fold, and pictures in one group or two; of role rotate two."""
    rows = []
    for number in range(draw(st.integers(2, 9))):
        about = {"subject": f"m{number}", "fold": draw(st.integers(1, 4))}
        about["role"] = "rotate" if number < 2 else draw(st.sampled_from(roles))
        for _ in range(draw(st.integers(1, 3))):
            rows.append(about | {"group": draw(st.sampled_from("abc")), "score": draw(st.integers(0, 10)) / 5})
    return pd.DataFrame(draw(st.permutations(rows)))


many = effort(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
schemes = pytest.mark.parametrize("scheme", SCHEMES)


# No animal on two sides


@schemes
@many
@given(sheets(), st.sampled_from(SHARES), st.integers(2, 6))
def test_no_animal_is_in_two_parts_of_a_fold(tmp_path, scheme, rows, share, count):
    plan = plan_in(tmp_path, rows, folds=scheme, fold_count=count, validation_share=share)
    for parts in parts_of(plan):
        assert not parts["test"] & parts["train"]
        assert not parts["test"] & parts["validation"]
        assert not parts["train"] & parts["validation"]
        assert parts["test"]


@schemes
@many
@given(sheets(), st.integers(2, 6))
def test_each_set_of_role_rotate_is_tested_once_and_no_other(tmp_path, scheme, rows, count):
    plan = plan_in(tmp_path, rows, folds=scheme, fold_count=count)
    tested = [name for names in plan.tests.values() for name in names]
    assert sorted(tested) == sorted(plan.of_role("rotate"))
    assert plan.folds == list(range(1, len(plan.fold_names) + 1))
    for name in tested:
        assert name in plan.fold_parts(plan.fold_of(name))["test"]


@schemes
@many
@given(sheets(), st.sampled_from(SHARES))
def test_a_fold_leaves_no_animal_out(tmp_path, scheme, rows, share):
    plan = plan_in(tmp_path, rows, folds=scheme, validation_share=share)
    for key, parts in zip(plan.fold_names, parts_of(plan), strict=True):
        left = set(rows.subject) - set().union(*parts.values())
        # A group is tested without its animals that only train or validate.
        ours = rows.subject[(rows.role != "rotate") & (rows.group == key)]
        assert left <= (set(ours) if scheme == BY_GROUP else set())


@schemes
def test_the_stores_of_a_fold_are_those_of_its_parts(tmp_path, scheme):
    rows = animals(8).assign(fold=[number // 4 + 1 for number in range(16)])
    plan = plan_in(tmp_path, rows, folds=scheme, validation_share=0.3)
    for fold in plan.folds:
        parts = plan.fold_parts(fold)
        for subset, part, kinds in (
            ("train", "train", ("CORR", "SYMM", "AUGM")),
            ("validation", "validation", ("CORR",)),
            ("test_orgn", "test", ("ORGN",)),
            ("test_corr", "test", ("CORR",)),
        ):
            stores = [f"results/images/{name}_{kind}.h5" for name in parts[part] for kind in kinds]
            assert plan.fold_stores(subset, fold) == plan.fold_stores(subset, str(fold)) == stores
            assert set(stores) <= set(plan.store_paths)


# By subject, by group, as given


def test_folds_by_subject_are_in_the_order_of_the_sheet(tmp_path):
    rows = pd.DataFrame([("m2", "b", 1), ("m10", "a", 0), ("m2", "a", 2)], columns=["subject", "group", "score"])
    plan = plan_in(tmp_path, rows)
    assert plan.tests == {"m2": ["m2_b", "m2_a"], "m10": ["m10"]}


def test_folds_by_group_train_on_no_animal_of_the_tested_group(tmp_path):
    rows = [("m1", "a"), ("m2", "b"), ("m3", "a"), ("m3", "b"), ("m4", "c")]
    plan = plan_in(tmp_path, pd.DataFrame(rows, columns=["subject", "group"]).assign(score=1), folds=BY_GROUP)
    assert plan.tests == {"a": ["m1", "m3_a"], "b": ["m2", "m3_b"], "c": ["m4"]}
    assert [parts["train"] for parts in parts_of(plan)] == [{"m2", "m4"}, {"m1", "m4"}, {"m1", "m2", "m3"}]


@many
@given(sheets(roles=("rotate", "validate")), st.sampled_from(SHARES))
def test_no_animal_of_the_tested_group_is_trained_on(tmp_path, rows, share):
    plan = plan_in(tmp_path, rows, folds=BY_GROUP, validation_share=share)
    for group, parts in zip(plan.fold_names, parts_of(plan), strict=True):
        assert not parts["train"] & set(rows.subject[(rows.group == group) & (rows.role == "rotate")])


@pytest.mark.parametrize(("role", "part"), [("train", "train"), ("validate", "validation")])
def test_animals_of_other_roles_are_left_out_with_their_group(tmp_path, role, part):
    """A group is left out to see how networks do on one that they do not know."""
    rows = pd.DataFrame([("m1", "a", "rotate"), ("m2", "b", "rotate"), ("m3", "a", role), ("m4", "b", role)])
    rows = rows.set_axis(["subject", "group", "role"], axis=1).assign(score=1)
    plan = plan_in(tmp_path, rows, folds=BY_GROUP)
    assert [parts[part] - {"m1", "m2"} for parts in parts_of(plan)] == [{"m4"}, {"m3"}]
    assert [parts["train"] & {"m1", "m2"} for parts in parts_of(plan)] == [{"m2"}, {"m1"}]


def test_given_folds_are_those_of_the_sheet_in_the_order_of_their_numbers(tmp_path):
    rows = [("m1", 10), ("m2", 2), ("m3", 10), ("m4", 1)]
    plan = plan_in(tmp_path, pd.DataFrame(rows, columns=["subject", "fold"]).assign(score=1), folds=GIVEN)
    assert plan.tests == {"fold 1": ["m4"], "fold 2": ["m2"], "fold 10": ["m1", "m3"]}
    assert plan.folds == [1, 2, 3] and plan.fold_of("m3") == 3


def test_recordings_are_tested_by_condition():
    by_name = {
        name: Recording(name, name.lower(), condition, "rotate", "simulated")
        for name, condition in (("EXP1", "pain"), ("BAS1", "basal"), ("EXP2", "pain"))
    }
    plan = RecordingPlan(changed(datasets={"folds": BY_GROUP}), by_name, "")
    assert plan.tests == {"pain": ["EXP1", "EXP2"], "basal": ["BAS1"]}


# K folds


def folds_by_subject(plan: RecordingPlan) -> dict[str, str]:
    return {plan.by_name[name].subject: fold for fold, names in plan.tests.items() for name in names}


def test_k_folds_do_not_depend_on_the_order_of_rows(tmp_path):
    rows = animals(23, per=3)
    expected = folds_by_subject(plan_in(tmp_path, rows, folds=K_FOLD))
    for seed in range(5):
        mixed = rows.sample(frac=1, random_state=seed)
        assert folds_by_subject(plan_in(tmp_path, mixed, folds=K_FOLD)) == expected


def test_animals_of_the_same_mean_score_are_dealt_the_same_whatever_the_order_of_their_pictures(tmp_path):
    """In floating point 0.2 + 0.4 + 0.6 is not 0.6 + 0.4 + 0.2."""

    def dealt(of_m1: list[float]) -> dict[str, str]:
        scores = {"m0": [0.4], "m1": of_m1, "m2": [0.6, 0.4, 0.2], "m3": [2]}
        rows = [(subject, score) for subject, own in scores.items() for score in own]
        table = pd.DataFrame(rows, columns=["subject", "score"])
        return folds_by_subject(plan_in(tmp_path, table, folds=K_FOLD, fold_count=4))

    assert dealt([0.2, 0.4, 0.6]) == dealt([0.6, 0.4, 0.2])


@pytest.mark.parametrize("count", [2, 4, 5])
def test_each_of_k_folds_has_low_and_high_scores(tmp_path, count):
    rows = animals(60, per=3)
    plan = plan_in(tmp_path, rows, folds=K_FOLD, fold_count=count)
    assert plan.fold_names == [f"fold {number}" for number in range(1, count + 1)]
    means = rows.groupby("subject").score.mean()
    for names in plan.tests.values():
        tested = means[sorted(subjects_of(plan, names))]
        assert len(tested) == 60 // count
        assert tested.mean() == pytest.approx(means.mean(), abs=0.12)
        assert tested.min() < means.quantile(0.25) and tested.max() > means.quantile(0.75)


@many
@given(sheets(roles=("rotate",)), st.integers(2, 6))
def test_k_folds_are_as_large_as_each_other(tmp_path, rows, count):
    plan = plan_in(tmp_path, rows, folds=K_FOLD, fold_count=count)
    sizes = [len(subjects_of(plan, names)) for names in plan.tests.values()]
    assert len(sizes) == min(count, rows.subject.nunique())
    assert max(sizes) - min(sizes) <= 1


def test_another_seed_deals_otherwise(tmp_path):
    sets = sets_in(tmp_path, animals(30))
    plans = [RecordingPlan(changed(seed=seed, datasets={"folds": K_FOLD}), sets, "") for seed in (1, 2)]
    assert folds_by_subject(plans[0]) != folds_by_subject(plans[1])


def test_recordings_are_dealt_by_condition():
    conditions = {f"EXP{number}": "pain" if number % 2 else "basal" for number in range(12)}
    by_name = {name: Recording(name, name, condition, "rotate", "simulated") for name, condition in conditions.items()}
    plan = RecordingPlan(changed(datasets={"folds": K_FOLD, "fold_count": 3}), by_name, "")
    assert [sorted(map(conditions.get, names)) for names in plan.tests.values()] == [["basal"] * 2 + ["pain"] * 2] * 3


# Animals that are drawn for validation


@pytest.mark.parametrize(
    ("count", "share", "drawn"), [(11, 0.2, 2), (11, 0.25, 2), (11, 0.01, 1), (11, 0.99, 9), (3, 0.5, 1), (3, 0.9, 1)]
)
def test_a_share_of_the_animals_is_drawn_one_at_least_and_never_all(tmp_path, count, share, drawn):
    plan = plan_in(tmp_path, animals(count), validation_share=share)
    for parts in parts_of(plan):
        assert len(parts["validation"]) == drawn and len(parts["train"]) == count - 1 - drawn


def test_animals_of_role_validate_are_there_beside_the_drawn_and_those_of_role_train_are_not_drawn(tmp_path):
    rows = animals(8).assign(role=["rotate"] * 12 + ["train"] * 2 + ["validate"] * 2)
    for parts in parts_of(plan_in(tmp_path, rows, validation_share=0.4)):
        assert "m7" in parts["validation"] and len(parts["validation"]) == 3 and "m6" in parts["train"]


def test_without_a_share_no_animal_is_drawn(tmp_path):
    assert not [parts for parts in parts_of(plan_in(tmp_path, animals(6))) if parts["validation"]]


def test_each_fold_draws_animals_of_its_own(tmp_path):
    drawn = [frozenset(parts["validation"]) for parts in parts_of(plan_in(tmp_path, animals(12), validation_share=0.3))]
    assert len(set(drawn)) > 8


@pytest.mark.parametrize("scheme", [K_FOLD, GIVEN])
def test_animals_are_drawn_by_name_whatever_the_order_of_rows(tmp_path, scheme):
    rows = animals(12).assign(fold=[number // 6 + 1 for number in range(24)])
    expected = parts_of(plan_in(tmp_path, rows, folds=scheme, validation_share=0.3))
    for seed in range(5):
        mixed = rows.sample(frac=1, random_state=seed)
        assert parts_of(plan_in(tmp_path, mixed, folds=scheme, validation_share=0.3)) == expected


def test_a_fold_by_subject_draws_the_same_in_whichever_order_the_others_stand(tmp_path):
    rows = animals(9)
    first, others = rows[rows.subject == "m0"], rows[rows.subject != "m0"]
    expected = parts_of(plan_in(tmp_path, rows, validation_share=0.3))[0]
    for seed in range(5):
        mixed = pd.concat([first, others.sample(frac=1, random_state=seed)])
        assert parts_of(plan_in(tmp_path, mixed, validation_share=0.3))[0] == expected


# What is told


def told(plan: RecordingPlan) -> tuple[str, str]:
    """Expectation and finding of what is wrong with the folds of a plan."""
    with pytest.raises(InputError) as error:
        check_tests(plan)
    return error.value.args[1:3]


@pytest.mark.parametrize(
    ("scheme", "count", "found"),
    [(BY_SUBJECT, 1, "1 (m0)"), (BY_GROUP, 3, "1 (a)"), (K_FOLD, 1, "1 (fold ")],
)
def test_one_fold_alone_is_told(tmp_path, scheme, count, found):
    expected, said = told(plan_in(tmp_path, animals(count, groups="a"), folds=scheme, validation_share=0.2))
    assert expected == f"at least two folds by `datasets: folds: {scheme}`"
    assert said.startswith(found)


def test_pictures_without_a_fold_are_told_where_folds_are_given(tmp_path):
    expected, said = told(plan_in(tmp_path, animals(3), folds=GIVEN, validation_share=0.2))
    assert "a fold for each set of pictures" in expected and said == "none for m0"


def test_no_fold_at_all_is_told(tmp_path):
    assert told(plan_in(tmp_path, animals(3).assign(role="train")))[1] == "0 (none)"


def test_pictures_without_groups_are_told(tmp_path):
    assert told(plan_in(tmp_path, animals(3).drop(columns="group"), folds=BY_GROUP))[1].startswith("1 (")


def test_a_fold_with_no_animals_for_validation_is_told(tmp_path):
    expected, found = told(plan_in(tmp_path, animals(3)))
    assert expected == "recordings or pictures for validation in the fold that tests m0" and found == "none"
    check_tests(plan_in(tmp_path, animals(3), validation_share=0.2))


def test_two_animals_are_too_few_to_draw_one(tmp_path):
    expected, _ = told(plan_in(tmp_path, animals(2), validation_share=0.5))
    assert expected == "recordings or pictures for validation in the fold that tests m0"


def test_a_fold_with_no_animals_to_train_on_is_told(tmp_path):
    rows = pd.DataFrame([("m1", "a", "rotate"), ("m1", "b", "rotate"), ("m2", "a", "validate")])
    rows = rows.set_axis(["subject", "group", "role"], axis=1).assign(score=1)
    expected, _ = told(plan_in(tmp_path, rows, folds=BY_GROUP))
    assert expected == "recordings or pictures for train in the fold that tests a"


# Sets of pictures


def test_a_set_of_pictures_is_a_recording_that_no_camera_filmed(tmp_path):
    rows = pd.DataFrame(
        [("a.jpg", "m1", "pain", 2, 0.5), ("b.jpg", "m2", "basal", 1, 0), ("c.jpg", "m1", "pain", 2, 1)]
    )
    found = sets_in(tmp_path, rows.set_axis(["file", "subject", "group", "fold", "score"], axis=1))
    assert list(found) == ["m1", "m2"]
    one = found["m1"]
    assert (one.subject, one.condition, one.role, one.fold) == ("m1", "pain", "rotate", 2)
    assert one.mean_score == 0.75 and one.cameras == () and one.pictured and not one.simulated
    assert one.files == (f"{SIMULATED_PICTURES}/a.jpg", f"{SIMULATED_PICTURES}/c.jpg")


@pytest.mark.parametrize("role", ["rotate", "train", "validate"])
def test_a_set_has_the_stores_of_its_role(tmp_path, role):
    plan = plan_in(tmp_path, pd.DataFrame([("m1", role, 1)], columns=["subject", "role", "score"]))
    assert plan.stores == [f"m1_{kind}" for kind in KINDS_OF_ROLE[role]]
    assert plan.pictured == plan.labelled == ["m1"] and plan.names == plan.scored == plan.filmed_tests == []


def test_pictures_are_inputs_one_by_one_unless_they_are_rendered(tmp_path):
    sets = sets_in(
        tmp_path, pd.DataFrame([("a/1.jpg", "m1", 1), ("a/2.jpg", "m1", 1)], columns=["file", "subject", "score"])
    )
    own = RecordingPlan(changed(), sets, "", "sheet.csv")
    assert own.picture_files("m1") == [f"{SIMULATED_PICTURES}/a/{number}.jpg" for number in (1, 2)]
    assert own.picture_params() == {"sheet": "sheet.csv", "folder": ""} and not own.is_simulated("m1")
    rendered = RecordingPlan(changed(pictures={"folder": SIMULATED_PICTURES}), sets, "")
    assert rendered.picture_files("m1") == [f"{SIMULATED_PICTURES}/m1"] and rendered.is_simulated("m1")


def test_faces_are_looked_for_in_pictures_where_the_config_says_so():
    assert RecordingPlan(changed(), {}, "shipped.tflite").picture_detector() == ""
    assert RecordingPlan(changed(pictures={"faces": True}), {}, "shipped.tflite").picture_detector() == "shipped.tflite"


# Whole plans


def waits(what: str) -> str:
    raise AssertionError(f"nothing waits for the choice of a {what}")


def name_instances(rows: list[dict]) -> list[str]:
    return ["__".join(f"{key}~{value}" for key, value in row.items()) for row in rows]


def planned(config: dict, sheet: str = "", pictures: str = "") -> Plan:
    return make_plan(config, [], sheet, pictures, "shipped.tflite", name_instances, waits)


@pytest.fixture
def shipped(monkeypatch) -> Plan:
    """The plan of configs/pictures.yaml laid over the default."""
    monkeypatch.chdir(ROOT)
    return planned(
        changed(**yaml.safe_load((ROOT / "configs" / "pictures.yaml").read_text())), "", "configs/pictures.csv"
    )


SHIPPED = pd.read_csv(ROOT / "configs" / "pictures.csv")


def test_the_shipped_pictures_are_stored_and_tested_once(shipped):
    recordings = shipped.recordings
    assert len(recordings.folds) == 4
    assert recordings.animals_of("rotate") == list(dict.fromkeys(SHIPPED.subject))
    assert recordings.stores == [f"{name}_{kind}" for name in recordings.pictured for kind in KINDS_OF_ROLE["rotate"]]
    assert sum(row["pictures"] for row in recordings.sheet()) == len(SHIPPED)
    assert {(row["simulated"], row["cameras"]) for row in recordings.sheet()} == {(True, 0)}
    for parts in parts_of(recordings):
        assert all(parts.values()) and set().union(*parts.values()) == set(SHIPPED.subject)


def test_the_shipped_pictures_lie_in_the_folder_that_their_set_is_rendered_into(shipped):
    for name in shipped.recordings.pictured:
        (folder,) = shipped.recordings.picture_files(name)
        assert {str(Path(path).parent) for path in shipped.recordings.by_name[name].files} == {folder}


def test_pictures_alone_have_no_products_of_recordings(shipped):
    tables, shown = shipped.tables(), shipped.shown()
    assert {"tables/images", "tables/dataset_sizes", "tables/scorer_agreement", "tables/comparison_scores"} <= set(
        tables
    )
    lacking = ("recordings", "durations", "detection", "moments", "coder_consistency", "coder_agreement", "curve")
    assert not {f"tables/{name}" for name in (*lacking, "likeness")} & set(tables)
    figures = [path.removeprefix("results/") for path in shown if path.startswith("results/figures")]
    assert "figures/comparison.svg" in figures and "figures/compact_units/LOSOCV-4.svg" in figures
    absent = ("detect", "moments", "images_", "overall", "coder", "action")
    assert not [path for path in figures if Path(path).name.startswith(absent) or "/moments/" in path]
    assert not [path for path in shown if path.startswith("results/timelines")]
    assert not shipped.networks.packs and "results/tables/groups.csv" not in shipped.recorded()


SHEET = pd.DataFrame(
    [
        ("EXP1", "ada", "pain", "rotate", "simulated", "simulated", "simulated", "", "front"),
        ("EXP2", "bob", "basal", "rotate", "simulated", "simulated", "", "", "front"),
        ("EXP7", "dan", "pain", "validate", "simulated", "simulated", "", "", "front"),
        ("NEW1", "eve", "pain", "score", "simulated", "", "", "", "front"),
    ],
    columns=["experiment", "subject", "condition", "role", "videos", "scores", "corrections", "sync_frames", "cameras"],
)
FIXED = {"choices": {"study": "", "backbone": "EfficientNetLite0", "fold": 1}}


def both(folder: Path, rows: list[tuple], columns=("subject", "role", "score"), **changes) -> Plan:
    """The plan of SHEET and of a sheet of pictures beside it."""
    SHEET.to_csv(folder / "sheet.tsv", sep="\t", index=False)
    table = pd.DataFrame(rows, columns=list(columns))
    table.insert(0, "file", [f"{number}.jpg" for number in table.index])
    for file in table.file:
        (folder / file).touch()
    table.to_csv(folder / "pictures.csv", index=False)
    config = changed(**FIXED)
    update_config(config, changes)
    return planned(config, str(folder / "sheet.tsv"), str(folder / "pictures.csv"))


def refused(*arguments, **changes) -> tuple[str, ...]:
    with pytest.raises(InputError) as error:
        both(*arguments, **changes)
    return error.value.args


def test_recordings_and_pictures_are_one_study(tmp_path):
    plan = both(tmp_path, [("pia", "rotate", 1), ("ada", "rotate", 0), ("tom", "train", 2), ("val", "validate", 0)])
    recordings = plan.recordings
    assert recordings.tests == {"ada": ["EXP1", "ada"], "bob": ["EXP2"], "pia": ["pia"]}
    assert recordings.names == ["EXP1", "EXP2", "EXP7", "NEW1"] and recordings.pictured == ["pia", "ada", "tom", "val"]
    assert recordings.labelled == ["EXP1", "EXP2", "EXP7", "pia", "ada", "tom", "val"]
    assert recordings.fold_parts(1) == {
        **{"test": ["EXP1", "ada"], "validation": ["EXP7", "val"], "train": ["EXP2", "pia", "tom"]}
    }
    assert {"EXP1_AUGM", "ada_AUGM", "tom_SYMM", "val_CORR"} <= set(recordings.stores)
    assert [row["pictures"] for row in recordings.sheet()] == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_study_with_recordings_and_pictures_has_the_products_of_both(tmp_path):
    plan = both(tmp_path, [("pia", "rotate", 1)])
    assert {"tables/recordings", "tables/moments", "tables/curve", "tables/images"} <= set(plan.tables())
    assert "results/timelines/NEW1.csv" in plan.shown()
    assert plan.networks.packs and plan.about_scorer()["most_cameras"] == 1
    assert plan.about_scorer()["animals"]["rotate"] == ["ada", "bob", "pia"]
    assert set(plan.recordings.conditions) == {"EXP1", "EXP2", "EXP7"}
    assert not [video for video in plan.recordings.video_products() if video["experiment"] == "pia"]


def test_a_set_of_pictures_with_the_name_of_a_recording_is_told(tmp_path):
    _, expected, found, _ = refused(tmp_path, [("EXP1", "rotate", 1)])
    assert expected == "each experiment once" and found == "'EXP1' more than once"


def test_a_set_and_a_recording_whose_names_differ_by_case_alone_are_told(tmp_path):
    _, _, found, _ = refused(tmp_path, [("exp1", "rotate", 1)])
    assert found == "'EXP1' and 'exp1'"


@pytest.mark.parametrize(
    ("subject", "role"), [("ada", "train"), ("ada", "validate"), ("dan", "rotate"), ("dan", "train")]
)
def test_an_animal_of_a_recording_and_of_pictures_with_other_roles_is_told(tmp_path, subject, role):
    _, expected, found, _ = refused(tmp_path, [(subject, role, 1)])
    assert expected == "no subject on both sides of a fold" and f"subject {subject!r}" in found


def test_pictures_fill_the_roles_that_recordings_do_not_have(tmp_path):
    for experiment, role in (("EXP2", "rotate"), ("EXP7", "validate")):
        SHEET[SHEET.experiment != experiment].to_csv(tmp_path / "less.tsv", sep="\t", index=False)
        with pytest.raises(InputError, match=f"of role {role}"):
            read_experiments(str(tmp_path / "less.tsv"), [])
        sets = pd.DataFrame([("pia", "pia", role)], columns=["experiment", "subject", "role"])
        found = read_experiments(str(tmp_path / "less.tsv"), [], Beside(sets))
        assert found.index.tolist() == [name for name in SHEET.experiment if name != experiment]


def test_animals_that_are_drawn_need_no_role_validate(tmp_path):
    sets = pd.DataFrame([(name, name, "rotate") for name in "ab"], columns=["experiment", "subject", "role"])
    with pytest.raises(InputError, match="role validate") as error:
        read_experiments("", [], Beside(sets))
    assert error.value.args[0] == "the sheet of pictures"
    assert read_experiments("", [], Beside(sets, drawn=True)).empty


def test_neither_recordings_nor_pictures_are_told():
    with pytest.raises(InputError, match="role rotate"):
        planned(changed(**FIXED))


def test_folds_that_a_config_names_are_those_of_the_scheme(tmp_path):
    rows = [(f"m{number}", "rotate", number % 3) for number in range(8)]
    datasets = {"folds": K_FOLD, "fold_count": 3}
    assert len(both(tmp_path, rows, datasets=datasets).recordings.folds) == 3
    _, expected, found, _ = refused(tmp_path, rows, datasets=datasets, choices={"fold": 4})
    assert expected == "choices.fold: folds from 1 to 3" and found == "4"


def test_a_curve_that_no_recording_calibrates_is_told(tmp_path):
    """Pictures alone train a scorer, but nothing tells how sure its curves are."""
    SHEET[SHEET.role == "score"].to_csv(tmp_path / "new.tsv", sep="\t", index=False)
    rows = pd.DataFrame({"file": [f"{n}.jpg" for n in range(6)], "subject": [f"m{n}" for n in range(6)], "score": 1})
    for file in rows.file:
        (tmp_path / file).touch()
    rows.to_csv(tmp_path / "pictures.csv", index=False)
    with pytest.raises(InputError) as error:
        config = changed(**FIXED, datasets={"validation_share": 0.3})
        planned(config, str(tmp_path / "new.tsv"), str(tmp_path / "pictures.csv"))
    assert error.value.args == (
        str(tmp_path / "new.tsv"),
        "tested recordings, by which the curve of NEW1 is calibrated",
        "labelled pictures alone",
        "give a `scorer`, or recordings of role rotate that an expert scores",
    )


def test_pictures_beside_a_scorer_are_refused():
    with pytest.raises(InputError) as error:
        read_labelled(changed(scorer="ours.squint"), "pictures.csv")
    assert error.value.args[1:] == (
        "pictures to learn from, or a scorer that has learnt",
        "`pictures: sheet` and `scorer`",
        "set one of them to nothing",
    )
