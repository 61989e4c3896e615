"""Annotated frames in a box sheet, and what is wrong with any form of them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from squint.detection.annotated_frames import annotated_frames, index_films, load_pictures
from squint.detection.annotations import check_apart, read_annotations
from squint.detection.box_table import PICTURE
from squint.errors import InputError
from squint.files.images import write_image
from tests.videos import write_video

BOX = ["box_x", "box_y", "box_size"]


def write_sheet(path, text):
    path.write_text("video,frame_num,box_x,box_y,box_size\n" + text)
    return path


def test_a_sheet_is_read(tmp_path):
    table = read_annotations(write_sheet(tmp_path / "a.csv", "a.mp4,1,2,3,4\na.mp4,5,0,0,0\n"))
    assert table.to_dict("list") == {
        "file": ["a.mp4", "a.mp4"],
        "frame_num": [1, 5],
        "box_x": [2, 0],
        "box_y": [3, 0],
        "box_size": [4, 0],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("video,frame,box_x,box_y,box_size\na.mp4,1,2,3,4\n", "no column 'frame_num'"),
        ("video,frame_num,box_x,box_y,box_size\na.mp4,1,0,0,0\n", "no row with a box_size above 0"),
        ("video,frame_num,box_x,box_y,box_size\na.mp4,1,2,3,4\na.mp4,1,2,3,4\n", "frame 1 of a.mp4 more than once"),
        ("video,frame_num,box_x,box_y,box_size\na.mp4,x,2,3,4\n", "'x' in row 2"),
    ],
)
def test_wrong_sheets_are_input_errors(tmp_path, text, message):
    path = tmp_path / "annotations.csv"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read_annotations(path)
    assert message in str(error.value)


@pytest.mark.parametrize("file", ["./EXP1/C1.mp4", "results/frames/EXP1/C1-F000001.jpg"])
def test_training_on_what_is_to_be_judged_is_an_input_error(tmp_path, monkeypatch, file):
    monkeypatch.chdir(tmp_path)
    table = pd.DataFrame({"file": ["other/C1.mp4", file], "frame_num": [1, 2]})
    check_apart("annotations.csv", table.iloc[:1], ["EXP1/C1.mp4"])
    with pytest.raises(InputError, match="not in the sample sheet"):
        check_apart("annotations.csv", table, ["EXP1/C1.mp4"])


def test_a_copy_of_a_video_that_is_to_be_judged_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("C1.mp4", "copy.mp4", "two", "other.mp4"):
        Path(name).write_bytes(b"another film" if name == "other.mp4" else b"a film")
    Path("link.mp4").symlink_to("C1.mp4")
    table = pd.DataFrame({"file": ["copy.mp4", "two", "other.mp4"], "frame_num": 1})  # both of them annotated
    check_apart("annotations.csv", table, ["EXP1/C1.mp4"])
    with pytest.raises(InputError, match=r"copy.mp4, which holds the same as C1.mp4"):
        check_apart("annotations.csv", table, ["C1.mp4"])
    with pytest.raises(InputError, match=r"found:    link.mp4\n"):
        check_apart("annotations.csv", table.assign(file="link.mp4"), ["C1.mp4"])


def test_frames_of_videos_and_pictures_are_read(tmp_path):
    video = write_video(tmp_path / "a.mp4", [20 + 10 * n for n in range(20)])
    write_image(tmp_path / "b.jpg", np.full((48, 64, 3), 200, np.uint8))
    sheet = pd.DataFrame(
        [[str(video), 12, 1, 2, 3], [str(video), 3, 0, 0, 0], [str(tmp_path / "b.jpg"), PICTURE, 5, 6, 7]],
        columns=["file", "frame_num", *BOX],
    )
    frames = annotated_frames(sheet, index_films(sheet))
    found = [(row.box_size, frame.to_ndarray(format="rgb24").mean()) for row, frame in frames]
    assert [size for size, _ in found] == [0, 3, 7]
    assert [mean for _, mean in found] == pytest.approx([50, 140, 200], abs=3)


def test_an_annotated_file_that_is_missing_is_told(tmp_path):
    sheet = pd.DataFrame([[str(tmp_path / "none.mp4"), 1, 1, 2, 3]], columns=["file", "frame_num", *BOX])
    with pytest.raises(InputError, match="no such file"):
        list(annotated_frames(sheet, index_films(sheet)))


def test_a_broken_picture_with_labels_is_an_input_error(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    (tmp_path / "a.txt").write_text("0 .5 .5 .1 .2\n")
    with pytest.raises(InputError, match="a picture"):
        read_annotations(tmp_path)


@pytest.mark.parametrize("box", [[5000, 5, 7], [5, 50, 30], [0, 0, 999_999_999]])
def test_a_box_that_no_face_can_have_is_an_input_error(tmp_path, box):
    write_image(tmp_path / "b.jpg", np.full((48, 64, 3), 200, np.uint8))
    sheet = pd.DataFrame([[str(tmp_path / "b.jpg"), PICTURE, *box]], columns=["file", "frame_num", *BOX])
    with pytest.raises(InputError, match="64 by 48 px"):
        load_pictures(sheet, index_films(sheet))
