"""Timelines show where nothing was scored."""

import numpy as np
import pandas as pd

from scripts.timelines.draw_timeline import MANY, break_gaps, draw_timeline
from tests.videos import CAMERAS


def test_gaps_stay_gaps():
    times = [0.0, 0.5, 1.0, 3.0, 3.5, 4.5]  # 1.5 to 2.5, and 4.0, are missing
    table = pd.DataFrame({"time_s": times, "faces": 2, "fused": 1.0})
    shown = break_gaps(table)
    missing = shown[shown.faces == 0]
    assert missing.time_s.tolist() == [1.5, 2.5, 4.0, 4.0]
    assert missing.fused.isna().all()
    pd.testing.assert_frame_equal(shown[shown.faces > 0].reset_index(drop=True), table)


def test_a_timeline_without_gaps_is_left_as_it_is():
    table = pd.DataFrame({"time_s": [0.0, 0.5, 1.0], "faces": [1, 2, 3], "fused": 1.0})
    pd.testing.assert_frame_equal(break_gaps(table), table, check_dtype=False)
    pd.testing.assert_frame_equal(break_gaps(table[:1]), table[:1], check_dtype=False)


def test_the_timeline_of_an_hour_is_no_larger_than_a_picture(tmp_path):
    times = np.arange(2 * MANY) / 10
    table = pd.DataFrame({"time_s": times, "faces": 2} | {name: 1 + np.sin(times / 9) for name in (*CAMERAS, "fused")})
    table.assign(spread=0.1, smoothed=1.0, smoothed_low=0.8, smoothed_high=1.2, abstained="").to_csv(
        tmp_path / "NEW1.csv", index=False
    )
    figures = [tmp_path / "one.svg", tmp_path / "other.svg"]
    for figure in figures:
        draw_timeline(str(tmp_path / "NEW1.csv"), str(figure), "NEW1", 60, 0.9, CAMERAS, 2)
    one, other = (figure.read_bytes() for figure in figures)
    assert len(one) < 500_000
    assert one == other
