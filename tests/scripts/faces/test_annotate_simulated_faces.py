"""Frames of simulated recordings become annotations: every so many, without those that are doubtful."""

import pandas as pd

from scripts.faces.annotate_simulated_faces import annotate_simulated_faces
from squint.detection.annotations import SHEET_COLUMNS, read_annotations


def truth(path, count, hidden=(), doubtful=()):
    """The truth of a video whose boxes move by one px a frame."""
    table = pd.DataFrame({"frame_num": range(count), "box_x": range(count), "box_y": 50, "box_size": 30})
    table["face"] = ~table.frame_num.isin(hidden)
    table["doubtful"] = table.frame_num.isin(doubtful)
    table.assign(eye=1.0).to_parquet(path)
    return str(path)


def annotate(folder, every, **truths):
    paths = [truth(folder / f"{name}.parquet", *given) for name, given in truths.items()]
    annotate_simulated_faces([f"{name}.mp4" for name in truths], paths, str(folder / "faces.csv"), every)
    return pd.read_csv(folder / "faces.csv")


def test_every_so_many_frames_of_each_video_are_annotated(tmp_path):
    table = annotate(tmp_path, 4, C1=(9,), C2=(5,))
    assert table.columns.tolist() == SHEET_COLUMNS
    assert table.to_numpy().tolist() == [
        ["C1.mp4", 0, 0, 50, 30],
        ["C1.mp4", 4, 4, 50, 30],
        ["C1.mp4", 8, 8, 50, 30],
        ["C2.mp4", 0, 0, 50, 30],
        ["C2.mp4", 4, 4, 50, 30],
    ]


def test_doubtful_frames_are_left_out_before_frames_are_counted(tmp_path):
    assert annotate(tmp_path, 2, C1=(7, (), (0, 3))).frame_num.tolist() == [1, 4, 6]


def test_a_frame_without_a_face_has_a_box_without_size(tmp_path):
    table = annotate(tmp_path, 1, C1=(3, (1,)))
    assert table[["box_x", "box_y", "box_size"]].to_numpy().tolist() == [[0, 50, 30], [0, 0, 0], [2, 50, 30]]


def test_a_video_of_doubtful_frames_has_no_annotations(tmp_path):
    assert annotate(tmp_path, 1, C1=(2, (), (0, 1)), C2=(1,)).video.tolist() == ["C2.mp4"]


def test_the_sheet_can_be_learned_from(tmp_path):
    annotate(tmp_path, 3, C1=(7, (3,)))
    table = read_annotations(str(tmp_path / "faces.csv"))
    assert table.file.tolist() == ["C1.mp4"] * 3
    assert table.box_size.tolist() == [30, 0, 30]
