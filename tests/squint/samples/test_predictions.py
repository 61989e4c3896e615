"""Predictions are written in the form that measures read."""

import numpy as np
import pandas as pd
import pytest

from squint.measures.metrics import merge_views, single_views
from squint.samples.predictions import ALL_VIEWS, KEY_COLUMNS, write_predictions


def fold(cameras):
    """The columns of a fold for the views of one moment."""
    count = len(cameras)
    table = pd.DataFrame({"experiment": "EXP1", "item": 3, "camera": cameras, "sync_index": 15})
    table["frame_num"] = np.arange(count) + 100
    return table.assign(score=0.8, score_eye=1.0, row=range(count), file_path="x.jpg")


def test_what_is_said_stands_beside_the_image_that_it_is_said_of(tmp_path):
    path = str(tmp_path / "x.parquet")
    said = pd.DataFrame({"prediction": [0.1, 0.2], "class_0": [0.9, 0.4], "class_1": [0.1, 0.6]})
    write_predictions(path, fold(["C1", "C5"]), said)
    assert pd.read_parquet(path).to_dict("list") == {
        "experiment": ["EXP1", "EXP1"],
        "item": [3, 3],
        "camera": ["C1", "C5"],
        "sync_index": [15, 15],
        "frame_num": [100, 101],
        "score": [0.8, 0.8],
        "prediction": [0.1, 0.2],
        "class_0": [0.9, 0.4],
        "class_1": [0.1, 0.6],
    }


def test_rows_go_together_by_place_and_not_by_index(tmp_path):
    path = str(tmp_path / "x.parquet")
    table, said = fold(["C1", "C5"]).set_axis([1, 0]), pd.DataFrame({"prediction": [0.1, 0.2]}, index=[8, 8])
    write_predictions(path, table, said)
    written = pd.read_parquet(path)
    assert written.index.tolist() == [0, 1]
    assert dict(zip(written.camera, written.prediction, strict=True)) == {"C1": 0.1, "C5": 0.2}


def test_a_subset_without_images_keeps_its_columns(tmp_path):
    path = str(tmp_path / "x.parquet")
    write_predictions(path, fold([]), pd.DataFrame({"prediction": []}))
    written = pd.read_parquet(path)
    assert written.empty
    assert written.columns.tolist() == [*KEY_COLUMNS, "score", "prediction"]


@pytest.mark.parametrize("cameras", [["C1", "C5"], ["front", "7"]])
def test_a_row_of_all_views_is_told_from_those_of_one(tmp_path, cameras):
    path = str(tmp_path / "x.parquet")
    table = pd.concat([fold(cameras), fold([ALL_VIEWS])])
    write_predictions(path, table, pd.DataFrame({"prediction": [0.2, 0.4, 1.5]}))
    written = pd.read_parquet(path)
    assert single_views(written).prediction.tolist() == [0.2, 0.4]
    assert merge_views(written).prediction.tolist() == [1.5]
    assert not merge_views(written)[["score", "prediction"]].isna().any(axis=None)
