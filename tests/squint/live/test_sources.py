import json
import time
from fractions import Fraction

import av
import numpy as np
import pytest

from squint.errors import InputError
from squint.live.sources import CameraSource, FileSource, hide_password, open_source
from tests.squint.live.fakes import write_film


def test_a_file_gives_its_frames_by_number_and_time(tmp_path):
    source = open_source(str(write_film(tmp_path / "film.mp4", seconds=1)), tmp_path, paced=False)
    shots = list(source.shots(lambda: False))
    assert [shot.number for shot in shots] == list(range(20)) and shots[10].time_s == pytest.approx(0.5)
    assert (source.width, source.height, source.name) == (320, 180, "film.mp4") and source.fps == pytest.approx(20)
    assert shots[0].picture.shape == (180, 320, 3) and shots[0].picture.dtype == np.uint8


def test_a_paced_file_is_never_ahead_of_its_times(tmp_path):
    source = open_source(str(write_film(tmp_path / "film.mp4", seconds=0.5)), tmp_path)
    begin = time.monotonic()
    for shot in source.shots(lambda: False):
        assert time.monotonic() >= begin + shot.time_s and shot.due >= begin + shot.time_s


def test_a_source_that_is_stopped_ends(tmp_path):
    source = open_source(str(write_film(tmp_path / "film.mp4", seconds=1)), tmp_path, paced=False)
    seen = []
    for shot in source.shots(lambda: len(seen) == 3):
        seen.append(shot.number)
    assert seen == [0, 1, 2]


def test_a_recording_of_the_workflow_is_found_by_its_name(tmp_path):
    film = write_film(tmp_path / "film.mp4", seconds=0.5)
    records = tmp_path / "results" / "recordings" / "EXP1"
    records.mkdir(parents=True)
    (records / "C1.json").write_text(json.dumps({"path": str(film)}))
    assert open_source("EXP1/C1", tmp_path / "results", paced=False).name == "film.mp4"


@pytest.mark.parametrize("name", ["film.mp4", "EXP9/C1", ""])
def test_a_file_that_is_not_there_is_told(tmp_path, name):
    with pytest.raises(InputError, match="a video"):
        open_source(name, tmp_path)


def test_a_file_that_is_no_video_is_told(tmp_path):
    (tmp_path / "film.mp4").write_bytes(b"no video" * 100)
    with pytest.raises(InputError):
        open_source(str(tmp_path / "film.mp4"), tmp_path)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "concat:a|b", "data://x", "ftp://host/film.mp4"])
def test_addresses_of_other_kinds_are_no_cameras(tmp_path, address):
    with pytest.raises(InputError):
        open_source(address, tmp_path)


def test_a_camera_that_is_not_there_is_told_without_its_password():
    with pytest.raises(InputError) as caught:
        CameraSource("rtsp://user:secret@127.0.0.1:9/stream")
    assert "secret" not in str(caught.value) and "rtsp://127.0.0.1:9/stream" in str(caught.value)
    with pytest.raises(InputError, match="a camera that delivers frames"):
        CameraSource("/dev/video63")
    for hidden in ("user:sec@ret@host/a", "user:se/cret@host/a", "host/a?password=secret"):
        assert hide_password(f"rtsp://{hidden}") == "rtsp://host/a"


def test_a_stream_is_read_as_it_comes_and_ends(tmp_path):
    """A file in the place of a camera: its frames come as fast as they are taken."""
    source = CameraSource(str(write_film(tmp_path / "film.mp4", seconds=1)))
    shots = list(source.shots(lambda: False))
    assert [shot.number for shot in shots] == list(range(20)) and shots[0].time_s == 0
    assert shots[-1].time_s == pytest.approx(0.95) and isinstance(source, CameraSource | FileSource)


class Frames:
    """In the place of a decoder: frames with stamps, some of them strange."""

    def __init__(self, stamps):
        self.stamps = stamps

    def __iter__(self):
        for stamp in self.stamps:
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            if stamp is not None:
                frame.pts, frame.time_base = round(stamp * 1000), Fraction(1, 1000)
            yield frame, 0.001


@pytest.mark.parametrize(
    ("stamps", "times"),
    [
        ([5.0, 5.05, 5.1], [0, 0.05, 0.1]),
        ([None, None, None], [0, 0.05, 0.1]),
        ([5.0, None, 5.1, 5.15], [0, 0.05, 0.1, 0.15]),
        ([9.0, 9.05, 0.0, 0.05], [0, 0.05, 0.1, 0.15]),
        ([None, 7.0, 7.05], [0, 0.05, 0.1]),
    ],
)
def test_times_of_a_camera_rise_whatever_its_stamps_are(tmp_path, stamps, times):
    source = CameraSource(str(write_film(tmp_path / "film.mp4", seconds=0.5)))
    source.frames = iter(Frames(stamps))
    source.first = next(source.frames)
    shots = list(source.shots(lambda: False))
    assert [shot.time_s for shot in shots] == pytest.approx(times, abs=0.002)
    assert all(shot.due <= time.monotonic() for shot in shots)
    source.close()
