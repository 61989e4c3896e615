"""From the cameras' clocks to frames of the same moments."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.synchronisation.clocks import common_shift, moment_frames, read_sync

FPS = 50
CAMERAS = [f"C{number}" for number in range(1, 7)]
RIGS = [1, 2, 4, 6, 8, 12]


def widest(cameras: int) -> float:
    """The farthest that one of some cameras must be from the middle, in frames: 5/12 of six."""
    return (1 - 1 / cameras) / 2


def table_of(places: list[float], ppm: list[float]) -> pd.DataFrame:
    cameras = CAMERAS if len(places) == 6 else [f"view_{number}" for number in range(len(places))]
    return pd.DataFrame({"sync_s": np.array(places) / FPS, "clock_ppm": ppm, "fps": FPS}, cameras)


@given(st.sampled_from(RIGS).flatmap(lambda n: st.lists(st.floats(0, 1), min_size=n, max_size=n)))
def test_phases_lie_within_so_much_of_their_middle(phases):
    shift = common_shift(np.array([phases]))[0]
    assert -0.01 < shift < 1
    distance = np.abs((np.array(phases) - shift + 0.5) % 1 - 0.5)
    assert distance.max() <= widest(len(phases)) + 1e-6


def test_six_phases_lie_within_five_twelfths_and_one_is_its_own_middle():
    assert widest(6) == 5 / 12 and widest(1) == 0


@pytest.mark.parametrize("cameras", RIGS)
def test_equal_phases_are_left_where_they_are(cameras):
    assert abs(common_shift(np.zeros((1, cameras)))[0]) < 1e-9


def test_nearly_equal_phases_are_left_where_they_are():
    assert abs(common_shift(np.array([[0, 0, 0, 0, 0, 1 - 1e-9]]))[0]) < 1e-3


def test_cameras_of_one_clock_are_sampled_every_fifth_frame_from_the_light_on():
    sync = table_of([9.5, 11.5, 20.5, 0.5, 99.5, 30.5], [0] * 6)
    for camera, first in zip(CAMERAS, (10, 12, 21, 1, 100, 31), strict=True):
        frames = moment_frames(sync, camera, np.arange(400) / FPS, 5)
        assert frames.tolist() == list(range(first, 400, 5))


@given(
    st.sampled_from(RIGS).flatmap(
        lambda n: st.tuples(
            st.lists(st.floats(-0.5, 200), min_size=n, max_size=n),
            st.lists(st.floats(-400, 400), min_size=n, max_size=n),  # much, so that a short recording shows it
        )
    ),
    st.integers(1, 10),
)
def test_frames_of_a_moment_are_near_to_each_other_whatever_the_clocks(clocks, every):
    places, ppm = clocks
    sync = table_of(places, ppm)
    times = np.arange(5_000) / FPS
    taken = []
    for camera, place, error in zip(sync.index, places, ppm, strict=True):
        frames = moment_frames(sync, camera, times, every)
        # By the common clock, in frames after the light: what moment_frames inverts.
        taken.append(np.where(frames >= 0, (frames - place) / (1 + error * 1e-6), np.nan))
        assert (np.diff(frames[frames >= 0]) >= (1 if every > 1 else 0)).all()
    shortest = min(map(len, taken))
    taken = np.array([camera[:shortest] for camera in taken])
    taken = taken[:, ~np.isnan(taken).all(axis=0)]
    spread = np.nanmax(taken, axis=0) - np.nanmin(taken, axis=0)
    assert np.nanmax(spread) <= 2 * widest(len(places)) + 0.01


def test_a_camera_alone_is_sampled_by_its_own_frames():
    sync = table_of([9.5], [0])
    assert moment_frames(sync, "view_0", np.arange(100) / FPS, 5).tolist() == list(range(10, 100, 5))


def test_a_camera_that_began_late_or_lost_frames_has_none_of_the_moment():
    sync = table_of([9.5, -20.5, 9.5, 9.5, 9.5, 9.5], [0] * 6)
    times = np.arange(100) / FPS
    assert moment_frames(sync, "C2", times, 5)[:6].tolist() == [-1, -1, -1, -1, 0, 5]
    with_hole = np.delete(times, [20, 21, 22])
    frames = moment_frames(sync, "C1", with_hole, 5)
    assert frames[:5].tolist() == [10, 15, -1, 22, 27]


def test_frames_of_a_variable_rate_are_taken_by_their_time():
    sync = table_of([9.5] * 6, [0] * 6)
    times = np.sort(np.concatenate([np.arange(100) / FPS, np.arange(30, 50) / FPS + 0.5 / FPS]))
    frames = moment_frames(sync, "C1", times, 5)
    assert (np.abs(times[frames] * FPS - np.arange(10, 100, 5)) < 1e-9).all()


def test_a_video_that_ends_before_the_light_has_no_moments():
    sync = table_of([500] * 6, [0] * 6)
    assert len(moment_frames(sync, "C1", np.arange(100) / FPS, 5)) == 0


def test_cameras_are_read_by_their_names_whatever_these_look_like(tmp_path):
    path = tmp_path / "sync.csv"
    names = ["1", "007", "NA", "null", "True", "1e3", "C1"]
    table = pd.DataFrame({"camera": names, "sync_frame": range(7), "clock_ppm": [np.nan, *range(6)]})
    table.to_csv(path, index=False)
    read = read_sync(str(path))
    assert read.index.tolist() == names
    assert read.sync_frame.tolist() == list(range(7)) and read.clock_ppm.isna().tolist() == [True, *[False] * 6]
