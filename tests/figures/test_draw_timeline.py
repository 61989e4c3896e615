"""Timelines show where nothing was scored."""

import pandas as pd

from scripts.figures.draw_timeline import break_gaps


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
