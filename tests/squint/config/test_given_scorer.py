"""A scorer that was made elsewhere: recordings are scored alone, and what the scorer is bound to is taken over."""

import copy
from pathlib import Path

import pandas as pd
import pytest
import yaml
from snakemake.utils import update_config

from squint.config.experiments import Beside, read_experiments
from squint.config.plan import Plan, make_plan
from squint.errors import InputError
from tests.conftest import ROOT
from tests.scales import WHOLE_MGS, WHOLE_ORBITAL
from tests.scorers import FIELDS, METRICS, written

DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())
COLUMNS = ["experiment", "subject", "condition", "role", "videos", "scores", "cameras"]
NEW = [("NEW1", "eve", "pain", "score", "simulated", ""), ("NEW2", "ada", "basal", "score", "films/{camera}.mp4", "")]


def unused(*_):
    raise AssertionError("nothing is chosen or varied where a scorer is given")


def write_sheet(path: Path, rows) -> None:
    """A sample sheet whose rows may end with empty cells."""
    whole = [(*row, *[""] * (len(COLUMNS) - len(row))) for row in rows]
    pd.DataFrame(whole, columns=COLUMNS).to_csv(path, sep="\t", index=False)


def planned(folder: Path, scorer: Path | str = "", rows=NEW, pictures: str = "", **changes) -> Plan:
    """The plan of a config that names a scorer."""
    sheet = folder / "sheet.tsv"
    write_sheet(sheet, rows)
    config = copy.deepcopy(DEFAULT)
    given = scorer or written(folder / "good.squint")
    update_config(config, {"scorer": str(given)} | changes)
    return make_plan(config, [], str(sheet), pictures, "shipped.tflite", unused, unused)


def refused(*arguments, **changes) -> list[str]:
    """What is told of a mistake: file, expectation, finding and remedy."""
    with pytest.raises(InputError) as error:
        planned(*arguments, **changes)
    return [line.split(":", 1)[1].strip() for line in str(error.value).splitlines()[1:]]


def test_recordings_are_scored_and_nothing_is_trained(tmp_path):
    plan = planned(tmp_path)
    assert not plan.trains and not plan.networks.trains
    assert plan.recordings.unscored == ["NEW1", "NEW2"]
    assert plan.networks.scorer_file == str(tmp_path / "good.squint")
    assert plan.networks.trained == {} and plan.recordings.tests == {}


def test_what_is_shown_is_of_new_recordings_alone(tmp_path):
    plan = planned(tmp_path)
    shown = plan.shown()
    for name in ("NEW1", "NEW2"):
        assert {f"results/timelines/{name}.{ending}" for ending in ("csv", "svg")} <= {*shown, *plan.recorded()}
    assert "results/tables/scorer_agreement.csv" not in shown and "results/tables/curve.csv" not in shown
    assert not [path for path in plan.recorded() if "classes" in path or "groups" in path]


@pytest.mark.parametrize("role", ["rotate", "train", "validate"])
def test_a_row_of_another_role_is_refused(tmp_path, role):
    rows = [*NEW, ("EXP1", "bob", "pain", role, "simulated", "simulated")]
    assert refused(tmp_path, rows=rows) == [
        str(tmp_path / "sheet.tsv"),
        "rows of role score alone, as the config names a scorer",
        f"the role {role} of EXP1",
        "leave such rows out, or set `scorer` to nothing to train networks on them",
    ]


def test_without_a_scorer_such_rows_are_needed(tmp_path):
    sheet = tmp_path / "sheet.tsv"
    write_sheet(sheet, NEW)
    assert len(read_experiments(str(sheet), [], Beside(scored=True))) == 2
    with pytest.raises(InputError, match="at least 2 subject"):
        read_experiments(str(sheet), [])


def test_a_scorer_of_another_scale_is_refused(tmp_path):
    scorer = written(tmp_path / "orbital.squint", scale=WHOLE_ORBITAL)
    assert refused(tmp_path, scorer) == [
        str(scorer),
        "a scorer of the scale of the config, 'Mouse Grimace Scale'",
        f"one of {WHOLE_ORBITAL['name']!r}",
        "set `scale` to that of the scorer, or take another scorer",
    ]
    assert planned(tmp_path, scorer, scale="orbital_tightening").scale.highest == 9


@pytest.mark.parametrize("change", [{"pain_threshold": 1.0}, {"least_observed": 1}, {"score_ranges": [0, 1, 2]}])
def test_a_scorer_of_a_scale_of_the_same_name_with_other_values_is_refused(tmp_path, change):
    scorer = written(tmp_path / "other.squint", scale=WHOLE_MGS | change)
    assert refused(tmp_path, scorer)[2] == "one of 'Mouse Grimace Scale', with other values"


def test_other_words_for_the_same_scale_are_no_other_scale(tmp_path):
    scorer = written(tmp_path / "other.squint", scale=WHOLE_MGS | {"source": "elsewhere", "name": "MGS"})
    assert planned(tmp_path, scorer).guide.name == "Mouse Grimace Scale"


def test_more_cameras_than_a_scorer_of_all_views_has_seen_are_refused(tmp_path):
    """It was trained on sets of views of some size at most; one of single views does not care."""
    rows = [("NEW1", "eve", "pain", "score", "simulated", "", "left, right")]
    settings = FIELDS["settings"] | {"views": "all"}
    scorer = written(tmp_path / "sets.squint", settings=settings, most_cameras=1)
    assert refused(tmp_path, scorer, rows) == [
        f"{tmp_path}/sheet.tsv, experiment 'NEW1'",
        "at most 1 camera, as the scorer was trained on, which takes all views of a moment at once",
        "2 cameras (left, right)",
        "name fewer in column `cameras`, or take a scorer of single views",
    ]
    planned(tmp_path, written(tmp_path / "sets.squint", settings=settings, most_cameras=2), rows)
    planned(tmp_path, written(tmp_path / "single.squint", most_cameras=1), rows)


def test_what_the_scorer_is_bound_to_is_taken_over(tmp_path):
    changes = {"faces": {"detection": {"sample_every": 3, "certainty": 0.99}}, "evaluation": {"coverage": 0.5}}
    config = planned(tmp_path, **changes).config
    assert config["faces"]["detection"] == FIELDS["detection"] == {"sample_every": 7, "certainty": 0.4}
    assert config["moments"]["defaults"]["min_prob"] == FIELDS["min_prob"] == 0.9
    assert config["evaluation"]["timeline_window_s"] == FIELDS["window_s"] == 11.0
    assert config["evaluation"]["coverage"] == FIELDS["coverage"] == 0.8


@pytest.mark.parametrize("faces", [{}, {"weights": "own.tflite"}, {"weights": ""}, {"annotations": "faces.csv"}])
def test_faces_are_searched_for_by_the_scorers_own_detector(tmp_path, faces):
    recordings = planned(tmp_path, faces=faces).recordings
    assert recordings.detector_source == "scorer"
    assert recordings.detector() == "results/faces/scorers_detector.tflite"
    assert not recordings.trains_a_detector


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("rotate", "an animal that some of its networks were trained on"),
        ("train", "an animal that all of its networks were trained on"),
        ("validate", "an animal that stopped the training of its networks"),
        ("", ""),
    ],
)
def test_a_recording_of_an_animal_that_the_scorer_knows_is_told(tmp_path, role, words):
    animals = {name: [] for name in ("rotate", "train", "validate")}
    animals |= {role: ["someone", "ada"]} if role else {}
    plan = planned(tmp_path, written(tmp_path / "good.squint", animals=animals))
    assert plan.scorer_animals() == animals
    assert plan.animal_note("NEW2") == words and plan.animal_note("NEW1") == ""
    assert plan.animal_notes() == ({"NEW2": words} if role else {})


def test_the_summary_is_told_what_the_scorer_earned_and_where_it_is(tmp_path):
    told = planned(tmp_path).summary_scorer()
    assert told["name"] == "good" and told["file"] == str(tmp_path / "good.squint")
    assert told["metrics"] == METRICS and told["animals"] == FIELDS["animals"]
    assert told["notes"] == {"NEW2": "an animal that some of its networks were trained on"}


def test_a_scorer_that_is_not_there_is_told(tmp_path):
    told = refused(tmp_path, tmp_path / "gone.squint")
    assert told[0] == str(tmp_path / "gone.squint") and told[2] == "no such file"


def test_pictures_to_learn_from_are_refused_beside_a_scorer(tmp_path):
    told = refused(tmp_path, pictures="pictures.csv")
    assert told[2] == "`pictures: sheet` and `scorer`"


def test_settings_that_need_animals_to_train_on_are_not_in_the_way(tmp_path):
    planned(tmp_path, choices={"fold": 99}, datasets={"validation_share": 0.5})


def test_a_trained_study_knows_its_own_animals(tmp_path):
    rows = [
        ("EXP1", "ada", "pain", "rotate", "simulated", "simulated"),
        ("EXP2", "bob", "pain", "rotate", "simulated", "simulated"),
        ("EXP3", "ada", "basal", "rotate", "simulated", "simulated"),
        ("BAS1", "cat", "basal", "train", "simulated", "simulated"),
        ("EXP7", "dan", "pain", "validate", "simulated", "simulated"),
        *NEW,
    ]
    sheet = tmp_path / "sheet.tsv"
    write_sheet(sheet, rows)
    config = copy.deepcopy(DEFAULT)
    update_config(config, {"faces": {"weights": "own.tflite"}})
    names = lambda found: ["_".join(map(str, row.values())) for row in found]  # noqa: E731
    plan = make_plan(config, [], str(sheet), "", "shipped.tflite", names, unused)
    assert plan.scorer_animals() == {"rotate": ["ada", "bob"], "train": ["cat"], "validate": ["dan"]}
    assert plan.animal_notes() == {"NEW2": "an animal that some of its networks were trained on"}
    assert plan.summary_scorer()["name"] == plan.networks.scorer and "metrics" not in plan.summary_scorer()
