import cv2
import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from squint.files.jpeg import jpeg_size
from squint.live.messages import (
    MOST_REGIONS,
    VERSION,
    BadPicture,
    Frame,
    Hello,
    Picture,
    decode_from_client,
    decode_from_server,
    encode,
    pack_picture,
    unpack_picture,
)
from tests.squint.live.fakes import welcome

GREY = arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20)))
COLOURS = arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3)))


@given(st.one_of(GREY, COLOURS))
def test_a_raw_picture_comes_as_it_went(picture):
    frame = Frame(7, 0.25, "C1", [pack_picture("left", picture, "raw")])
    (got,) = decode_from_client(encode(frame)).pictures
    assert np.array_equal(unpack_picture(got), picture)


@given(st.one_of(GREY, COLOURS))
def test_a_jpeg_has_the_size_and_nearly_the_grey_levels(picture):
    smooth = cv2.GaussianBlur(picture, (0, 0), 2) if min(picture.shape[:2]) > 4 else np.full_like(picture, 90)
    got = unpack_picture(pack_picture("left", smooth, "jpeg"))
    assert got.shape == smooth.shape and abs(got.astype(int).mean() - smooth.mean()) < 3


def test_colours_keep_their_order_in_a_jpeg():
    picture = np.zeros((32, 32, 3), np.uint8)
    picture[..., 0] = 200
    assert np.abs(unpack_picture(pack_picture("left", picture, "jpeg")).astype(int) - picture).max() < 8


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        (Picture("a", 4, 3, 1, "raw", b"x" * 11), "11 bytes for 3 × 4"),
        (Picture("a", 4, 3, 2, "raw", b"x" * 24), "two channels"),
        (Picture("a", 4, 3, 1, "jpeg", b""), "no JPEG of 4 by 3 px"),
        (Picture("a", 4, 3, 1, "jpeg", b"\xff\xd8\xff\xda\0\x02"), "no JPEG of 4 by 3 px"),
    ],
)
def test_a_picture_that_is_not_what_it_says_is_refused(packed, words):
    with pytest.raises(BadPicture, match=words):
        unpack_picture(packed)


def test_a_jpeg_that_says_that_it_is_huge_is_never_decoded():
    data = bytearray(pack_picture("a", np.zeros((8, 8), np.uint8), "jpeg").data)
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    assert jpeg_size(bytes(data)) == (65535, 65535)
    with pytest.raises(BadPicture, match="no JPEG of 8 by 8"):
        unpack_picture(Picture("a", 8, 8, 1, "jpeg", bytes(data)))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_jpeg_have_no_size_and_end(data):
    assert jpeg_size(b"\xff\xd8" + data) is None or len(data) > 6
    assert jpeg_size(data) is None or data.startswith(b"\xff\xd8")


@given(st.binary(max_size=300))
def test_other_bytes_are_no_message(content):
    with pytest.raises((msgspec.MsgspecError, ValueError, RecursionError)):
        decode_from_client(b"\xc1" + content)


PICTURE = {"region": "a", "width": 1, "height": 1, "channels": 1, "form": "raw", "data": b"x"}
FRAME = {"type": "frame", "number": 1, "time_s": 0.0, "camera": "C1", "pictures": [PICTURE]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": -1},
        {"number": 1 << 60},
        {"time_s": float("inf")},
        {"time_s": "now"},
        {"camera": "x" * 65},
        {"pictures": []},
        {"pictures": [PICTURE] * (MOST_REGIONS + 1)},
        {"pictures": [PICTURE | {"width": 0}]},
        {"pictures": [PICTURE | {"width": 5000}]},
        {"pictures": [PICTURE | {"form": "png"}]},
        {"pictures": [PICTURE | {"path": "/etc/passwd"}]},
        {"more": 1},
        {"type": "welcome"},
        {"type": "__import__"},
    ],
)
def test_what_does_not_fit_the_form_is_refused(wrong):
    decode_from_client(msgspec.msgpack.encode(FRAME))
    with pytest.raises((msgspec.MsgspecError, ValueError)):
        decode_from_client(msgspec.msgpack.encode(FRAME | wrong))


def test_messages_of_the_server_come_as_they_went():
    told = welcome()
    assert decode_from_server(encode(told)) == told
    assert decode_from_client(encode(Hello(VERSION, "me"))) == Hello(VERSION, "me")


@pytest.mark.parametrize("marker", [0x00, 0x01, 0xD0, 0xD7, 0xD8, 0xD9])
def test_a_jpeg_whose_size_stands_behind_a_marker_without_length_is_refused(marker):
    """A decoder skips such a marker and finds another size than who takes it for a segment."""
    decoy = bytes([0xFF, 0xC0, 0, 17, 8, 0, 8, 0, 8])
    huge = bytes([0xFF, 0xC0, 0, 17, 8, 0xFF, 0xDC, 0xFF, 0xDC])
    data = b"\xff\xd8" + bytes([0xFF, marker]) + (len(huge) + 2).to_bytes(2, "big") + huge + decoy
    assert jpeg_size(data) is None
    with pytest.raises(BadPicture):
        unpack_picture(Picture("a", 8, 8, 1, "jpeg", data))


SOUP = st.lists(
    st.one_of(st.sampled_from([0xFF, 0xC0, 0xC2, 0xD0, 0xD8, 0xDA, 0xE0, 0x00, 0x01, 0x11]), st.integers(0, 255))
)


@given(SOUP)
def test_markers_in_any_order_are_refused_or_a_picture_of_the_size(soup):
    good = pack_picture("a", np.full((8, 8), 90, np.uint8), "jpeg").data
    for data in (b"\xff\xd8" + bytes(soup), b"\xff\xd8" + bytes(soup) + good[2:], good[:20] + bytes(soup) + good[20:]):
        try:
            assert unpack_picture(Picture("a", 8, 8, 1, "jpeg", data)).shape == (8, 8)
        except BadPicture:
            continue
