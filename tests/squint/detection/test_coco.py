"""Annotated faces in COCO JSON, as tools and people have it."""

import json

import numpy as np
import pandas as pd
import pytest

from scripts.faces.export_detections import coco
from squint.detection.annotations import read_annotations
from squint.detection.box_table import PICTURE
from squint.detection.coco import read_coco
from squint.errors import InputError
from squint.files.images import write_image
from tests.squint.detection.annotating import write_turned
from tests.videos import write_pictures

BOX = ["box_x", "box_y", "box_size"]


def coco_json(path, **changes):
    content = {
        "images": [{"id": 7, "file_name": "one.jpg"}, {"id": 8, "file_name": "two.jpg"}],
        "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [10.2, 20, 30, 40]}],
        "categories": [{"id": 3, "name": "Face"}],
    }
    path.write_text(json.dumps(content | changes))
    return path


def test_coco_json_is_read(tmp_path):
    table = read_coco(coco_json(tmp_path / "a.json"))
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
        read_coco(coco_json(tmp_path / "a.json", **changes))
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
    found = read_annotations(str(tmp_path / "export.json"))
    assert found.to_numpy().tolist() == [["videos/C2.mp4", 12, 3, 4, 20]]
    assert content["annotations"][0]["bbox"] == [3, 4, 20, 20]
    assert content["images"][0]["file_name"] == "C2-F000012.jpg"


def of_size(path, width, height):
    """COCO JSON of one picture, beside it, that was annotated when it was so large."""
    image = {"id": 7, "file_name": "one.jpg", "width": width, "height": height}
    return coco_json(path, images=[image], annotations=[{"image_id": 7, "category_id": 3, "bbox": [20, 40, 30, 30]}])


@pytest.mark.parametrize(("width", "height", "box"), [(200, 100, [20, 40, 30]), (400, 201, [10, 20, 15])])
def test_boxes_are_scaled_with_their_picture(tmp_path, width, height, box):
    write_image(tmp_path / "one.jpg", np.zeros((100, 200, 3), np.uint8))
    assert read_coco(of_size(tmp_path / "a.json", width, height))[BOX].to_numpy().tolist() == [box]


@pytest.mark.parametrize(
    ("width", "height", "message"),
    [
        (300, 100, "of 200 by 100 px, annotated as 300 by 100 px\n"),
        (100, 200, "annotated as 100 by 200 px: turned since, or shown turned by its EXIF"),
    ],
)
def test_boxes_of_a_picture_of_another_shape_are_refused(tmp_path, width, height, message):
    write_image(tmp_path / "one.jpg", np.zeros((100, 200, 3), np.uint8))
    with pytest.raises(InputError) as error:
        read_coco(of_size(tmp_path / "a.json", width, height))
    assert message in str(error.value)


def test_boxes_of_a_turned_video_are_those_of_the_frames_that_are_shown(tmp_path):
    path = write_pictures(tmp_path / "a.mp4", [np.zeros((48, 64), np.uint8)] * 3, rotation=90)
    image = {"id": 7, "file_name": "", "video": str(path), "frame_num": 1, "width": 64, "height": 48}
    with pytest.raises(InputError, match="of 48 by 64 px, annotated as 64 by 48 px: turned since"):
        read_coco(coco_json(tmp_path / "a.json", images=[image]))
    image |= {"width": 48, "height": 64}
    assert read_coco(coco_json(tmp_path / "a.json", images=[image])).box_size.tolist() == [40]


@pytest.mark.parametrize(
    ("shape", "orientation", "stated"),
    [
        ((100, 200), 3, (200, 100)),
        ((100, 200), 2, (200, 100)),
        ((100, 100), 6, (100, 100)),
        ((100, 200), 6, (200, 100)),
        ((100, 200), 6, (0, 0)),
    ],
)
def test_boxes_that_may_be_of_a_turned_picture_are_refused(tmp_path, shape, orientation, stated):
    """Where the size does not tell whether the tool turned the picture as players do."""
    write_turned(tmp_path / "one.jpg", shape, orientation)
    with pytest.raises(InputError, match=r"one.jpg\n.*shown as it is stored\n.*an EXIF orientation"):
        read_coco(of_size(tmp_path / "a.json", *stated))


@pytest.mark.parametrize(("orientation", "stated"), [(1, (200, 100)), (6, (100, 200))])
def test_boxes_of_a_picture_that_is_as_it_was_annotated_are_read(tmp_path, orientation, stated):
    write_turned(tmp_path / "one.jpg", (100, 200), orientation)
    assert read_coco(of_size(tmp_path / "a.json", *stated))[BOX].to_numpy().tolist() == [[20, 40, 30]]


@pytest.mark.parametrize("box", [[100, 40, 180, 70], [-30, 0, 50, 50]])
def test_boxes_beyond_the_picture_are_refused(tmp_path, box):
    """As those are whose last numbers are a corner."""
    image = {"id": 7, "file_name": "one.jpg", "width": 200, "height": 100}
    content = {"images": [image], "annotations": [{"image_id": 7, "category_id": 3, "bbox": box}]}
    with pytest.raises(InputError, match="boxes within the picture"):
        read_coco(coco_json(tmp_path / "a.json", **content))


def test_boxes_as_shares_are_refused(tmp_path):
    content = [{"image_id": 7, "category_id": 3, "bbox": [0.2, 0.3, 0.1, 0.1]}]
    with pytest.raises(InputError, match=r"expected: boxes in px\n.*shares of the picture"):
        read_coco(coco_json(tmp_path / "a.json", annotations=content))


def test_home_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    images = [{"id": 7, "file_name": "~/one.jpg"}, {"id": 8, "video": "~/a.mp4", "frame_num": 4}]
    table = read_coco(coco_json(tmp_path / "a.json", images=images))
    assert table.file.tolist() == [str(tmp_path / "one.jpg"), str(tmp_path / "a.mp4")]


@pytest.mark.parametrize("place", ["images/one.jpg", "one.jpg"])
@pytest.mark.parametrize("name", ["one.jpg", "images/one.jpg", "images\\one.jpg"])
def test_pictures_are_found_where_tools_leave_them(tmp_path, name, place):
    """CVAT writes annotations/instances_default.json beside a folder images, other tools backslashes."""
    for folder in ("annotations", "images"):
        (tmp_path / folder).mkdir()
    write_image(tmp_path / "images" / "one.jpg", np.zeros((100, 200, 3), np.uint8))
    source = tmp_path / ("annotations/a.json" if place == "one.jpg" else "a.json")
    if name != "one.jpg" and place == "one.jpg":
        pytest.skip("names that hold the folder are beside it")
    table = read_coco(coco_json(source, images=[{"id": 7, "file_name": name}]))
    assert table.file.tolist() == [str(tmp_path / "images" / "one.jpg")]


@pytest.mark.parametrize(
    "categories",
    [
        [
            {"id": 0, "name": "faces", "supercategory": "none"},
            {"id": 3, "name": "face", "supercategory": "faces"},
        ],
        [{"id": 0, "name": "faces", "supercategory": "none"}, {"id": 3, "name": "head", "supercategory": "faces"}],
        [{"id": 1, "name": "surface"}, {"id": 3, "name": "Face"}],
        [{"id": 1, "name": "tail"}, {"id": 3, "name": "mouse face"}],
    ],
)
def test_a_parent_of_the_faces_is_no_second_category_of_them(tmp_path, categories):
    assert read_coco(coco_json(tmp_path / "a.json", categories=categories)).box_size.tolist() == [40, 0]
