"""The detector's quality: average precision and the rest, on known frames."""

import numpy as np
import pandas as pd
import pytest

from scripts.faces.measure_detection import (
    constant_box,
    interval,
    judge_frames,
    known_faces,
    measure,
    measure_detection,
)
from squint.detection.annotations import read_annotations
from squint.domain.seeds import named_generator
from squint.errors import InputError
from squint.measures.detection import average_precision


def detections(**changes) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "frame_num": [0, 5, 10, 15, -1],
            "det_lbl": [1, 1, 0, 1, 0],
            "det_prb": [0.99, 0.9, 0.3, 0.97, 0.0],
            "det_trd": [0, 1, 0, 1, 0],
            "box_x": [10, 10, 0, 10, 0],
            "box_y": [10, 10, 0, 10, 0],
            "box_size": [20, 20, 0, 20, 0],
        }
    )
    return table.assign(**changes)


KNOWN = pd.DataFrame(
    {
        "frame_num": [0, 5, 10, 15, 20],
        "box_x": [10, 10, 10, 0, 0],
        "box_y": [10, 20, 10, 0, 0],
        "box_size": [20, 20, 20, 0, 0],
        "hidden": [False, False, False, True, True],
    }
)


def test_frames_are_judged_by_hand():
    frames = judge_frames(detections(), KNOWN, 0.95)
    assert frames.face.tolist() == [True, True, True, False]
    assert frames.iou.tolist() == pytest.approx([1, 200 / 600, 0, 0])
    assert frames.accepted.tolist() == [True, False, False, True]
    measures = measure(frames)
    assert measures["recall"] == pytest.approx(1 / 3)
    assert measures["precision"] == 0.5
    assert measures["mean_iou"] == 1
    assert measures["false_faces"] == 1
    assert measures["tracked"] == 0.5
    assert measures["ap50"] == pytest.approx(1 / 3)


def test_a_box_that_never_moves_is_the_reference():
    frames = judge_frames(detections(), KNOWN, 0.95)
    measures = measure(constant_box(frames.assign(camera="C1")))
    assert measures["false_faces"] == 1
    assert measures["recall"] == pytest.approx(2 / 3)
    assert measures["precision"] == 0.5


def test_the_interval_holds_the_value():
    generator = named_generator(1, "detections")
    parts = []
    for experiment in ("A", "B", "C", "D"):
        certainty = generator.uniform(0, 1, 60)
        face = generator.uniform(0, 1, 60) < certainty
        parts.append(pd.DataFrame({"experiment": experiment, "face": face, "certainty": certainty, "iou": 0.8}))
    frames = pd.concat(parts)
    low, high = interval(frames, 200, 0.95, named_generator(1, "draws"))
    value = average_precision(*(frames[column].to_numpy() for column in ("face", "certainty", "iou")))
    assert 0 < low < value < high < 1
    assert np.isnan(interval(parts[0], 10, 0.95, named_generator(1, "draws"))).all()


def test_simulated_faces_out_of_view_are_neither_there_nor_hidden(tmp_path):
    truth = pd.DataFrame({"frame_num": [0, 1, 2], "face": [True, False, False], "hidden": [False, False, True]})
    truth.assign(box_x=5, box_y=6, box_size=7).to_parquet(tmp_path / "truth.parquet")
    known = known_faces(str(tmp_path / "truth.parquet"), None, "")
    assert known.box_size.tolist() == [7, 0, 0]
    assert known.hidden.tolist() == [False, False, True]


def test_a_labs_annotations_judge_its_recordings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sheet = "video,frame_num,box_x,box_y,box_size\nC1.mp4,0,10,10,20\nC1.mp4,15,0,0,0\nC1.mp4,3,0,0,0\n"
    (tmp_path / "test.csv").write_text(sheet)
    detections().to_parquet(tmp_path / "detections.parquet")
    video = {"experiment": "EXP1", "camera": "C1", "video": "./C1.mp4", "detections": "detections.parquet"}
    videos = [video | {"truth": "", "min_prob": 0.95}]
    measure_detection(videos, "test.csv", "table.csv", 100, 0.95, 1)
    table = pd.read_csv("table.csv").set_index("scope")
    assert (table.frames["all"], table.faces["all"], table.hidden["all"]) == (2, 1, 1)
    assert table.recall["all"] == 1
    assert table.name.tolist() == ["all", "C1", "EXP1", "a box that never moves"]
    (tmp_path / "test.csv").write_text(sheet.replace("C1.mp4,0", "C1.mp4,1"))
    with pytest.raises(InputError, match="annotated faces in frames that were searched"):
        measure_detection(videos, "test.csv", "table.csv", 100, 0.95, 1)
    assert len(read_annotations("test.csv")) == 3
