"""Cameras by the same light: their synchronisation frames, their clocks, and what goes wrong with them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.recordings.probe_video import probe_video
from scripts.recordings.synchronise_cameras import check_cameras, manual_frames, measure_clocks, synchronise_cameras
from squint.errors import InputError
from squint.simulation.camera import Timing
from squint.synchronisation.clocks import moment_frames
from tests.videos import CAMCORDER, CAMERAS, DARK, LIT, SYNC_SETTINGS, write_video

FPS = 25


def write_recording(folder: Path, timings: dict[str, Timing]) -> tuple[list[str], list[str]]:
    """Videos that show the light of `timings`; their records and indexes."""
    records, indexes = [], []
    for camera, timing in timings.items():
        levels = [round(DARK + (LIT - DARK) * timing.light(number)) for number in range(timing.frames)]
        path = write_video(folder / f"{camera}.mp4", levels, FPS, options=CAMCORDER)
        records.append(str(folder / f"{camera}.json"))
        indexes.append(str(folder / f"{camera}.parquet"))
        probe_video(str(path), records[-1], indexes[-1], False)
    return records, indexes


def timings_of(
    ppm: list[float], dark: tuple, seconds: float, starts: list[float] | None = None, cameras: tuple = CAMERAS
) -> dict[str, Timing]:
    starts = starts or [0.013 + 0.171 * i for i in range(len(cameras))]
    return {
        camera: Timing(start, (1 + error * 1e-6) / FPS, dark, int((seconds - start) * FPS))
        for camera, start, error in zip(cameras, starts, ppm, strict=True)
    }


def synchronise(folder: Path, timings: dict[str, Timing], manual: str = "", **settings) -> pd.DataFrame:
    records, indexes = write_recording(folder, timings)
    table, values = str(folder / "sync.csv"), SYNC_SETTINGS | settings
    synchronise_cameras(tuple(timings), records, indexes, table, manual, 50, values, threads=1)
    return pd.read_csv(folder / "sync.csv", index_col="camera")


def distances(sync: pd.DataFrame, timings: dict[str, Timing]) -> np.ndarray:
    """How far the frames of each moment are from the middle of all, in frames, (moments,)."""
    taken = []
    for camera, timing in timings.items():
        numbers = moment_frames(sync, camera, np.arange(timing.frames) / FPS, 5)
        assert (numbers >= 0).all()
        taken.append([timing.time_s(number) * FPS for number in numbers])
    length = min(map(len, taken))
    taken = np.array([times[:length] for times in taken])
    return (taken.max(axis=0) - taken.min(axis=0)) / 2


def test_a_second_light_event_measures_the_clocks(tmp_path, caplog):
    ppm = [1600, -1600, 800, -800, 0, 200]  # much, so that a short recording shows it
    timings = timings_of(ppm, ((2.004, 3.011), (38.003, 39.308)), 41)
    sync = synchronise(tmp_path, timings)
    # A camera that takes frames slowly sees less time pass between the two.
    assert (sync.clock_ppm - sync.clock_ppm.median()).to_numpy() == pytest.approx(
        np.median(ppm) - np.array(ppm), abs=0.03 * max(ppm)
    )
    assert (sync.end_error_frames == 0.5).all()
    assert distances(sync, timings).max() < 5 / 12 + 0.05
    assert distances(sync.assign(clock_ppm=0), timings)[-1] > 1
    assert "No second light event" not in caplog.text


def test_without_a_second_event_the_error_at_the_end_is_told(tmp_path, caplog):
    sync = synchronise(tmp_path, timings_of([0] * 6, ((2.004, 3.011),), 40))
    assert sync.end_s.isna().all()
    assert sync.clock_ppm.isna().all()
    assert sync.end_error_frames.to_numpy() == pytest.approx(0.5 + 37 * 50e-6 * FPS, rel=0.05)
    assert "No second light event for C1, C2, C3, C4, C5, C6" in caplog.text


def test_one_camera_without_the_second_event_keeps_the_others_clocks(tmp_path, caplog):
    timings = timings_of([100, -100, 0, 0, 0, 0], ((2.0, 3.0), (40.0, 41.0)), 44)
    short = timings["C4"]
    timings["C4"] = Timing(short.start_s, short.step_s, short.dark, int((35 - short.start_s) * FPS))
    sync = synchronise(tmp_path, timings)
    assert sync.end_s.isna().tolist() == [False, False, False, True, False, False]
    assert sync.end_error_frames["C4"] > sync.end_error_frames["C1"] == 0.5
    assert "Camera C4 ends" in caplog.text


def test_another_event_at_the_end_is_not_used_for_a_clock(caplog):
    table = pd.DataFrame({"sync_s": [1.0] * 6, "end_s": [61.0, 61.0, 61.001, 61.0, 58.0, np.nan]}, CAMERAS)
    ppm = measure_clocks(table, 25)
    assert ppm[:4].to_numpy() == pytest.approx([0, 0, 1e-3 / 60 * 1e6, 0], abs=0.1)
    assert ppm[4:].isna().all()
    assert "Camera C5" in caplog.text


def test_a_camera_with_another_dark_fragment_is_told(tmp_path):
    timings = timings_of([0] * 6, ((2.0, 3.0), (6.0, 8.0)), 30)
    late = timings["C3"]  # started after the light went off the first time
    timings["C3"] = Timing(4.0, late.step_s, late.dark, 26 * FPS)
    with pytest.raises(InputError, match=r"C3\.mp4\n  expected: a dark fragment of 1\.0.*\n.*one of 1\.9") as error:
        synchronise(tmp_path, timings)
    assert "dark_fragment" in str(error.value)


def test_a_camera_that_was_started_in_the_dark_is_synchronised(tmp_path):
    timings = timings_of([0] * 6, ((2.0, 4.0),), 20, [0, 0.2, 0.4, 0.6, 0.8, 3.1])
    sync = synchronise(tmp_path, timings)
    assert sync.dark_from["C6"] == 0
    assert sync.sync_frame["C6"] == 23
    assert distances(sync, timings).max() < 5 / 12 + 0.05


def test_reasons_are_given(tmp_path):
    sync = synchronise(tmp_path, timings_of([0] * 6, ((2.0, 3.0),), 20))
    assert sync.reason.str.startswith("the first frame lit for half of its exposure, after 2").all()


def records(fps=(25.0,) * 6, frames=100, cameras=CAMERAS):
    """Records of videos by camera."""
    about = {"frames": frames, "width": 64, "height": 48, "constant_rate": True, "bytes": 9}
    return {
        c: {"path": f"{c}.mp4", "name": f"{c}.mp4", "fps": rate, "digest": c} | about
        for c, rate in zip(cameras, fps, strict=True)
    }


def test_cameras_with_different_rates_are_an_input_error():
    check_cameras(records())
    with pytest.raises(InputError, match="C3: 50 fps"):
        check_cameras(records([25.0, 25.0, 50.0, 25.0, 25.0, 25.0]))


def test_manual_frames_overrule_detection(tmp_path):
    sync = synchronise(tmp_path, timings_of([0] * 6, (), 12), manual="1,2,3,4,5,-6")
    assert sync.sync_frame.tolist() == [1, 2, 3, 4, 5, -6]
    assert set(sync.method) == {"manual"}
    times = np.arange(250) / FPS
    assert moment_frames(sync, "C5", times, 5)[:3].tolist() == [5, 10, 15]
    assert moment_frames(sync, "C6", times, 5)[:4].tolist() == [-1, -1, 4, 9]


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d,e,f", "1,2,3,4,5,100"])
def test_wrong_manual_frames_are_an_input_error(text):
    with pytest.raises(InputError, match=r"frame numbers of 6 camera\(s\)"):
        manual_frames(text, list(records().values()))


@pytest.mark.parametrize(("text", "numbers"), [("4", [4]), ("-3, 99", [-3, 99]), ("1,2,3,4,5,6,7,8", [*range(1, 9)])])
def test_a_frame_is_given_for_each_camera(text, numbers):
    names = tuple(f"top_{number}" for number in range(len(numbers)))
    given = list(records([25.0] * len(numbers), cameras=names).values())
    assert manual_frames(text, given) == numbers
    for other in (f"{text},1", text.rpartition(",")[0]):
        with pytest.raises(InputError, match=rf"frame numbers of {len(numbers)} camera\(s\)"):
            manual_frames(other, given)


@pytest.mark.parametrize("dark", [(), ((2.0, 3.0),), ((2.0, 3.0), (15.0, 16.0))])
def test_a_camera_that_is_alone_starts_with_its_first_frame_and_needs_no_light(tmp_path, caplog, dark):
    timings = timings_of([0], dark, 20, cameras=("front",))
    sync = synchronise(tmp_path, timings)
    assert sync.index.tolist() == ["front"]
    row = sync.loc["front"]
    assert (row.method, row.sync_frame, row.end_error_frames) == ("first frame", 0, 0.5)
    assert (row.dark_from, row.dark_frames, row.rise_frames) == (-1, 0, 0)
    assert row.sync_s == pytest.approx(-0.5 / FPS)
    assert np.isnan(row.clock_ppm) and np.isnan(row.end_s)
    assert row.reason == "the first frame of the only camera"
    assert not [record for record in caplog.records if record.levelname == "WARNING"]
    frames = timings["front"].frames
    numbers = moment_frames(sync, "front", np.arange(frames) / FPS, 5)
    assert numbers.tolist() == list(range(0, frames, 5))


def test_a_camera_that_is_alone_may_be_started_at_a_given_frame(tmp_path):
    sync = synchronise(tmp_path, timings_of([0], (), 8, cameras=("front",)), manual="7")
    assert (sync.method["front"], sync.sync_frame["front"], sync.end_error_frames["front"]) == ("manual", 7, 0.5)
    assert moment_frames(sync, "front", np.arange(100) / FPS, 5)[:3].tolist() == [7, 12, 17]


PAIR = ("top_2", "left")


def test_two_cameras_are_synchronised_and_their_clocks_compared(tmp_path, caplog):
    timings = timings_of([1600, -1600], ((2.004, 3.011), (38.003, 39.308)), 41, cameras=PAIR)
    sync = synchronise(tmp_path, timings)
    assert sync.index.tolist() == list(PAIR) and set(sync.method) == {"light"}
    assert sync.clock_ppm.to_numpy() == pytest.approx([-1600, 1600], abs=50)
    assert (sync.end_error_frames == 0.5).all()
    assert distances(sync, timings).max() < 1 / 4 + 0.05
    assert distances(sync.assign(clock_ppm=0), timings)[-1] > 1
    assert "No second light event" not in caplog.text


def test_two_cameras_need_the_light(tmp_path):
    with pytest.raises(InputError, match=r"top_2\.mp4"):
        synchronise(tmp_path, timings_of([0, 0], (), 12, cameras=PAIR))


def test_without_a_second_event_two_cameras_are_told_by_name(tmp_path, caplog):
    sync = synchronise(tmp_path, timings_of([0, 0], ((2.004, 3.011),), 40, cameras=PAIR))
    assert sync.clock_ppm.isna().all()
    assert sync.end_error_frames.to_numpy() == pytest.approx(0.5 + 37 * 50e-6 * FPS, rel=0.05)
    assert "No second light event for top_2, left" in caplog.text


def test_two_cameras_with_other_dark_fragments_are_told(tmp_path):
    timings = timings_of([0, 0], ((2.0, 3.0), (6.0, 8.0)), 30, cameras=PAIR)
    late = timings["left"]  # started after the light went off the first time
    timings["left"] = Timing(4.0, late.step_s, late.dark, 26 * FPS)
    with pytest.raises(InputError, match="a dark fragment of") as error:
        synchronise(tmp_path, timings)
    assert "dark_fragment" in str(error.value)


@pytest.mark.parametrize("many", [4, 8])
def test_each_of_more_cameras_is_near_to_their_moments(tmp_path, many):
    names = tuple(f"side_{number}" for number in range(many))
    timings = timings_of([0] * many, ((2.0, 3.0),), 12, cameras=names)
    sync = synchronise(tmp_path, timings)
    assert sync.index.tolist() == list(names)
    assert distances(sync, timings).max() < (1 - 1 / many) / 2 + 0.05


@pytest.mark.parametrize("cameras", [("front",), PAIR, tuple(f"side_{number}" for number in range(8))])
def test_any_number_of_cameras_is_checked(cameras):
    rates = [25.0] * len(cameras)
    check_cameras(records(rates, cameras=cameras))
    if len(cameras) > 1:
        with pytest.raises(InputError, match=f"expected: cameras with one frame rate\n.*{cameras[-1]}: 50 fps"):
            check_cameras(records([*rates[1:], 50.0], cameras=cameras))
        odd = records(rates, cameras=cameras)
        odd[cameras[-1]]["width"] = 32
        with pytest.raises(InputError, match=f"expected: cameras with one frame size\n.*{cameras[-1]}: 32x48 px"):
            check_cameras(odd)
