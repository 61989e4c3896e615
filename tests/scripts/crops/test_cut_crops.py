"""Which faces become crops, with whose boxes, under which names."""

import re

import cv2
import numpy as np
import pandas as pd
import pytest

from scripts.crops.cut_crops import cut_crops, list_faces, make_crops, name_face
from scripts.moments.select_moments import write_moments
from squint.errors import InputError
from squint.files.corrections import check_corrections, read_corrections
from squint.files.crop_names import crops_in, decode, encode, frame_name, read_listing
from squint.files.images import read_image, write_image
from squint.samples.cropping import cut, widen
from tests.scales import UNITS
from tests.videos import CAMERAS

NOISE = np.random.default_rng(1).integers(0, 256, (90, 160, 3), dtype=np.uint8)
FRAME = cv2.GaussianBlur(NOISE, (0, 0), 3)


@pytest.fixture
def moments():
    """Two items of six cameras; C1 to C3 see the face, C3 with little certainty."""
    rows = [
        {"item": item, "sync_index": 5 * item, "camera": camera, "frame_num": 100 + 5 * item, "duplicate_of": 0}
        | {"det_lbl": int(camera in ("C1", "C2", "C3")), "det_prb": 0.5 if camera == "C3" else 0.99}
        | {"box_x": 40, "box_y": 20, "box_size": 30}
        for item in (1, 2)
        for camera in CAMERAS
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def labels():
    """Item 1 is accepted; its nose was not observable."""
    return pd.DataFrame(
        {"item": [1], "sync_index": [5], "eye": [0.0], "ear": [1], "nose": [np.nan], "cheek": [2], "whiskers": [1]}
    )


def corrections(tmp_path, *rows):
    path = tmp_path / "corrections.csv"
    path.write_text("camera,frame_num,box_x,box_y,box_size\n" + "\n".join(rows) + "\n")
    return str(path)


def test_certain_faces_of_accepted_moments_are_listed(moments, labels):
    faces = list_faces(moments, labels, UNITS, 0.95, None)
    assert list(zip(faces["item"], faces.camera, strict=True)) == [(1, "C1"), (1, "C2")]


def test_corrections_move_add_and_remove_boxes(moments, labels, tmp_path):
    table = read_corrections(corrections(tmp_path, "C1,105,50,25,20", "C2,105,0,0,0", "C5,105,1,2,3", "C4,110,0,0,0"))
    faces = list_faces(moments, labels, UNITS, 0.95, table)
    assert faces.camera.tolist() == ["C1", "C5"]
    assert faces[["box_x", "box_y", "box_size"]].to_numpy().tolist() == [[50, 25, 20], [1, 2, 3]]


def test_a_correction_of_a_frame_that_is_not_shown_is_an_input_error(moments, labels, tmp_path):
    with pytest.raises(InputError, match="C1, frame 999"):
        list_faces(moments, labels, UNITS, 0.95, read_corrections(corrections(tmp_path, "C1,999,1,1,1")))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["C-7,105,1,1,1"], "the name of a camera"),
        ([",105,1,1,1"], "the name of a camera"),
        (["C1,105,-1,1,1"], "whole numbers of 0 or more in column 'box_x'"),
        (["C1,105,1,1,1", "C1,105,2,2,2"], "one correction a frame"),
    ],
)
def test_wrong_corrections_are_input_errors(tmp_path, rows, message):
    with pytest.raises(InputError, match=message):
        read_corrections(corrections(tmp_path, *rows))


def test_the_name_of_a_face_holds_its_fields(moments, labels):
    face = next(list_faces(moments, labels, UNITS, 0.95, None).itertuples())
    name = name_face(face, "EXP1", "ORGN", UNITS)
    assert encode(name) == "EXP1_ORGN-S000005-%01X21%-C1-F000105-BX0040BY0020BL0030-I0001.jpg"


def test_another_scale_and_rig_give_other_names(moments, labels):
    left = moments.assign(camera=moments.camera.replace("C1", "top_left"))
    wide = labels.assign(eye=9.0)
    (face,) = [f for f in list_faces(left, wide, ["eye"], 0.95, None).itertuples() if f.camera == "top_left"]
    name = encode(name_face(face, "EXP1", "ORGN", ["eye"]))
    assert name == "EXP1_ORGN-S000005-%9%-top_left-F000105-BX0040BY0020BL0030-I0001.jpg"
    assert decode(name).camera == "top_left" and decode(name).score == 9


def test_a_correction_of_a_camera_that_films_nothing_is_an_input_error(moments, labels, tmp_path):
    with pytest.raises(InputError, match="C7, frame 105"):
        list_faces(moments, labels, UNITS, 0.95, read_corrections(corrections(tmp_path, "C7,105,1,1,1")))


def test_each_kind_gives_its_crops(moments, labels):
    name = name_face(next(list_faces(moments, labels, UNITS, 0.95, None).itertuples()), "EXP1", "CORR", UNITS)
    [(_, plain)] = make_crops(FRAME, name, "CORR", 1)
    assert np.array_equal(plain, cut(FRAME, widen(40, 20, 30)))
    [(_, mirrored)] = make_crops(FRAME, name, "SYMM", 1)
    assert np.array_equal(mirrored, plain[:, ::-1])
    augmented = list(make_crops(FRAME, name, "AUGM", 1))
    assert [n.creation[:3] for n, _ in augmented] == [f"A{number:02d}" for number in range(8)]
    again = list(make_crops(FRAME, name, "AUGM", 1))
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(augmented, again, strict=True))


def test_a_crop_can_be_cut_again_from_its_name(moments, labels, tmp_path):
    moments.to_parquet(tmp_path / "moments.parquet")
    labels.to_parquet(tmp_path / "labels.parquet")
    (tmp_path / "frames").mkdir()
    for camera in ("C1", "C2"):
        write_image(tmp_path / "frames" / frame_name(camera, 105), FRAME)
    arguments = [tmp_path / "moments.parquet", tmp_path / "labels.parquet", tmp_path / "frames", ""]
    cut_crops(*arguments, tmp_path / "crops", "EXP1", "ORGN", UNITS, 0.95, 1)
    names = read_listing(tmp_path / "crops")
    assert len(names) == 2
    for path in (tmp_path / "crops" / name for name in names):
        name = decode(path.name)
        frame = read_image(tmp_path / "frames" / frame_name(name.camera, name.frame_num))
        expected = cut(frame, widen(name.box_x, name.box_y, name.box_size)).astype(int)
        assert np.abs(read_image(path).astype(int) - expected).mean() < 2
    (tmp_path / "crops" / names[0]).rename(tmp_path / "crops" / names[0].replace("EXP1", "EXP2"))
    assert len(crops_in(tmp_path / "crops")) == 2
    with pytest.raises(InputError, match=re.escape(f"{names[0]!r} is lost")):
        read_listing(tmp_path / "crops")


def test_labels_of_other_moments_are_refused(moments, labels, tmp_path):
    moments.to_parquet(tmp_path / "moments.parquet")
    labels.assign(sync_index=6).to_parquet(tmp_path / "labels.parquet")
    arguments = [tmp_path / "moments.parquet", tmp_path / "labels.parquet", tmp_path / "frames", ""]
    with pytest.raises(InputError, match="those of other moments"):
        cut_crops(*arguments, tmp_path / "crops", "EXP1", "ORGN", UNITS, 0.95, 1)


@pytest.mark.parametrize("row", ["C1,105,5000,25,20", "C1,105,0,0,999999999"])
def test_a_corrected_box_that_no_face_can_have_is_an_input_error(moments, tmp_path, row):
    write_moments(moments, tmp_path / "moments.parquet", {"width": 320, "height": 180})
    path = corrections(tmp_path, row)
    with pytest.raises(InputError, match="320 by 180 px"):
        check_corrections(read_corrections(path), path, tmp_path / "moments.parquet")
