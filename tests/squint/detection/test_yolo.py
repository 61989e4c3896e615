"""Annotated faces in the layout of YOLO, as tools and people have it."""

import cv2
import numpy as np
import pytest

from squint.detection.box_table import PICTURE
from squint.detection.yolo import read_yolo
from squint.errors import InputError
from squint.files.images import write_image
from tests.squint.detection.annotating import write_turned

BOX = ["box_x", "box_y", "box_size"]
BLANK = np.zeros((100, 200, 3), np.uint8)


def test_a_yolo_folder_is_read(tmp_path):
    for name in ("images/train", "labels/train"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("a", "b"):
        write_image(tmp_path / f"images/train/{name}.jpg", np.zeros((100, 200, 3), np.uint8))
    (tmp_path / "labels/train/a.txt").write_text("0 0.5 0.5 0.1 0.2\n")
    table = read_yolo(tmp_path)
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
        read_yolo(tmp_path)
    assert message in str(error.value)
    assert "a.txt" in str(error.value)


@pytest.mark.parametrize("name", ["a.bmp", "a.tif", "a.TIFF", "a.webp", "a.JPG", "a.PNG", "a.jpeg"])
def test_pictures_of_all_kinds_are_read_beside_each_other(tmp_path, name):
    write_image(tmp_path / "b.jpg", BLANK)
    cv2.imwrite(str(tmp_path / name), BLANK)
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.1 0.2\n")
    table = read_yolo(tmp_path)
    assert table.file.tolist() == [str(tmp_path / name), str(tmp_path / "b.jpg")]
    assert table[BOX].to_numpy().tolist() == [[90, 40, 20], [0, 0, 0]]


@pytest.mark.parametrize(
    ("pictures", "labels"), [("images", "labels/a.TXT"), ("Images", "Labels/a.txt"), (".", "a.TXT")]
)
def test_labels_are_found_in_any_case(tmp_path, pictures, labels):
    for place in (tmp_path / pictures, (tmp_path / labels).parent):
        place.mkdir(exist_ok=True)
    write_image(tmp_path / pictures / "a.jpg", BLANK)
    (tmp_path / labels).write_text("0 0.5 0.5 0.1 0.2\n", encoding="utf-16")
    assert read_yolo(tmp_path)[BOX].to_numpy().tolist() == [[90, 40, 20]]


def test_a_box_that_may_be_of_a_turned_picture_is_refused(tmp_path):
    write_turned(tmp_path / "a.jpg", (100, 200), 6)
    assert read_yolo(tmp_path)[BOX].to_numpy().tolist() == [[0, 0, 0]]
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.1 0.2\n")
    with pytest.raises(InputError, match="an EXIF orientation"):
        read_yolo(tmp_path)


def test_labels_of_a_picture_that_is_not_read_are_told(tmp_path):
    write_image(tmp_path / "b.jpg", BLANK)
    (tmp_path / "classes.txt").write_text("face\n")
    (tmp_path / "a.heic").write_bytes(b"of a telephone")
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.1 0.2\n")
    with pytest.raises(InputError, match=r"a\.txt\n  expected: a picture for each file of labels"):
        read_yolo(tmp_path)


@pytest.mark.parametrize("line", ["0 0.1 0.1 0.9 0.9", "0 0.9 0.1 0.95 0.3", "0 0.5 0.5 0 0.2"])
def test_an_outline_of_two_points_is_no_box(tmp_path, line):
    write_image(tmp_path / "a.jpg", BLANK)
    (tmp_path / "a.txt").write_text(line)
    with pytest.raises(InputError, match="no box within the picture"):
        read_yolo(tmp_path)


@pytest.mark.parametrize("above", ["images", "images/rig"])
@pytest.mark.parametrize("where", ["images/train", "images", "train/images", "."])
def test_a_folder_called_images_above_the_data_changes_nothing(tmp_path, above, where):
    folder = tmp_path / above
    for name in (where, where.replace("images", "labels")):
        (folder / name).mkdir(parents=True, exist_ok=True)
    write_image(folder / where / "a.jpg", BLANK)
    (folder / where.replace("images", "labels") / "a.txt").write_text("0 0.5 0.5 0.1 0.2\n")
    assert read_yolo(folder)[BOX].to_numpy().tolist() == [[90, 40, 20]]


def test_the_folder_of_images_may_be_given_itself(tmp_path):
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    write_image(tmp_path / "images/a.jpg", BLANK)
    (tmp_path / "labels/a.txt").write_text("0 0.5 0.5 0.1 0.2\n")
    assert read_yolo(tmp_path / "images")[BOX].to_numpy().tolist() == [[90, 40, 20]]


def test_what_macos_leaves_on_other_disks_is_no_picture(tmp_path):
    write_image(tmp_path / "a.jpg", BLANK)
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.1 0.2\n")
    for name in ("._a.jpg", "._a.txt", ".DS_Store", "__MACOSX/._a.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"\0\5\x16\7")
    assert read_yolo(tmp_path).file.tolist() == [str(tmp_path / "a.jpg")]


def test_a_broken_picture_is_told(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"a\.jpg\n  expected: a picture"):
        read_yolo(tmp_path)
