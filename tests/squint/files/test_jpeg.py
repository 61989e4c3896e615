"""A cut JPEG is told from a whole one, and from what is no JPEG."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.files.jpeg import START, is_cut

WHOLE = cv2.imencode(".jpg", np.random.default_rng(1).integers(0, 256, (24, 24, 3), np.uint8))[1].tobytes()


def test_a_whole_jpeg_is_not_cut():
    assert not is_cut(WHOLE)


@given(st.integers(len(START), len(WHOLE) - 1))
def test_a_jpeg_is_cut_wherever_it_breaks_off(length):
    assert is_cut(WHOLE[:length])


@pytest.mark.parametrize("behind", [b"\0" * 9, b"\0" * 9999, b"\0\0\0\x18ftypmp42" + b"film" * 999, WHOLE[:50]])
def test_what_stands_behind_the_end_does_not_count(behind):
    """Programs write a little there, telephones a whole film."""
    assert not is_cut(WHOLE + behind)


def test_the_end_of_a_preview_in_the_head_is_not_the_end_of_the_picture():
    preview = b"\xff\xe1" + (len(WHOLE) + 2).to_bytes(2, "big") + WHOLE
    assert not is_cut(START + preview + WHOLE[2:])
    assert is_cut(START + preview + WHOLE[2:-2])
    assert is_cut(START + preview)


@pytest.mark.parametrize("options", [[cv2.IMWRITE_JPEG_PROGRESSIVE, 1], [cv2.IMWRITE_JPEG_RST_INTERVAL, 1]])
def test_scans_and_restarts_are_not_the_end(options):
    whole = cv2.imencode(".jpg", np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8), options)[1].tobytes()
    assert not is_cut(whole)
    assert all(is_cut(whole[:length]) for length in range(2, len(whole), 37))


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypmp42", b"\xff\xd9"])
def test_what_does_not_begin_as_a_jpeg_is_not_cut(data):
    assert not is_cut(data)
