"""Pictures as players show them: turned, mirrored, with square pixels and the right colours."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from squint.files.frames import colours, luma, picture, pixel_aspect, shown_size, turns_by_quarters
from squint.files.video import Video
from tests.videos import write_pictures, write_video

DRAWN = np.zeros((64, 96), np.uint8)
DRAWN[:20, :30], DRAWN[40:, 80:], DRAWN[:10, 60:] = 220, 120, 60
PATCHES = [(200, 40, 40), (40, 200, 40), (40, 40, 200), (180, 150, 120)]  # the last is about a mouse's skin


def first_frame(path) -> av.VideoFrame:
    with Video(path) as video:
        return next(video.read([0]))[1]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_pictures_are_upright_as_other_players_show_them(tmp_path, turn):
    path = write_pictures(tmp_path / "turned.mp4", [DRAWN] * 3, rotation=turn, options={"crf": "5"})
    expected = cv2.VideoCapture(str(path)).read()[1][..., ::-1]
    frame = first_frame(path)
    assert shown_size(frame) == expected.shape[1::-1]
    assert np.abs(picture(frame).astype(int) - expected).max() <= 3
    assert picture(frame, 48).shape == (round(48 * expected.shape[0] / expected.shape[1]), 48, 3)


@pytest.mark.parametrize(
    "pix_fmt", ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "nv12", "gray", "yuv420p10le", "rgb24"]
)
def test_luma_is_the_brightness_plane(pix_fmt):
    grey = np.tile(np.arange(40, 200, 2, dtype=np.uint8), (30, 1))
    frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format=pix_fmt)
    plane = luma(frame)
    assert plane.shape == (30, 80)
    assert np.abs(plane.astype(int) - grey).max() <= 12  # limited and full range differ by a little
    assert (np.diff(plane[0].astype(int)) >= 0).all()


@pytest.mark.parametrize("mirrored", [(True, False), (False, True), (True, True)])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_mirrored_pictures_are_mirrored_after_they_are_turned(tmp_path, turn, mirrored):
    """As FFmpeg's `-autorotate` does; all eight orientations of EXIF."""
    expected = np.rot90(DRAWN, turn // 90)
    expected = expected[:: -1 if mirrored[1] else 1, :: -1 if mirrored[0] else 1]
    how = {"rotation": turn, "mirrored": mirrored, "options": {"crf": "5"}}
    frame = first_frame(write_pictures(tmp_path / "mirrored.mp4", [DRAWN] * 3, **how))
    assert shown_size(frame) == expected.shape[::-1]
    assert np.abs(picture(frame)[..., 0].astype(int) - expected).max() <= 3
    assert turns_by_quarters(frame)


@pytest.mark.parametrize("turn", [0, 90])
def test_pixels_become_square(tmp_path, turn):
    """A square of 48 px that a camcorder coded as 36 by 48 px of 4:3."""
    drawn = np.zeros((64, 96), np.uint8)
    drawn[8:56, 20:56] = 220
    how = {"aspect": Fraction(4, 3), "rotation": turn, "options": {"crf": "5"}}
    frame = first_frame(write_pictures(tmp_path / "dv.mp4", [drawn] * 3, **how))
    assert pixel_aspect(frame) == Fraction(4, 3)
    assert shown_size(frame) == ((128, 64) if turn == 0 else (64, 128))
    rows, columns = np.nonzero(picture(frame)[..., 0] > 110)
    assert np.ptp(rows) == pytest.approx(47, abs=1) == np.ptp(columns)
    small = picture(frame, 64)
    assert small.shape == ((32, 64, 3) if turn == 0 else (128, 64, 3))


def test_a_key_frame_that_is_decoded_alone_knows_the_shape_of_its_pixels(tmp_path):
    with Video(write_pictures(tmp_path / "dv.mp4", [DRAWN] * 3, aspect=Fraction(16, 15))) as video:
        assert [shown_size(frame) for _, frame in video.read_keys([0])] == [(102, 64)]


def test_pixels_that_are_nearly_square_are_left(tmp_path):
    frame = first_frame(write_pictures(tmp_path / "near.mp4", [DRAWN] * 3, aspect=Fraction(399, 400)))
    assert shown_size(frame) == (96, 64)


def test_a_turn_by_less_than_a_quarter_is_seen(tmp_path):
    assert not turns_by_quarters(first_frame(write_pictures(tmp_path / "askew.mp4", [DRAWN] * 3, rotation=30)))


@pytest.mark.parametrize("tagged", [True, False])
@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize(
    ("width", "height", "space"), [(1280, 720, 709), (640, 360, 601), (720, 1280, 709), (1280, 720, 601)]
)
def test_colours_are_those_that_were_filmed(tmp_path, width, height, space, full, tagged):
    """Untagged videos are of BT.709 where they are large, and of limited range."""
    if not tagged and (full or (width, space) == (1280, 601)):
        pytest.skip("nothing tells of it")
    filmed = np.repeat(np.array(PATCHES, np.uint8)[None], width // 4, axis=1).repeat(height, axis=0)
    value, scaler = {709: (1, 1), 601: (6, 5)}[space]
    path = tmp_path / "colours.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "3", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        if tagged:
            stream.codec_context.colorspace, stream.codec_context.color_range = value, 2 if full else 1
        frame = av.VideoFrame.from_ndarray(filmed, format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace=scaler, dst_color_range=2 if full else 1)
        if not tagged:
            frame.colorspace, frame.color_range = 2, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    frame = first_frame(path)
    assert (colours(frame) is not None) == (not tagged and space == 709)
    middles = [width // 8 + patch * width // 4 for patch in range(4)]
    assert np.abs(picture(frame)[height // 2, middles].astype(int) - PATCHES).max() <= 4


def test_grey_videos_show_their_levels(tmp_path):
    with Video(write_video(tmp_path / "grey.mp4", [20, 120, 220])) as video:
        means = [picture(frame).mean() for _, frame in video.read(range(3))]
    assert means == pytest.approx([20, 120, 220], abs=3)
