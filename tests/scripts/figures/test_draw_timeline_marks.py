"""A timeline shows the scores of its table at their times, and nothing where there is no face."""

import numpy as np
import pandas as pd
import pytest

from scripts.figures.draw_timeline import MANY, draw_timeline
from squint.domain.rig import CAMERAS
from tests.shown import entries, figure_of, points, run_script

TIMES = [0.0, 0.5, 1.0, 3.0, 3.5]  # 1.5 to 2.5 are missing


def timeline(times=TIMES, **columns):
    """A timeline whose values tell their row; the sixth camera sees nothing."""
    count = len(times)
    table = pd.DataFrame({"time_s": times, "faces": 1 + np.arange(count) % 5})
    for number, camera in enumerate(CAMERAS):
        table[camera] = 0.1 * number + 0.01 * np.arange(count)
    table["C6"] = np.nan
    return table.assign(fused=0.5 + 0.1 * (np.arange(count) % 9), spread=0.2, smoothed=1.0, **columns)


def draw(folder, table, window_s=5):
    table.to_csv(folder / "t.csv", index=False)
    return figure_of(draw_timeline, str(folder / "t.csv"), "x.svg", "NEW1", window_s)


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
    assert cameras.get_title(loc="left") == "NEW1: each camera"
    assert entries(cameras.get_legend()) == list(CAMERAS)


def test_the_fused_score_has_a_dot_a_sample_and_its_mean_a_line(tmp_path):
    table = timeline(times=[0.0, 0.5, 1.0])
    fused = draw(tmp_path, table, window_s=2.5).axes[1]
    dots, mean = fused.lines
    assert seen(dots) == list(zip(table.time_s, table.fused, strict=True))
    assert seen(mean) == [(time, 1.0) for time in table.time_s]
    assert [line.get_label() for line in (dots, mean)] == ["fused", "fused, mean over 2.5 s"]
    assert entries(fused.get_legend()) == ["± 1 SD of the networks", "fused", "fused, mean over 2.5 s"]


def test_the_band_is_the_spread_of_the_ensemble_around_the_fused_score(tmp_path):
    table = timeline(times=[0.0, 0.5, 1.0])
    (band,) = draw(tmp_path, table).axes[1].collections
    (path,) = band.get_paths()
    corners = {(float(x), round(float(y), 6)) for x, y in path.vertices}
    for time, fused in zip(table.time_s, table.fused, strict=True):
        assert (time, round(fused - 0.2, 6)) in corners and (time, round(fused + 0.2, 6)) in corners


def test_lines_and_band_break_where_no_camera_saw_a_face(tmp_path):
    _, fused, faces = draw(tmp_path, timeline()).axes
    mean = fused.lines[1]
    empty = [x for x, y in points(mean) if np.isnan(y)]
    assert empty == [1.5, 2.5]
    (band,) = fused.collections
    assert [(path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in band.get_paths()] == [(0, 1), (3, 3.5)]
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
    figures = run_script("figures/draw_timeline.py", given, {"window_s": 60}, made, {"experiment": "NEW7"})
    axes = figures["x.svg"].axes
    assert axes[0].get_title(loc="left") == "NEW7: each camera"
    assert axes[1].lines[1].get_label() == "fused, mean over 60 s"
