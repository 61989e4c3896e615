"""A cut JPEG is told from a whole one, and from what is no JPEG."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.files.jpeg import END, START, TAIL, is_cut

WHOLE = cv2.imencode(".jpg", np.random.default_rng(1).integers(0, 256, (24, 24, 3), np.uint8))[1].tobytes()


def test_a_whole_jpeg_is_not_cut():
    assert len(WHOLE) > TAIL
    assert not is_cut(WHOLE)


@given(st.integers(len(START), len(WHOLE) - 1))
def test_a_jpeg_is_cut_wherever_it_breaks_off(length):
    assert is_cut(WHOLE[:length])


@pytest.mark.parametrize(("behind", "cut"), [(1, False), (TAIL - 2, False), (TAIL - 1, True)])
def test_programs_may_write_a_little_behind_the_end(behind, cut):
    assert is_cut(WHOLE + b"\0" * behind) is cut


def test_the_end_of_a_preview_in_the_head_is_not_the_end_of_the_picture():
    assert is_cut(START + START + END + b"\0" * TAIL)


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypmp42", END])
def test_what_does_not_begin_as_a_jpeg_is_not_cut(data):
    assert not is_cut(data)
