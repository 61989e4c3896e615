import json
import time

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
    assert hide_password("rtsp://user:secret@host/a@b") == "rtsp://host/a@b"


def test_a_stream_is_read_as_it_comes_and_ends(tmp_path):
    """A file in the place of a camera: its frames come as fast as they are taken."""
    source = CameraSource(str(write_film(tmp_path / "film.mp4", seconds=1)))
    shots = list(source.shots(lambda: False))
    assert [shot.number for shot in shots] == list(range(20)) and shots[0].time_s == 0
    assert shots[-1].time_s == pytest.approx(0.95) and isinstance(source, CameraSource | FileSource)
