"""Annotations of other tools are told by name."""

import json

import numpy as np
import pytest

from squint.detection.annotations import read_annotations
from squint.errors import InputError
from squint.files.images import write_image

DEEPLABCUT = "scorer,lab,lab\nbodyparts,nose,nose\ncoords,x,y\nlabeled-data/a/img001.png,3,4\n"
VIA = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n"
LABEL_STUDIO = [{"id": 1, "data": {"image": "a.jpg"}, "annotations": []}]
LABELME = {"version": "5.0", "shapes": [], "imagePath": "a.jpg"}
FILES = {
    "DeepLabCut": ("CollectedData_lab.csv", DEEPLABCUT),
    "VGG Image Annotator": ("via.csv", VIA),
    "Pascal VOC as a table": ("boxes.csv", "image,xmin,ymin,xmax,ymax,label\n"),
    "Label Studio": ("project.json", json.dumps(LABEL_STUDIO)),
    "labelme": ("a.json", json.dumps(LABELME)),
    "VIA": ("via.json", json.dumps({"a.jpg1": {"filename": "a.jpg", "regions": []}})),
    "Label Studio as a table": ("table.csv", "annotation_id,annotator,created_at,id,image,label,lead_time\n"),
    "CVAT": ("annotations.xml", '<?xml version="1.0"?>\n<annotations>\n</annotations>'),
    "Pascal VOC": ("a.xml", "<annotation><folder/></annotation>"),
    "SLEAP": ("labels.slp", "HDF"),
}


@pytest.mark.parametrize("tool", FILES)
def test_a_file_of_another_tool_is_told_by_name(tmp_path, tool):
    name, text = FILES[tool]
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as error:
        read_annotations(str(tmp_path / name))
    assert tool in str(error.value)
    assert "the app (`make app`)" in str(error.value)


@pytest.mark.parametrize("tool", ["labelme", "Pascal VOC", "DeepLabCut"])
def test_a_folder_of_another_tool_is_told_by_name(tmp_path, tool):
    name, text = FILES[tool]
    write_image(tmp_path / "a.jpg", np.zeros((20, 20, 3), np.uint8))
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as error:
        read_annotations(str(tmp_path))
    assert tool in str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "tool"),
    [
        ("labels.csv", DEEPLABCUT.replace(",", ";"), "DeepLabCut"),
        ("min.json", json.dumps([{"annotation_id": 1, "image": "a.jpg", "label": []}]), "Label Studio"),
        ("a.xml", '<annotation verified="yes"><folder/></annotation>', "Pascal VOC"),
        ("coco.zip", "PK\x03\x04", "a packed folder"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_other_forms_of_theirs_are_told_by_name(tmp_path, name, text, tool, encoding):
    (tmp_path / name).write_text(text, encoding=encoding)
    with pytest.raises(InputError, match=tool):
        read_annotations(str(tmp_path / name))


def test_a_folder_of_coco_json_is_told(tmp_path):
    write_image(tmp_path / "a.jpg", np.zeros((20, 20, 3), np.uint8))
    (tmp_path / "_annotations.coco.json").write_text('{"images": [], "annotations": [], "categories": []}')
    with pytest.raises(InputError, match=r"name the file itself: .*_annotations.coco.json"):
        read_annotations(str(tmp_path))


@pytest.mark.parametrize(("name", "text"), [("a.json", "[3]"), ("a.json", "{"), ("a.csv", "what,ever\n")])
def test_what_is_of_no_known_tool_is_told_as_before(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=r"COCO JSON|the columns video"):
        read_annotations(str(tmp_path / name))


def test_annotations_that_are_not_there_are_told(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_annotations(str(tmp_path / "none"))
