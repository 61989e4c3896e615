"""Cameras of animals left out are judged by their folds' limits; each that is told is a false alarm."""

import json
import math

import pandas as pd
import pytest

from scripts.scorers.measure_likeness import COLUMNS, judge_cameras, tabulate_likeness
from tests.scorers import WORDS
from tests.shown import run_script

USUAL = {word: middle for word, (middle, _) in WORDS.items()}
# Those of each fold, from its other animals.
LIMITS = {
    "1": {"camera_distance": 2.0, "camera_oddity": 1.0, "words": WORDS},
    "2": {"camera_distance": 9.0, "camera_oddity": 5.0, "words": WORDS},
    "3": {"camera_distance": 9.0, "camera_oddity": 9.0, "words": WORDS},
}
FOLDS = {"EXP1": 1, "EXP2": 2, "EXP3": 1, "EXP4": 3}
SUBJECTS = {"EXP1": "ada", "EXP2": "bob", "EXP3": "ada", "EXP4": "cat"}
# The median distance of each recording's two cameras.
DISTANCES = {"EXP1": (1.0, 9.0), "EXP2": (1.1, 1.2), "EXP3": (1.3, 0.9), "EXP4": (2.0, 1.0)}


def crops(distances=None):
    rows = [
        USUAL | {"experiment": name, "camera": camera, "fold": FOLDS[name], "distance": value + step}
        for name, values in (distances or DISTANCES).items()
        for camera, value in zip(("top", "left"), values, strict=True)
        for step in (-0.5, 0.0, 0.4)
    ]
    return pd.DataFrame(rows)


def test_each_camera_is_judged_by_the_limits_of_its_fold():
    table = judge_cameras(crops(), LIMITS, SUBJECTS).set_index(["experiment", "camera"])
    assert table.index.tolist() == [(name, camera) for name in DISTANCES for camera in ("top", "left")]
    for (name, camera), row in table.iterrows():
        limits = LIMITS[str(FOLDS[name])]
        assert (row["distance limit"], row["oddity limit"]) == (limits["camera_distance"], limits["camera_oddity"])
        assert row.distance == DISTANCES[name][camera == "left"] and row.faces == 3 and row.oddity == 0
        assert row.told == (row.distance > row["distance limit"])
    assert table.told.tolist() == [False, True] + [False] * 6


def test_a_camera_is_told_by_its_words_too():
    odd = crops({name: (1.0, 1.0) for name in DISTANCES})
    odd.loc[odd.camera == "top", "exposure"] += 6 * WORDS["exposure"][1]
    table = judge_cameras(odd, LIMITS, SUBJECTS)
    assert table.oddity.tolist() == [6.0, 0.0] * 4
    assert table.told.tolist() == [True, False, True, False, True, False, False, False]


def test_what_differs_is_told_in_words():
    odd = crops()
    odd.loc[(odd.experiment == "EXP2") & (odd.camera == "top"), "exposure"] = 10.0
    table = judge_cameras(odd, LIMITS, SUBJECTS).set_index(["experiment", "camera"])
    assert table.differs["EXP2", "top"] == "darker" and table.differs["EXP2", "left"] == ""


def test_one_animal_alone_has_no_limit_and_is_not_told():
    infinite = LIMITS["1"] | {"camera_distance": math.inf, "camera_oddity": math.inf}
    table = judge_cameras(crops({"EXP1": (1.0, 9.0), "EXP3": (1.0, 1.0)}), {"1": infinite}, SUBJECTS)
    assert not table.told.any()
    assert tabulate_likeness(table).told.tolist() == ["", "", "", "", "0.000"]


def test_the_last_row_is_the_share_of_false_alarms():
    table = tabulate_likeness(judge_cameras(crops(), LIMITS, SUBJECTS))
    assert table.told.tolist() == ["", "yes", "", "", "", "", "", "", "0.125"]
    assert table.experiment.iloc[-1] == "false alarms" and table.faces.iloc[-1] == 24
    assert table.drop(columns=["experiment", "faces", "told"]).iloc[-1].isna().all()


def test_the_job_writes_the_table(tmp_path):
    crops().to_parquet(tmp_path / "held.parquet")
    (tmp_path / "limits.json").write_text(json.dumps({"folds": LIMITS}))
    given = {"held_out": tmp_path / "held.parquet", "limits": tmp_path / "limits.json"}
    run_script("scorers/measure_likeness.py", given, {"subjects": SUBJECTS}, {"table": tmp_path / "likeness.csv"})
    table = pd.read_csv(tmp_path / "likeness.csv", index_col="experiment")
    assert float(table.told["false alarms"]) == pytest.approx(0.125)
    assert table.columns.tolist() == COLUMNS[1:]
