"""The name of a crop decodes back to every field, and every accepted name is written the same again."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.rig import CAMERA_NAME
from squint.files.crop_names import PATTERN, CropName, decode, encode

THESIS = "TBI_20180306_ORGN-S000180-%00011%-C1-F001224-BX1220BY0505BL0233-I0215.jpg"
numbers = st.integers(0, 10**7)
names = st.builds(
    CropName,
    experiment=st.from_regex(r"[A-Za-z0-9_]{1,20}", fullmatch=True),
    creation=st.sampled_from(["ORGN", "CORR", "SYMM"]) | st.from_regex(r"A[0-9]{2}[RTZB]", fullmatch=True),
    sync_index=numbers,
    units=st.lists(st.sampled_from([None, *range(10)]), min_size=1, max_size=12).map(tuple),
    camera=st.from_regex(CAMERA_NAME, fullmatch=True),
    frame_num=numbers,
    box_x=numbers,
    box_y=numbers,
    box_size=numbers,
    item=numbers,
)


def test_the_example_of_figure_4_7():
    name = decode(THESIS)
    assert name == CropName("TBI_20180306", "ORGN", 180, (0, 0, 0, 1, 1), "C1", 1224, 1220, 505, 233, 215)
    assert name.kind == "ORGN"
    assert name.score == pytest.approx(0.4)
    assert encode(name) == THESIS


@given(names)
def test_decode_undoes_encode(name):
    assert decode(encode(name)) == name


@given(st.from_regex(re.compile(PATTERN.pattern), fullmatch=True))
def test_encode_undoes_decode_or_the_name_is_refused(text):
    try:
        name = decode(text)
    except ValueError:
        return
    assert encode(name) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x.jpg",
        THESIS.replace("ORGN", "ORIG"),
        THESIS.replace("%00011%", "%0001Y%"),
        THESIS.replace("%00011%", "%%"),
        THESIS.replace("-C1-", "-left-1-"),
        THESIS.replace("-C1-", "--"),
        THESIS.replace("S000180", "S0000180"),
    ],
)
def test_other_names_are_refused(text):
    with pytest.raises(ValueError, match="expected"):
        decode(text)


@pytest.mark.parametrize("camera", ["C1", "C12", "left", "GoPro_7", "F000001", "I0001", "7", "X", "_"])
def test_a_crop_tells_its_camera_whatever_it_is_called(camera):
    name = decode(THESIS.replace("-C1-", f"-{camera}-"))
    assert name.camera == camera
    assert encode(name) == THESIS.replace("-C1-", f"-{camera}-")


@pytest.mark.parametrize(
    ("units", "scores", "mean"),
    [("9", (9,), 9.0), ("3", (3,), 3.0), ("10", (1, 0), 0.5), ("0X2", (0, None, 2), 1.0), ("1" * 12, (1,) * 12, 1.0)],
)
def test_a_crop_tells_the_units_of_any_scale(units, scores, mean):
    name = decode(THESIS.replace("%00011%", f"%{units}%"))
    assert (name.units, name.score) == (scores, mean)


def test_fields_that_a_name_cannot_hold_are_refused():
    with pytest.raises(ValueError):
        encode(CropName("EXP1", "ORGN", 180, (0, 0, 0, 1, 1), "C1", 1224, -3, 505, 233, 215))


def test_unobserved_units_do_not_count_in_the_score():
    assert decode(THESIS.replace("%00011%", "%2XX01%")).score == pytest.approx(1.0)
    with pytest.raises(ValueError, match="no observed unit"):
        _ = decode(THESIS.replace("%00011%", "%XXXXX%")).score
