"""The consistency of each recording and of all together is told, and all together choose the loss."""

import json

import pandas as pd
import pytest

from scripts.moments.measure_consistency import measure_consistency


def scored(path, first, again):
    """Items of one coder: some moments, and the same shown again."""
    count = len(first)
    table = pd.DataFrame({"item": range(1, 2 * count + 1), "coder": "a", "accepted": True})
    table["duplicate_of"] = [0] * count + list(range(1, count + 1))
    table.assign(score=[*first, *again]).to_parquet(path)
    return str(path)


def measure(folder, **recordings):
    paths = {name: scored(folder / f"{name}.parquet", *scores) for name, scores in recordings.items()}
    measure_consistency(paths, str(folder / "record.json"), str(folder / "table.csv"))
    return json.loads((folder / "record.json").read_text()), (folder / "table.csv").read_text()


def test_a_row_tells_each_recording_and_the_last_one_all(tmp_path):
    record, table = measure(tmp_path, EXP1=([1.0, 1.0], [1.1, 0.9]), BAS1=([0.0], [0.4]))
    assert table.splitlines() == [
        "experiment,pairs,mae,rmse,ratio",
        "EXP1,2,0.1000,0.1000,1.0000",
        "BAS1,1,0.4000,0.4000,1.0000",
        "all,3,0.2000,0.2449,1.2247",
    ]
    assert (record["pairs"], record["loss"]) == (3, "mse")
    assert record["ratio"] == pytest.approx(1.2247, abs=1e-4)


def test_the_choice_is_by_all_recordings_together(tmp_path):
    """In each alone all differences are alike; together one stands out."""
    record, _ = measure(tmp_path, EXP1=([1.0] * 9, [1.1] * 9), EXP2=([0.0], [1.0]))
    assert record["loss"] == "mae" and record["ratio"] > 1.375


def test_a_recording_without_duplicates_has_empty_cells(tmp_path):
    record, table = measure(tmp_path, EXP1=([1.0], [1.2]), EXP2=([], []))
    assert table.splitlines()[2] == "EXP2,0,,,"
    assert record["pairs"] == 1


def test_without_any_duplicates_the_thesis_own_loss_is_recorded(tmp_path):
    record, table = measure(tmp_path, EXP1=([], []))
    assert record == {"pairs": 0, "mae": None, "rmse": None, "ratio": None, "loss": "mae"}
    assert table.splitlines()[-1] == "all,0,,,"
