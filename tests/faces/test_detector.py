"""The detector's geometry, and scan then track (thesis, 4.3.1)."""

import av
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.faces.detect_faces import NO_FRAME, find_face, sharpness, tabulate_moments
from scripts.faces.detector import (
    SCAN_WIDTH,
    WINDOW,
    Face,
    FaceDetector,
    View,
    decode,
    place_face,
    view_frame,
    window_start,
)
from scripts.faces.train_detector import OUTPUTS, draw_window, target_grid
from scripts.job import InputError
from scripts.seeds import named_generator


@given(st.floats(0, WINDOW - 0.01), st.floats(0, WINDOW - 0.01), st.floats(10, 90))
def test_the_target_of_a_face_decodes_to_that_face(x, y, size):
    grid = target_grid(np.array([x, y, size]))
    certainty, *place = decode(grid[..., :OUTPUTS])
    assert certainty == 1
    assert place == pytest.approx([x, y, size], abs=1e-3)


def test_a_window_without_a_face_wants_no_certainty():
    grid = target_grid(np.zeros(3))
    assert grid[..., 0].max() == 0
    assert grid[..., OUTPUTS].min() == 1


def view_of(width: int, height: int) -> View:
    frame = np.zeros((height, width, 3), np.uint8)
    frame[-height // 4 :] = 200
    return view_frame(av.VideoFrame.from_ndarray(frame, format="rgb24"))


@given(st.floats(-50, 400), st.floats(-50, 250), st.floats(1, 500))
def test_a_box_lies_within_its_frame(x, y, size):
    face = place_face(0.9, x, y, size, View(np.zeros((184, 320, 3), np.uint8), 640, 360))
    assert 0 <= face.x <= face.x + face.size <= 640
    assert 0 <= face.y <= face.y + face.size <= 360


@pytest.mark.parametrize(("width", "height", "rows"), [(1920, 1080, 184), (640, 360, 184), (640, 480, 240)])
def test_views_have_whole_cells_and_the_frames_shape(width, height, rows):
    view = view_of(width, height)
    assert view.pixels.shape == (rows, SCAN_WIDTH, 3)
    assert (view.width, view.height, view.scale) == (width, height, width / SCAN_WIDTH)
    edge = np.argmax(view.pixels[:, 0, 0] > 100)
    assert edge * view.scale == pytest.approx(height * 3 / 4, abs=view.scale)


def test_a_window_stays_within_the_picture():
    assert window_start(10, 128, 320) == 0
    assert window_start(310, 128, 320) == 192
    assert window_start(160, 128, 320) == 96


class FakeDetector:
    """Scans and tracks as it is told."""

    def __init__(self, scanned, tracked):
        self.results = {"scan": Face(1, 2, 3, scanned), "track": Face(4, 5, 6, tracked)}
        self.calls = []

    def scan(self, frame):
        self.calls.append("scan")
        return self.results["scan"]

    def track(self, frame, last):
        self.calls.append("track")
        return self.results["track"]


@pytest.mark.parametrize(
    ("last", "tracked", "calls", "status"),
    [
        (None, 0.9, ["scan"], (0, 0)),
        (Face(0, 0, 9, 0.9), 0.9, ["track"], (1, 0)),
        (Face(0, 0, 9, 0.9), 0.1, ["track", "scan"], (0, 1)),
    ],
)
def test_tracking_goes_on_while_it_succeeds_and_falls_back_to_a_scan(last, tracked, calls, status):
    detector = FakeDetector(0.8, tracked)
    _, *found = find_face(detector, view_of(160, 90), last, 0.5)
    assert detector.calls == calls
    assert tuple(found) == status


def test_sharpness_counts_edge_pixels():
    flat = np.full((40, 40), 100, np.uint8)
    edged = flat.copy()
    edged[:, 20:] = 200
    assert sharpness(flat) == 0
    assert sharpness(edged) == 80


def test_training_windows_hold_the_face_they_say():
    picture = np.zeros((184, 320, 3), np.uint8)
    picture[60:100, 100:140] = 255
    generator = named_generator(1, "windows")
    for _ in range(30):
        window, (x, y, size) = draw_window(picture, np.array([120.0, 80.0, 40.0]), generator)
        assert window.shape == (WINDOW, WINDOW, 3)
        if size:
            bright = window[..., 0] > 128
            assert bright[int(np.clip(y, 0, 127)), int(np.clip(x, 0, 127))]


def test_moments_without_a_frame_have_a_row_without_a_face():
    found = pd.DataFrame([NO_FRAME | {"frame_num": n, "det_lbl": 1, "time_s": n / 10, "box_size": 5} for n in (10, 20)])
    table = tabulate_moments(np.array([-1, 10, 15, 20, -1]), found, 5)
    assert table.sync_index.tolist() == [0, 5, 10, 15, 20]
    assert table.frame_num.tolist() == [-1, 10, -1, 20, -1]
    assert table.det_lbl.tolist() == [0, 1, 0, 1, 0]
    assert table.time_s.isna().tolist() == [True, False, True, False, True]
    assert table.frame_num.dtype == table.box_size.dtype == "int64"


def test_a_file_that_is_no_detector_is_an_input_error(tmp_path):
    path = tmp_path / "detector.tflite"
    for content in (None, b"no model"):
        if content:
            path.write_bytes(content)
        with pytest.raises(InputError, match="a face detector for LiteRT"):
            FaceDetector(path)
