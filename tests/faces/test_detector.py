"""The detector's geometry, and scan then track (thesis, 4.3.1)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.faces.annotations import read_annotations
from scripts.faces.detect_faces import find_face, sharpness
from scripts.faces.detector import SCAN_WIDTH, WINDOW, Face, FaceDetector, decode, place_face, shrink, window_start
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


@given(st.floats(-50, 400), st.floats(-50, 250), st.floats(1, 500))
def test_a_box_lies_within_its_frame(x, y, size):
    face = place_face(0.9, 2 * x, 2 * y, 2 * size, (360, 640, 3))
    assert 0 <= face.x <= face.x + face.size <= 640
    assert 0 <= face.y <= face.y + face.size <= 360


@pytest.mark.parametrize(("width", "height", "rows"), [(1920, 1080, 184), (640, 360, 184), (640, 480, 240)])
def test_scan_pictures_have_whole_cells_and_the_frames_shape(width, height, rows):
    frame = np.zeros((height, width, 3), np.uint8)
    frame[-height // 4 :] = 200
    picture, scale = shrink(frame)
    assert picture.shape == (rows, SCAN_WIDTH, 3)
    assert scale == width / SCAN_WIDTH
    edge = np.argmax(picture[:, 0, 0] > 100)
    assert edge * scale == pytest.approx(height * 3 / 4, abs=scale)


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
    _, *found = find_face(detector, np.zeros((90, 160, 3), np.uint8), last, 0.5)
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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("video,frame,box_x,box_y,box_size\na.mp4,1,2,3,4\n", "no column 'frame_num'"),
        ("video,frame_num,box_x,box_y,box_size\na.mp4,1,0,0,0\n", "no row with a box_size above 0"),
        ("video,frame_num,box_x,box_y,box_size\na.mp4,1,2,3,4\na.mp4,1,2,3,4\n", "frame 1 of a.mp4 more than once"),
        ("video,frame_num,box_x,box_y,box_size\na.mp4,x,2,3,4\n", "'x' in row 2"),
        ("video,frame_num,box_x,box_y,box_size\nEXP1/C1.mp4,1,2,3,4\n", "videos that are not in the sample sheet"),
    ],
)
def test_wrong_annotations_are_input_errors(tmp_path, text, message):
    path = tmp_path / "annotations.csv"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read_annotations(path, ["./EXP1/C1.mp4"])
    assert message in str(error.value)


def test_a_file_that_is_no_detector_is_an_input_error(tmp_path):
    path = tmp_path / "detector.tflite"
    for content in (None, b"no model"):
        if content:
            path.write_bytes(content)
        with pytest.raises(InputError, match="a face detector for LiteRT"):
            FaceDetector(path)
