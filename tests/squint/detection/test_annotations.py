"""The forms in which annotated frames come: a box sheet, COCO JSON, YOLO text."""

import json

import numpy as np
import pandas as pd
import pytest

from scripts.faces.export_detections import coco
from scripts.faces.train_detector import annotated_frames, load_pictures
from squint.detection.annotations import PICTURE, check_apart, read_annotations, square
from squint.errors import InputError
from squint.files.images import write_image
from tests.videos import write_video

BOX = ["box_x", "box_y", "box_size"]


def test_a_box_becomes_the_square_around_it():
    assert square(10, 20, 30, 30) == (10, 20, 30)
    assert square(10, 20, 40, 20) == (10, 10, 40)
    assert square(10, 20, 20, 40) == (0, 20, 40)


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


def coco_json(path, **changes):
    content = {
        "images": [{"id": 7, "file_name": "one.jpg"}, {"id": 8, "file_name": "two.jpg"}],
        "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [10.2, 20, 30, 40]}],
        "categories": [{"id": 3, "name": "Face"}],
    }
    path.write_text(json.dumps(content | changes))
    return path


def test_coco_json_is_read(tmp_path):
    table = read_annotations(coco_json(tmp_path / "a.json"))
    assert table.file.tolist() == [str(tmp_path / "one.jpg"), str(tmp_path / "two.jpg")]
    assert table.frame_num.tolist() == [PICTURE, PICTURE]
    assert table[BOX].to_numpy().tolist() == [[5, 20, 40], [0, 0, 0]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"annotations": [{"image_id": 9, "category_id": 3, "bbox": [0, 0, 5, 5]}]}, "one of image 9"),
        ({"annotations": [{"image_id": 7, "category_id": 3, "bbox": [0, 0, 5, 5]}] * 2}, "one.jpg"),
        ({"annotations": [{"image_id": 7, "category_id": 3, "bbox": ["a", 0, 5, 5]}]}, "COCO JSON"),
        ({"categories": [{"id": 3, "name": "mouse"}, {"id": 4, "name": "tail"}]}, "name one category face"),
        ({"images": "none"}, "COCO JSON"),
        ({"annotations": [{"image_id": 7, "category_id": 4, "bbox": [0, 0, 5, 5]}]}, "category 4"),
        ({"annotations": [{"image_id": [7], "category_id": 3, "bbox": [0, 0, 5, 5]}]}, "unhashable"),
        ({"annotations": [{"image_id": 7, "category_id": 3, "bbox": [0, 0, float("inf"), 5]}]}, "cannot convert float"),
        ({"images": [{"id": 7, "file_name": "one.jpg"}] * 2}, "1 id(s) twice"),
        ({"images": [{"id": 7, "file_name": "one.jpg", "video": "a.mp4", "frame_num": 1.9}]}, "frame_num 1.9"),
        ({"images": [{"id": 7, "file_name": "one.jpg", "video": "a.mp4", "frame_num": -1}]}, "frame_num -1"),
    ],
)
def test_wrong_coco_json_is_an_input_error(tmp_path, changes, message):
    with pytest.raises(InputError) as error:
        read_annotations(coco_json(tmp_path / "a.json", **changes))
    assert message in str(error.value)


def test_exported_detections_can_be_learned_from(tmp_path):
    table = pd.DataFrame(
        {
            "sync_index": [0, 5],
            "frame_num": [12, 17],
            "det_lbl": [1, 0],
            "det_prb": [0.9, 0.1],
            "box_x": [3, 0],
            "box_y": [4, 0],
            "box_size": [20, 0],
        }
    )
    content = coco({"C2": table}, {"C2": "videos/C2.mp4"}, {"C2": (64, 48)})
    (tmp_path / "export.json").write_text(json.dumps(content))
    found = read_annotations(tmp_path / "export.json")
    assert found.to_numpy().tolist() == [["videos/C2.mp4", 12, 3, 4, 20]]
    assert content["annotations"][0]["bbox"] == [3, 4, 20, 20]
    assert content["images"][0]["file_name"] == "C2-F000012.jpg"


def test_a_yolo_folder_is_read(tmp_path):
    for name in ("images/train", "labels/train"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("a", "b"):
        write_image(tmp_path / f"images/train/{name}.jpg", np.zeros((100, 200, 3), np.uint8))
    (tmp_path / "labels/train/a.txt").write_text("0 0.5 0.5 0.1 0.2\n")
    table = read_annotations(tmp_path)
    assert table.frame_num.tolist() == [PICTURE, PICTURE]
    assert table[BOX].to_numpy().tolist() == [[90, 40, 20], [0, 0, 0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 0.5 0.5 0.1\n", "lines of a class"),
        ("0 a b c d\n", "lines of a class"),
        ("0 .5 .5 .1 .2\n" * 2, "2 lines"),
        ("0 .1 .1 .9 .1 .9 .9\n", "shares from 0 to 1"),
        ("0 30 25 10 10\n", "shares from 0 to 1"),
        ("0 nan .5 .1 .2\n", "shares from 0 to 1"),
        ("3 .5 .5 .1 .2\n", "class 3"),
    ],
)
def test_wrong_yolo_labels_are_input_errors(tmp_path, text, message):
    write_image(tmp_path / "a.jpg", np.zeros((100, 200, 3), np.uint8))
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(InputError) as error:
        read_annotations(tmp_path)
    assert message in str(error.value)
    assert "a.txt" in str(error.value)


@pytest.mark.parametrize("file", ["./EXP1/C1.mp4", "results/frames/EXP1/C1-F000001.jpg"])
def test_training_on_what_is_to_be_judged_is_an_input_error(tmp_path, monkeypatch, file):
    monkeypatch.chdir(tmp_path)
    table = pd.DataFrame({"file": ["other/C1.mp4", file], "frame_num": [1, 2]})
    check_apart("annotations.csv", table.iloc[:1], ["EXP1/C1.mp4"])
    with pytest.raises(InputError, match="not in the sample sheet"):
        check_apart("annotations.csv", table, ["EXP1/C1.mp4"])


def test_frames_of_videos_and_pictures_are_read(tmp_path):
    video = write_video(tmp_path / "a.mp4", [20 + 10 * n for n in range(20)])
    write_image(tmp_path / "b.jpg", np.full((48, 64, 3), 200, np.uint8))
    sheet = pd.DataFrame(
        [[str(video), 12, 1, 2, 3], [str(video), 3, 0, 0, 0], [str(tmp_path / "b.jpg"), PICTURE, 5, 6, 7]],
        columns=["file", "frame_num", *BOX],
    )
    found = [(row.box_size, frame.to_ndarray(format="rgb24").mean()) for row, frame in annotated_frames(sheet)]
    assert [size for size, _ in found] == [0, 3, 7]
    assert [mean for _, mean in found] == pytest.approx([50, 140, 200], abs=3)


def test_an_annotated_file_that_is_missing_is_told(tmp_path):
    sheet = pd.DataFrame([[str(tmp_path / "none.mp4"), 1, 1, 2, 3]], columns=["file", "frame_num", *BOX])
    with pytest.raises(InputError, match="no such file"):
        list(annotated_frames(sheet))


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
        load_pictures(sheet)
