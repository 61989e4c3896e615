"""A timeline shows the scores of its table at their times, and nothing where there is no face."""

import numpy as np
import pandas as pd
import pytest

from scripts.timelines.draw_timeline import MANY, draw_timeline
from tests.shown import entries, figure_of, points, run_script
from tests.videos import CAMERAS

TIMES = [0.0, 0.5, 1.0, 3.0, 3.5]  # 1.5 to 2.5 are missing


def timeline(times=TIMES, cameras=CAMERAS, **columns):
    """A timeline whose values tell their row; a camera C6 sees nothing."""
    count = len(times)
    table = pd.DataFrame({"time_s": times, "faces": 1 + np.arange(count) % 5})
    for number, camera in enumerate(cameras):
        table[camera] = 0.1 * number + 0.01 * np.arange(count)
    if "C6" in cameras:
        table["C6"] = np.nan
    table = table.assign(fused=0.5 + 0.1 * (np.arange(count) % 9), spread=0.2, smoothed=1.0)
    return table.assign(**{"smoothed_low": 0.7, "smoothed_high": 1.4, "abstained": ""} | columns)


def draw(folder, table, window_s=5, cameras=CAMERAS, highest=2):
    table.to_csv(folder / "t.csv", index=False)
    return figure_of(draw_timeline, str(folder / "t.csv"), "x.svg", "NEW1", window_s, 0.9, cameras, highest)


def seen(line):
    """The points of a line that are drawn."""
    return [(x, pytest.approx(y)) for x, y in points(line) if not np.isnan(y)]


def test_each_camera_has_its_own_dots(tmp_path):
    table = timeline()
    cameras = draw(tmp_path, table).axes[0]
    assert [line.get_label() for line in cameras.lines] == list(CAMERAS)
    for line, camera in zip(cameras.lines[:5], CAMERAS, strict=False):
        assert seen(line) == list(zip(TIMES, table[camera], strict=True))
    assert seen(cameras.lines[5]) == []
    assert len({line.get_color() for line in cameras.lines}) == 6
    assert cameras.get_title(loc="left") == "NEW1, each camera"
    assert entries(cameras.get_legend()) == list(CAMERAS)


def test_the_fused_score_has_a_dot_a_sample_and_its_mean_a_line(tmp_path):
    table = timeline(times=[0.0, 0.5, 1.0])
    fused = draw(tmp_path, table, window_s=2.5).axes[1]
    dots, mean = fused.lines
    assert seen(dots) == list(zip(table.time_s, table.fused, strict=True))
    assert seen(mean) == [(time, 1.0) for time in table.time_s]
    assert [line.get_label() for line in (dots, mean)] == ["fused", "fused, mean over 2.5 s"]
    assert entries(fused.get_legend()) == [
        *("should hold 90 % of an expert's scores", "± 1 SD of the networks", "fused", "fused, mean over 2.5 s")
    ]


def test_the_band_is_the_spread_of_the_ensemble_around_the_fused_score(tmp_path):
    table = timeline(times=[0.0, 0.5, 1.0])
    _, band = draw(tmp_path, table).axes[1].collections
    (path,) = band.get_paths()
    corners = {(float(x), round(float(y), 6)) for x, y in path.vertices}
    for time, fused in zip(table.time_s, table.fused, strict=True):
        assert (time, round(fused - 0.2, 6)) in corners and (time, round(fused + 0.2, 6)) in corners


def test_the_interval_of_the_smoothed_curve_lies_behind_it(tmp_path):
    band, _ = draw(tmp_path, timeline(times=[0.0, 0.5, 1.0])).axes[1].collections
    (path,) = band.get_paths()
    assert {round(float(y), 6) for _, y in path.vertices} == {0.7, 1.4}


@pytest.mark.parametrize("highest", [2, 9])
def test_moments_that_are_not_scored_are_marked_below_the_scale(tmp_path, highest):
    nothing = dict.fromkeys(("fused", "spread", "smoothed", "smoothed_low", "smoothed_high"), np.nan)
    table = timeline(times=[0.0, 0.5, 1.0, 1.5])
    table.loc[[1, 2], list(nothing)] = np.nan
    table.loc[[1, 2], "abstained"] = ["blurred", "too small"]
    fused = draw(tmp_path, table, highest=highest).axes[1]
    (marks,) = [line for line in fused.lines if line.get_label() == "not scored"]
    assert [x for x, _ in points(marks)] == [0.5, 1.0]
    assert all(fused.get_ylim()[0] < y < 0 for _, y in points(marks))
    assert "not scored" in entries(fused.get_legend())


def test_lines_and_band_break_where_no_camera_saw_a_face(tmp_path):
    _, fused, faces = draw(tmp_path, timeline()).axes
    mean = fused.lines[1]
    empty = [x for x, y in points(mean) if np.isnan(y)]
    assert empty == [1.5, 2.5]
    for band in fused.collections:
        ends = [(path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in band.get_paths()]
        assert ends == [(0, 1), (3, 3.5)]
    assert points(faces.lines[0]) == [(0, 1), (0.5, 2), (1, 3), (1.5, 0), (2.5, 0), (3, 4), (3.5, 5)]


def test_all_panels_share_their_time_and_the_scale_of_scores_is_whole(tmp_path):
    cameras, fused, faces = draw(tmp_path, timeline()).axes
    assert cameras.get_xlim() == fused.get_xlim() == faces.get_xlim()
    for axes in (cameras, fused):
        assert axes.get_ylim()[0] < 0 and axes.get_ylim()[1] > 2
    assert faces.get_xlabel() == "time after the synchronisation frame in s"


def test_one_sample_is_drawn(tmp_path):
    table = timeline(times=[2.0])
    _, fused, faces = draw(tmp_path, table).axes
    assert seen(fused.lines[0]) == [(2.0, 0.5)]
    assert points(faces.lines[0]) == [(2.0, 1)]


@pytest.mark.parametrize(("many", "pictured"), [(MANY, False), (MANY + 1, True)])
def test_dots_are_a_picture_from_many_on_and_the_mean_never(tmp_path, many, pictured):
    cameras, fused, faces = draw(tmp_path, timeline(times=np.arange(many) / 10)).axes
    parts = [*cameras.lines, fused.lines[0], *fused.collections, *faces.lines]
    assert {bool(part.get_rasterized()) for part in parts} == {pictured}
    assert not fused.lines[1].get_rasterized()


def test_the_job_names_the_recording(tmp_path):
    timeline().to_csv(tmp_path / "t.csv", index=False)
    given, made = {"table": tmp_path / "t.csv"}, {"figure": "x.svg"}
    params = {"window_s": 60, "coverage": 0.9, "cameras": CAMERAS, "highest": 2, "note": ""}
    figures = run_script("timelines/draw_timeline.py", given, params, made, {"experiment": "NEW7"})
    axes = figures["x.svg"].axes
    assert axes[0].get_title(loc="left") == "NEW7, each camera"
    assert axes[1].lines[1].get_label() == "fused, mean over 60 s"


@pytest.mark.parametrize("count", [1, 2, 8, 12])
def test_any_number_of_cameras_can_be_told_apart(tmp_path, count):
    names = tuple(f"top_{number}" for number in range(count))
    table = timeline(cameras=names)
    each, _, faces = draw(tmp_path, table, cameras=names).axes
    for line, camera in zip(each.lines, names, strict=True):
        assert seen(line) == list(zip(TIMES, table[camera], strict=True))
        assert line.get_linestyle() == "None"
    assert len({(line.get_color(), line.get_marker()) for line in each.lines}) == count
    assert entries(each.get_legend()) == list(names)
    assert faces.get_yticks()[0] == 0 and faces.get_yticks()[-1] == count


@pytest.mark.parametrize("highest", [1, 2, 6, 9])
def test_scores_stand_on_the_whole_scale_in_whole_steps(tmp_path, highest):
    each, fused, _ = draw(tmp_path, timeline(), highest=highest).axes
    for axes in (each, fused):
        low, high = axes.get_ylim()
        assert -highest < low < 0 and highest < high < 2 * highest
        steps = [place for place in axes.get_yticks() if low <= place <= high]
        assert steps[0] == 0 and steps[-1] == highest
        assert all(place == int(place) for place in steps)


def test_a_timeline_of_one_camera_counts_one_face(tmp_path):
    faces = draw(tmp_path, timeline(cameras=("front",)), cameras=("front",)).axes[2]
    assert faces.get_yticks().tolist() == [0, 1]
