"""When the light comes on in a video (thesis, 4.3.1), and what goes wrong with it."""

import json
from pathlib import Path

import numpy as np
import pytest

from scripts.recordings.probe_video import probe_video
from squint.errors import InputError
from squint.files.frames import luma
from squint.files.video import Video
from squint.synchronisation.light import LightSearch, brightness, find_dark_fragment
from tests.videos import CAMCORDER, DARK, LIT, SYNC_SETTINGS, write_pictures, write_video

FPS = 25
# How the test videos are encoded: key frames close together, as camcorders set them, or one for all.
ENCODINGS = {
    "camcorder": CAMCORDER,
    "one group": {"x264-params": "keyint=infinite:scenecut=0:bframes=2"},
}


def search(path: Path, folder: Path, **settings) -> LightSearch:
    """A search for the light in the video `path`."""
    probe_video(str(path), str(folder / "record.json"), str(folder / "index.parquet"), False)
    record = json.loads((folder / "record.json").read_text())
    return LightSearch(record, str(folder / "index.parquet"), 2, **SYNC_SETTINGS | settings)


@pytest.fixture(params=ENCODINGS)
def encoding(request) -> dict:
    return ENCODINGS[request.param]


@pytest.mark.parametrize(
    ("shares", "found"),
    [
        ([1, 1, 0, 0, 0, 1, 1], (2, 3)),
        ([0, 0, 0, 1], (0, 3)),
        ([1, 0, 0, 1, 0, 0, 0, 1], (4, 3)),
        ([1, 1, 1, 1], None),
        ([1, 0, 0, 0, 0], None),
        ([], None),
    ],
)
def test_the_first_long_enough_dark_fragment_that_ends(shares, found):
    assert find_dark_fragment(shares, 0.3, 3) == found


def test_a_flash_belongs_to_the_dark():
    assert find_dark_fragment([1, 0, 0, 0, 1, 0, 0, 1, 1, 1], 0.3, 3, 2) == (1, 6)
    assert find_dark_fragment([0, 0, 0, 1, 1, 0, 1], 0.3, 3, 2) == (0, 3)
    assert find_dark_fragment([1, 0, 0, 0, 1], 0.3, 3, 2) == (1, 3)
    assert find_dark_fragment([1, 1, 0, 1, 0, 1, 1], 0.3, 4, 2) is None


def test_a_lamp_that_flashes_before_it_stays_on_counts_from_then(tmp_path, encoding):
    levels = [LIT] * 10 + [DARK] * 20 + [LIT] * 2 + [DARK] * 9 + [LIT] * 100
    light = search(write_video(tmp_path / "C1.mp4", levels, options=encoding), tmp_path).first_light(1)
    assert light.instant == 40.5


@pytest.mark.parametrize("bright_before", [0, 1, 10, 33])
def test_the_first_bright_frame_after_the_dark_is_found(tmp_path, encoding, bright_before):
    levels = [LIT] * bright_before + [DARK] * 20 + [LIT] * 80
    light = search(write_video(tmp_path / "C1.mp4", levels, options=encoding), tmp_path).first_light(1)
    assert (light.dark_from, light.dark_frames, light.rise_frames) == (bright_before, 20, 0)
    assert light.instant == bright_before + 20 - 0.5


def test_noise_of_a_cameras_gain_is_not_light(tmp_path, encoding):
    generator = np.random.default_rng(1)

    def picture(level, noise):
        return np.clip(generator.normal(level, noise, (96, 128)), 0, 255).astype(np.uint8)

    levels = [(LIT, 6)] * 12 + [(20, 60)] * 20 + [(LIT, 6)] * 60
    path = write_pictures(tmp_path / "C1.mp4", [picture(*level) for level in levels], FPS, options=encoding)
    with Video(path) as video:
        dark = luma(next(video.read([20]))[1])
    assert np.mean(dark > SYNC_SETTINGS["bright_level"]) > SYNC_SETTINGS["bright_share_least"]
    assert brightness(dark, SYNC_SETTINGS["bright_level"])[0] < SYNC_SETTINGS["bright_share_least"]
    light = search(path, tmp_path).first_light(1)
    assert np.ceil(light.instant) == 32


@pytest.mark.parametrize("share", [0.2, 0.8])
def test_a_frame_that_the_light_came_on_in_tells_when(tmp_path, encoding, share):
    levels = [LIT] * 10 + [DARK] * 20 + [round(DARK + share * (LIT - DARK))] + [LIT] * 80
    light = search(write_video(tmp_path / "C1.mp4", levels, options=encoding), tmp_path).first_light(1)
    assert light.rise_frames == 1
    assert light.instant == pytest.approx(30.5 - share, abs=0.03)
    assert np.ceil(light.instant) == (30 if share > 0.5 else 31)


def test_a_light_that_rises_slowly_counts_from_the_middle_of_its_rise(tmp_path, encoding):
    rise = [DARK + round((LIT - DARK) * step / 10) for step in range(1, 10)]
    levels = [LIT] * 10 + [DARK] * 20 + rise + [LIT] * 80
    light = search(write_video(tmp_path / "C1.mp4", levels, options=encoding), tmp_path).first_light(1)
    assert light.rise_frames == 9
    assert light.instant == pytest.approx(34, abs=0.1)  # frame 34 is half lit


def test_the_config_says_which_of_two_dark_fragments_counts(tmp_path, encoding):
    levels = [LIT] * 10 + [DARK] * 15 + [LIT] * 30 + [DARK] * 20 + [LIT] * 90
    path = write_video(tmp_path / "C1.mp4", levels, options=encoding)
    looked = search(path, tmp_path)
    assert looked.first_light(1).instant == 24.5
    assert looked.first_light(2).instant == 74.5
    with pytest.raises(InputError, match=r"dark fragment number 3.*\n.*2 such dark fragments"):
        looked.first_light(3)


def test_the_last_light_is_looked_for_from_the_end(tmp_path, encoding):
    levels = [LIT] * 10 + [DARK] * 20 + [LIT] * 90 + [DARK] * 15 + [LIT] * 20 + [DARK] * 14 + [LIT] * 8
    looked = search(write_video(tmp_path / "C1.mp4", levels, options=encoding), tmp_path)
    assert looked.first_light(1).instant == 29.5
    assert looked.last_light().instant == 168.5
    levels = [LIT] * 10 + [DARK] * 20 + [LIT] * 90 + [DARK] * 30  # switched off, and the camera after it
    assert search(write_video(tmp_path / "C2.mp4", levels, options=encoding), tmp_path).last_light() is None


def test_a_camera_that_was_started_after_the_light_is_told(tmp_path, encoding):
    levels = [LIT] * 100 + [DARK] * 20 + [LIT] * 10  # the light event at the end is not that of the start
    with pytest.raises(InputError, match="no such dark fragment; was the camera started after it") as error:
        search(write_video(tmp_path / "C1.mp4", levels, options=encoding), tmp_path).first_light(1)
    assert "sync_frames" in str(error.value)
    assert "C1.mp4" in str(error.value)


def test_a_short_flicker_is_no_dark_fragment(tmp_path, encoding):
    levels = [LIT] * 10 + [DARK] * 6 + [LIT] * 30 + [DARK] * 20 + [LIT] * 90
    assert search(write_video(tmp_path / "C1.mp4", levels, options=encoding), tmp_path).first_light(1).instant == 65.5
