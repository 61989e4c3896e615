import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.regions.curves import (
    CURVE,
    HeldOutCurve,
    Manner,
    RegionMargins,
    calibrate_curves,
    judge_curves,
    make_curve,
    smooth_over_time,
)

MANNER = Manner(window_s=1.0, closed=7, blink_s=0.5, highest=9)
NAN = float("nan")


def raw_curve(scores, fps: float = 10) -> pd.DataFrame:
    scores = np.array(scores, float)
    frames = np.arange(len(scores))
    reasons = np.where(np.isnan(scores), "no eye in sight", "")
    return pd.DataFrame({"frame_num": frames, "time_s": frames / fps, "score": scores, "eyes": 1, "abstained": reasons})


@given(st.lists(st.one_of(st.none(), st.floats(0, 9)), min_size=1, max_size=40), st.floats(0.05, 3))
def test_smoothing_is_the_mean_of_what_is_near_in_time(values, window_s):
    scores = np.array([NAN if value is None else value for value in values])
    times = np.cumsum(np.random.default_rng(len(values)).uniform(0.01, 0.2, len(values)))
    smoothed = smooth_over_time(times, scores, window_s)
    for row, time in enumerate(times):
        near = scores[np.abs(times - time) <= window_s / 2 + 1e-9]
        near = near[~np.isnan(near)]
        expected = near.mean() if len(near) and not np.isnan(scores[row]) else NAN
        assert smoothed[row] == pytest.approx(expected, nan_ok=True, abs=1e-9)


def test_a_blink_keeps_its_score_and_has_no_part_in_the_smoothed_curve():
    curve = make_curve(raw_curve([2] * 10 + [9, 9] + [2] * 10), MANNER, RegionMargins(1.0, 0.5))
    assert list(curve.columns) == CURVE
    assert curve.blink.to_numpy().nonzero()[0].tolist() == [10, 11]
    assert curve.score[10] == 9 and np.isnan(curve.smoothed[10])
    assert (curve.smoothed.dropna() == 2).all()


def test_eyes_that_stay_shut_are_tightening():
    curve = make_curve(raw_curve([2] * 10 + [9] * 20 + [2] * 10), MANNER, RegionMargins(1.0, 0.5))
    assert not curve.blink.any() and curve.smoothed.max() == 9


def test_intervals_stay_within_the_scale():
    curve = make_curve(raw_curve([0.2, 8.9, NAN]), MANNER, RegionMargins(1.0, 2.0))
    assert curve.low.tolist()[:2] == [0, pytest.approx(7.9)] and curve.high.tolist()[:2] == [pytest.approx(1.2), 9]
    assert np.isnan(curve.low[2]) and curve.abstained[2] == "no eye in sight"


def test_margins_are_kept_as_plain_data():
    margins = RegionMargins(math.inf, 0.5)
    assert margins.values == {"frame": None, "curve": 0.5}
    assert RegionMargins.read(margins.values) == margins


def held_out(animal: str, error: float, generator: np.random.Generator) -> HeldOutCurve:
    """A slow curve whose frames err by noise and by what its animal does."""
    true = 4 + np.sin(np.arange(300) / 40)
    raw = raw_curve(true + error + generator.normal(0, 0.5, 300))
    frames = np.arange(0, 300, 10)
    return HeldOutCurve("R1", "1", animal, raw, pd.DataFrame({"frame_num": frames, "score": true[frames]}))


def test_calibrated_intervals_hold_what_they_should_on_other_animals():
    generator = np.random.default_rng(0)
    curves = [held_out(f"m{number}", generator.normal(0, 0.4), generator) for number in range(30)]
    margins = calibrate_curves(curves, MANNER, 0.9)
    assert margins.curve < margins.frame, "the mean of many frames is surer than one"
    judged = judge_curves(curves, MANNER, 0.9)
    assert set(judged.animal) == {curve.animal for curve in curves} and len(judged) == 900
    for low, high in (("low", "high"), ("smoothed_low", "smoothed_high")):
        held = ((judged[low] <= judged.expert) & (judged.expert <= judged[high])).mean()
        assert 0.86 < held < 0.94


def test_too_few_scores_promise_nothing():
    curve = held_out("m1", 0.0, np.random.default_rng(1))
    few = HeldOutCurve("R1", "1", "m1", curve.raw, curve.labels.head(5))
    assert calibrate_curves([few], MANNER, 0.9) == RegionMargins(math.inf, math.inf)
