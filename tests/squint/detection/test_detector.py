"""The detector's geometry, and tracking (thesis, 4.3.1)."""

import av
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.faces import detect_faces
from scripts.faces.detect_faces import NO_FRAME, find_face, sharpness, tabulate_moments
from squint.detection.detector import (
    CELL_OUTPUTS,
    SCAN_WIDTH,
    STRIDE,
    WINDOW,
    Face,
    FaceDetector,
    ScanPicture,
    decode,
    place_face,
    scan_picture,
)
from squint.detection.windows import target_grid
from squint.errors import InputError
from squint.files.resumable_rows import ResumableRows, digest_of


@given(st.floats(0, WINDOW - 0.01), st.floats(0, WINDOW - 0.01), st.floats(10, 90))
def test_the_target_of_a_face_decodes_to_that_face(x, y, size):
    grid = target_grid(np.array([x, y, size]))
    certainty, *box = decode(grid[..., :CELL_OUTPUTS])
    assert certainty == 1
    assert box == pytest.approx([x, y, size], abs=1e-3)


def test_a_window_without_a_face_wants_no_certainty():
    grid = target_grid(np.zeros(3))
    assert grid[..., 0].max() == 0
    assert grid[..., CELL_OUTPUTS].min() == 1


def scan_picture_of(width: int, height: int) -> ScanPicture:
    frame = np.zeros((height, width, 3), np.uint8)
    frame[-height // 4 :] = 200
    return scan_picture(av.VideoFrame.from_ndarray(frame, format="rgb24"))


@given(st.floats(-50, 400), st.floats(-50, 250), st.floats(1, 500))
def test_a_box_lies_within_its_frame(x, y, size):
    face = place_face(0.9, x, y, size, ScanPicture(np.zeros((184, 320, 3), np.uint8), 640, 360))
    assert 0 <= face.x <= face.x + face.size <= 640
    assert 0 <= face.y <= face.y + face.size <= 360


@pytest.mark.parametrize(("width", "height", "rows"), [(1920, 1080, 184), (640, 360, 184), (640, 480, 240)])
def test_scan_pictures_have_whole_cells_and_the_frames_shape(width, height, rows):
    scanned = scan_picture_of(width, height)
    assert scanned.pixels.shape == (rows, SCAN_WIDTH, 3)
    assert (scanned.width, scanned.height, scanned.scale) == (width, height, width / SCAN_WIDTH)
    edge = np.argmax(scanned.pixels[:, 0, 0] > 100)
    assert edge * scanned.scale == pytest.approx(height * 3 / 4, abs=scanned.scale)


def face_at(column: int, row: int, certainty: float) -> np.ndarray:
    """The grid of a scan picture of 320x184 px with a face of one cell."""
    grid = np.zeros((184 // STRIDE, SCAN_WIDTH // STRIDE, CELL_OUTPUTS), np.float32)
    grid[row, column, 0] = certainty
    return grid


class FakeDetector:
    """Finds a face near the left of a picture and another near its right."""

    def __init__(self, left: float, right: float):
        self.grid = face_at(4, 10, left) + face_at(35, 10, right)

    def scan(self, scanned):
        return self.grid


AT_LEFT, AT_RIGHT = 2 * (4 * STRIDE), 2 * (35 * STRIDE)


@pytest.mark.parametrize(
    ("last", "left", "right", "found", "status"),
    [
        (None, 0.8, 0.9, AT_RIGHT, (0, 0)),
        (Face(AT_LEFT, 160, 16, 0.9), 0.8, 0.9, AT_LEFT, (1, 0)),
        (Face(AT_LEFT + 100, 160, 16, 0.9), 0.8, 0.9, AT_LEFT, (1, 0)),
        (Face(AT_LEFT + 8 * 16, 160, 16, 0.9), 0.8, 0.9, AT_LEFT, (1, 0)),
        (Face(AT_LEFT + 9 * 16, 160, 16, 0.9), 0.8, 0.9, AT_RIGHT, (0, 1)),
        (Face(AT_LEFT, 160, 16, 0.9), 0.4, 0.9, AT_RIGHT, (0, 1)),
        (Face(0, 0, 8, 0.9), 0.9, 0.8, AT_LEFT, (0, 1)),
        (Face(624, 352, 16, 0.9), 0.8, 0.9, AT_RIGHT, (0, 1)),
    ],
)
def test_a_face_is_followed_near_its_last_location_and_else_looked_for_everywhere(last, left, right, found, status):
    scanned = ScanPicture(np.zeros((184, 320, 3), np.uint8), 640, 368)
    face, *tracking = find_face(FakeDetector(left, right), scanned, last, 0.5)
    assert tuple(tracking) == status
    assert face.x == found
    assert face.y == 160


class FakeVideo:
    """A video of `frames` grey frames, `lost` of which can't be read; reading breaks off after `patience` frames."""

    def __init__(self, frames, lost, patience, threads):
        self.times_s, self.lost, self.patience, self.threads = np.arange(frames) / 10, lost, patience, threads
        self.unreadable, self.read_numbers = set(), []

    def read(self, numbers):
        for number in numbers:
            if len(self.read_numbers) == self.patience:
                raise KeyboardInterrupt
            if number in self.lost:
                self.unreadable.add(int(number))
                continue
            self.read_numbers.append(int(number))
            yield number, av.VideoFrame.from_ndarray(np.full((90, 160, 3), number, np.uint8), format="rgb24")


class BrightnessDetector:
    """The brighter a picture, the more certain of a face; whether that is near the last changes from frame to frame."""

    def scan(self, scanned):
        level = int(scanned.pixels[0, 0, 0])
        return face_at(5 + level % 3 * 12, 10, 0.4 + level % 7 / 10)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_killed_job_goes_on_where_it_was(tmp_path, monkeypatch, threads):
    monkeypatch.setattr(detect_faces, "KEEP_EVERY", 4)
    numbers, lost = np.arange(0, 100, 5), {10, 50, 95}

    def search(patience, key):
        video = FakeVideo(100, lost, patience, threads)
        saved_rows = ResumableRows(str(tmp_path / "C1.parquet.part"), key)
        return video, lambda: detect_faces.search_frames(video, numbers, BrightnessDetector(), 0.5, saved_rows)

    whole_video, whole = search(100, "undisturbed")
    expected = whole()
    _, killed = search(13, "same")
    with pytest.raises(KeyboardInterrupt):
        killed()
    done = len(ResumableRows(str(tmp_path / "C1.parquet.part"), "same").read())
    assert done == (12 if threads == 1 else 4)
    resumed_video, resumed = search(100, "same")
    pd.testing.assert_frame_equal(resumed(), expected)
    assert resumed_video.read_numbers == whole_video.read_numbers[done:]
    assert resumed_video.unreadable == whole_video.unreadable == lost
    other_video, other = search(100, "other detector")
    pd.testing.assert_frame_equal(other(), expected)
    assert other_video.read_numbers == whole_video.read_numbers


class FailingOnceDetector(BrightnessDetector):
    """Fails at its 16th picture, the first time."""

    def __init__(self):
        self.scans = 0

    def scan(self, scanned):
        self.scans += 1
        if self.scans == 16:
            raise MemoryError
        return super().scan(scanned)


def test_a_search_that_fails_beside_the_reader_keeps_no_later_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(detect_faces, "KEEP_EVERY", 4)
    saved_rows, detector = ResumableRows(str(tmp_path / "part"), "key"), FailingOnceDetector()
    numbers = np.arange(40)
    with pytest.raises(MemoryError):
        detect_faces.search_frames(FakeVideo(40, set(), 100, 2), numbers, detector, 0.5, saved_rows)
    assert [row["frame_num"] for row in saved_rows.read()] == list(range(12))
    video = FakeVideo(40, set(), 100, 2)
    resumed = detect_faces.search_frames(video, numbers, detector, 0.5, saved_rows)
    assert resumed.frame_num.tolist() == numbers.tolist()
    assert not video.unreadable


@pytest.mark.parametrize("content", [b"", b"PAR1 cut off"])
def test_broken_kept_rows_are_no_rows(tmp_path, content):
    path = tmp_path / "part"
    path.write_bytes(content)
    assert ResumableRows(str(path), "key").read() == []


def test_sharpness_counts_edge_pixels():
    flat = np.full((40, 40), 100, np.uint8)
    edged = flat.copy()
    edged[:, 20:] = 200
    assert sharpness(flat) == 0
    assert sharpness(edged) == 80


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


def test_a_digest_tells_contents_and_settings_apart(tmp_path):
    one, same, other = (tmp_path / name for name in ("one", "same", "other"))
    for path, content in ((one, b"1"), (same, b"1"), (other, b"2")):
        path.write_bytes(content)
    assert digest_of(one, {"certainty": 0.5}) == digest_of(same, {"certainty": 0.5})
    assert len({digest_of(one, {"certainty": 0.5}), digest_of(other, {"certainty": 0.5}), digest_of(one, {})}) == 3
