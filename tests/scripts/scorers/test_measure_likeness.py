"""Cameras of animals left out are judged by limits from other animals; each that is told is a false alarm."""

import json

import pandas as pd
import pytest

from scripts.scorers.measure_likeness import COLUMNS, judge_cameras, tabulate_likeness
from squint.scorer.likeness import conformal_limit
from tests.scorers import WORDS
from tests.shown import run_script

USUAL = {word: middle for word, (middle, _) in WORDS.items()}
LIMITS = {"camera_oddity": 9.0, "words": WORDS}
SUBJECTS = {"EXP1": "ada", "EXP2": "bob", "EXP3": "ada", "EXP4": "cat"}
# The median distance of each recording's two cameras.
DISTANCES = {"EXP1": (1.0, 9.0), "EXP2": (1.1, 1.2), "EXP3": (1.3, 0.9), "EXP4": (2.0, 1.0)}


def crops(distances=None):
    rows = [
        USUAL | {"experiment": name, "camera": camera, "distance": value + step, "oddity": 1.0}
        for name, values in (distances or DISTANCES).items()
        for camera, value in zip(("top", "left"), values, strict=True)
        for step in (-0.5, 0.0, 0.4)
    ]
    return pd.DataFrame(rows)


def test_each_animals_cameras_have_a_limit_from_the_other_animals():
    table = judge_cameras(crops(), LIMITS, SUBJECTS).set_index(["experiment", "camera"])
    assert table.index.tolist() == [(name, camera) for name in DISTANCES for camera in ("top", "left")]
    for (name, camera), row in table.iterrows():
        others = table.distance[table.animal != SUBJECTS[name]]
        assert row["distance limit"] == conformal_limit(others.to_numpy())
        assert row.distance == DISTANCES[name][camera == "left"] and row.faces == 3
        assert row.told == (row.distance > row["distance limit"])
    assert table.told.tolist() == [False, True] + [False] * 6


def test_an_animals_own_cameras_do_not_hide_it():
    """One that is far away with all of its cameras is told, by however many."""
    far = {"EXP1": (9.0, 9.0), "EXP3": (9.0, 9.0), "EXP2": (1.0, 1.0), "EXP4": (1.0, 1.0)}
    table = judge_cameras(crops(far), LIMITS, SUBJECTS)
    assert table.told.tolist() == (table.animal == "ada").tolist()


def test_a_camera_is_told_by_its_words_too():
    odd = crops({name: (1.0, 1.0) for name in DISTANCES})
    odd.loc[(odd.experiment == "EXP2") & (odd.camera == "top"), "oddity"] = 4.0
    table = judge_cameras(odd, LIMITS, SUBJECTS)
    assert table.told.tolist() == [False, False, True, False, False, False, False, False]
    assert table["oddity limit"].tolist() == [4.0, 4.0, 1.0, 1.0, 4.0, 4.0, 4.0, 4.0]


def test_what_differs_is_told_in_words():
    odd = crops()
    odd.loc[(odd.experiment == "EXP2") & (odd.camera == "top"), "exposure"] = 10.0
    table = judge_cameras(odd, LIMITS, SUBJECTS).set_index(["experiment", "camera"])
    assert table.differs["EXP2", "top"] == "darker" and table.differs["EXP2", "left"] == ""


def test_one_animal_alone_has_no_limit_and_is_not_told():
    table = judge_cameras(crops({"EXP1": (1.0, 9.0), "EXP3": (1.0, 1.0)}), LIMITS, SUBJECTS)
    assert table[["distance limit", "oddity limit"]].isna().all(axis=None) and not table.told.any()
    assert tabulate_likeness(table).told.tolist() == ["", "", "", "", "0.000"]


def test_the_last_row_is_the_share_of_false_alarms():
    table = tabulate_likeness(judge_cameras(crops(), LIMITS, SUBJECTS))
    assert table.told.tolist() == ["", "yes", "", "", "", "", "", "", "0.125"]
    assert table.experiment.iloc[-1] == "false alarms" and table.faces.iloc[-1] == 24
    assert table.drop(columns=["experiment", "faces", "told"]).iloc[-1].isna().all()


def test_the_job_writes_the_table(tmp_path):
    crops().to_parquet(tmp_path / "held.parquet")
    (tmp_path / "limits.json").write_text(json.dumps(LIMITS))
    given = {"held_out": tmp_path / "held.parquet", "limits": tmp_path / "limits.json"}
    run_script("scorers/measure_likeness.py", given, {"subjects": SUBJECTS}, {"table": tmp_path / "likeness.csv"})
    table = pd.read_csv(tmp_path / "likeness.csv", index_col="experiment")
    assert float(table.told["false alarms"]) == pytest.approx(0.125)
    assert table.columns.tolist() == COLUMNS[1:]
