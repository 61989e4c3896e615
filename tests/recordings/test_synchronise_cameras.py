"""The first bright frame after the dark fragment (thesis, 4.3.1), and what goes wrong with it."""

import json

import pandas as pd
import pytest

from scripts.grimace import CAMERAS
from scripts.job import InputError
from scripts.recordings.synchronise_cameras import (
    check_rates,
    detect_sync,
    find_dark_fragment,
    manual_sync,
    synchronise_cameras,
)
from tests.videos import write_video

SETTINGS = {"bright_level": 50, "bright_share_least": 0.3, "dark_seconds": 0.4, "search_seconds": 60}


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


def test_nothing_is_read_after_the_sync_frame():
    shares = iter([1, 0, 0, 0, 1, "not read"])
    assert find_dark_fragment(shares, 0.3, 3) == (1, 3)
    assert next(shares) == "not read"


def test_a_video_is_synchronised(tmp_path):
    path = write_video(tmp_path / "C1.mp4", [120] * 10 + [4] * 20 + [120] * 10)
    row = detect_sync(path, 25, **SETTINGS)
    assert row == {"sync_frame": 30, "dark_from": 10, "dark_frames": 20, "method": "light"}


def test_no_dark_fragment_is_an_input_error(tmp_path):
    path = write_video(tmp_path / "C1.mp4", [120] * 20)
    with pytest.raises(InputError, match="no such dark fragment") as error:
        detect_sync(path, 25, **SETTINGS)
    assert "sync_frames" in str(error.value)


def records(fps=(25.0,) * 6, frames=100):
    return [
        {
            "path": f"{c}.mp4",
            "name": f"{c}.mp4",
            "fps": rate,
            "frames": frames,
            "width": 64,
            "height": 48,
            "constant_rate": True,
        }
        for c, rate in zip(CAMERAS, fps, strict=True)
    ]


def test_cameras_with_different_rates_are_an_input_error():
    check_rates(records())
    with pytest.raises(InputError, match=r"C3\.mp4: 50 fps"):
        check_rates(records([25.0, 25.0, 50.0, 25.0, 25.0, 25.0]))


def test_manual_frames_overrule_detection(tmp_path):
    paths = []
    for record in records():
        paths.append(tmp_path / f"{record['name']}.json")
        paths[-1].write_text(json.dumps(record))
    synchronise_cameras(paths, tmp_path / "sync.csv", "1,2,3,4,5,6", SETTINGS)
    table = pd.read_csv(tmp_path / "sync.csv")
    assert table.camera.tolist() == list(CAMERAS)
    assert table.sync_frame.tolist() == [1, 2, 3, 4, 5, 6]
    assert set(table.method) == {"manual"}


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d,e,f", "1,2,3,4,5,100"])
def test_wrong_manual_frames_are_an_input_error(text):
    with pytest.raises(InputError, match="six comma-separated frame numbers"):
        manual_sync(text, records())
