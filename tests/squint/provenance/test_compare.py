"""What differs between two studies is listed with what may explain it; what nothing explains is told."""

import copy
import json

import pytest

from squint.errors import InputError
from squint.provenance.compare import compare_studies, main, read_study

TABLE = "results/tables/comparison_scores.csv"
STUDY = {
    "config": "c0",
    "code": {"commit": "abc", "digest": "d0"},
    "lock": "l0",
    "machine": {"processor": "A", "system": "Linux", "python": "3.11.7", "packages": {"numpy": "2.4.6"}},
    "values": {"seed": 1, "faces": {"weights": ""}},
    "experiments": {"EXP1": {"condition": "pain"}},
    "unrecorded": {},
    "videos": {"v/C1.mp4": {"bytes": 9, "digest": "v0"}},
    "files": {"scores/EXP1.csv": "s0"},
    "detector": {"results/faces/detector.tflite": "t0"},
    "networks": {"results/models/units/LOSOCV-1.keras": "n0"},
    "tables": {
        TABLE: {
            "digest": "x0",
            "test_bed": False,
            "videos": ["v/C1.mp4"],
            "files": ["scores/EXP1.csv"],
            "detector": ["results/faces/detector.tflite"],
            "networks": ["results/models/units/LOSOCV-1.keras"],
            "unrecorded": [],
        },
        "results/tables/durations.csv": {"digest": "y0", "videos": ["v/C1.mp4"]}
        | {key: [] for key in ("files", "detector", "networks", "unrecorded")},
    },
}
OTHER_NETWORK = {"results/models/units/LOSOCV-1.keras": "n1"}


def changed(**changes) -> dict:
    """The study with values at dotted places changed, and its table with them."""
    other = copy.deepcopy(STUDY)
    other["tables"][TABLE]["digest"] = "x1"
    for key, value in changes.items():
        other[key] = value
    return other


def test_the_same_study_differs_in_nothing():
    lines, code = compare_studies(STUDY, copy.deepcopy(STUDY))
    assert code == 0
    assert lines == ["2 tables and timelines are the same, 0 differ."]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"videos": {"v/C1.mp4": {"bytes": 9, "digest": "v1"}}}, "1 videos differ"),
        ({"files": {"scores/EXP1.csv": "s1"}}, "1 given files differ"),
        ({"values": {"seed": 2, "faces": {"weights": ""}}}, "the config differs"),
        ({"experiments": {"EXP1": {"condition": "basal"}}}, "the sample sheet differs"),
        ({"code": {"commit": "def", "digest": "d1"}}, "the code differs"),
        ({"lock": "l1"}, "the lock differs"),
        ({"machine": STUDY["machine"] | {"packages": {"numpy": "2.4.7"}}}, "the installed packages differ"),
        (
            {
                "networks": OTHER_NETWORK,
                "machine": STUDY["machine"] | {"processor": "B"},
            },
            "trained networks differ, and the machines do",
        ),
    ],
)
def test_what_may_explain_a_difference_is_named(changes, why):
    lines, code = compare_studies(STUDY, changed(**changes))
    assert code == 0
    assert any(line.startswith(TABLE) and why in line for line in lines), lines
    assert lines[-1] == "1 tables and timelines are the same, 1 differ."


@pytest.mark.parametrize("changes", [{}, {"networks": OTHER_NETWORK}])
def test_a_difference_that_nothing_explains_is_told(changes):
    lines, code = compare_studies(STUDY, changed(**changes))
    assert code == 1
    assert f"{TABLE}: NOTHING THAT IS RECORDED EXPLAINS IT" in lines


def test_another_commit_with_the_same_files_is_no_difference():
    other = copy.deepcopy(STUDY)
    other["code"]["commit"] = "def-dirty"
    assert compare_studies(STUDY, other)[1] == 0


def test_the_same_files_in_other_places_are_no_difference():
    other = changed(videos={"elsewhere/C1.mp4": STUDY["videos"]["v/C1.mp4"]})
    other["tables"][TABLE]["videos"] = other["tables"]["results/tables/durations.csv"]["videos"] = ["elsewhere/C1.mp4"]
    lines, code = compare_studies(STUDY, other)
    assert code == 1 and not any("videos" in line for line in lines)


def test_results_whose_making_is_not_on_record_may_explain_a_difference():
    other = changed(unrecorded={"results/moments/EXP1.parquet": "no record"})
    other["tables"][TABLE]["unrecorded"] = ["results/moments/EXP1.parquet"]
    lines, code = compare_studies(STUDY, other)
    assert code == 0 and any("not on record are among its sources" in line for line in lines)


def test_values_are_named_by_their_keys():
    lines, _ = compare_studies(STUDY, changed(values={"seed": 2, "faces": {"weights": "mine.tflite"}}))
    assert "config\n  faces.weights: '' and 'mine.tflite'\n  seed: 1 and 2" in lines


def test_tables_that_one_side_lacks_are_named():
    other = copy.deepcopy(STUDY)
    del other["tables"][TABLE]
    lines, code = compare_studies(STUDY, other)
    assert code == 1 and f"only in the first: {TABLE}: NOTHING THAT IS RECORDED EXPLAINS IT" in lines
    lines, code = compare_studies(STUDY, other | {"values": {"seed": 1}})
    assert code == 0 and f"only in the first: {TABLE}" in lines


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"tables": {}}',
        "[" * 100_000,
        *(json.dumps(STUDY | wrong) for wrong in ({"tables": []}, {"values": None}, {"code": "x"}, {"videos": {}})),
    ],
)
def test_a_file_that_is_no_record_is_told(tmp_path, content):
    path = tmp_path / "provenance.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"provenance\.json"):
        read_study(str(path))


def test_the_command_compares_two_files(tmp_path, monkeypatch, capsys):
    for name, study in (("one.json", STUDY), ("other.json", changed(lock="l1"))):
        (tmp_path / name).write_text(json.dumps(study))
    monkeypatch.setattr("sys.argv", ["compare", str(tmp_path / "one.json"), str(tmp_path / "other.json")])
    assert main() == 0
    assert "the lock differs" in capsys.readouterr().out
    (tmp_path / "bare.json").write_text(json.dumps(STUDY | {"tables": {}}))
    for name in ("none.json", "bare.json"):
        monkeypatch.setattr("sys.argv", ["compare", str(tmp_path / "one.json"), str(tmp_path / name)])
        assert main() == 2
