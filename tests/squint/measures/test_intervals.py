"""Intervals of known predictions, to the digit. Whether they keep their promise: test_measure_intervals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.measures.intervals import conformal_margin, predict_intervals, quantiles, raw_intervals
from squint.outputs.distribution import above_columns, thresholds
from tests.scales import ORBITAL

THRESHOLDS = thresholds(2)


def moments(predictions, scores, above=None, highest=2):
    table = pd.DataFrame({"experiment": "EXP1", "item": range(len(scores)), "score": scores, "prediction": predictions})
    return table if above is None else pd.concat([table, pd.DataFrame(above, columns=above_columns(highest))], axis=1)


def margin(distances, coverage):
    """The margin of predictions of 1 whose scores are so far from it."""
    said = np.ones(len(distances))
    return conformal_margin(said, said, said + np.array(distances), coverage)


@given(st.floats(0, 1))
def test_quantiles_of_a_uniform_distribution_are_its_shares(share):
    for highest in (2, ORBITAL.highest):
        assert quantiles((1 - thresholds(highest) / highest)[None], share, highest) == pytest.approx([highest * share])


def test_no_distributions_have_no_quantiles():
    assert quantiles(np.empty((0, len(THRESHOLDS))), 0.5, 2).shape == (0,)


def test_a_prediction_is_its_own_interval_and_a_distribution_has_its_quantiles():
    low, high = raw_intervals(moments([0.4, 1.2], [0.0, 0.0]), 0.9, 2)
    assert low.tolist() == high.tolist() == [0.4, 1.2]
    uniform = np.tile(1 - THRESHOLDS / 2, (2, 1))
    low, high = raw_intervals(moments([1.0, 1.0], [0.0, 0.0], uniform), 0.9, 2)
    assert low == pytest.approx([0.1, 0.1]) and high == pytest.approx([1.9, 1.9])


@pytest.mark.parametrize(
    ("count", "coverage", "place"),
    [(9, 0.9, 9), (10, 0.9, 10), (19, 0.9, 18), (4, 0.5, 3), (3, 0.5, 2), (1, 0.5, 1)],
)
def test_the_margin_is_the_distance_at_the_promised_place(count, coverage, place):
    """Of n sorted distances that at (n + 1) times the coverage, rounded up."""
    distances = np.arange(1, count + 1) / 100
    assert margin(distances[::-1], coverage) == pytest.approx(place / 100)
    assert margin(-distances, coverage) == pytest.approx(place / 100)


@pytest.mark.parametrize("count", [0, 1, 8])
def test_too_few_moments_have_no_margin(count):
    assert margin(np.zeros(count), 0.9) == float("inf")


def test_intervals_that_hold_too_much_are_drawn_in():
    assert conformal_margin(np.zeros(9), np.full(9, 2.0), np.full(9, 0.5), 0.9) == pytest.approx(-0.5)


def test_an_interval_is_as_wide_as_the_margin_on_both_sides():
    validation = moments(np.ones(9), 1 + np.arange(1, 10) / 100)
    test = predict_intervals(validation, moments([0.5, 0.05, 2.0], [0.0, 0.0, 0.0]), 0.9, 2)
    assert test.low.tolist() == pytest.approx([0.41, 0, 1.91])
    assert test.high.tolist() == pytest.approx([0.59, 0.14, 2.0])
    assert test.columns.tolist() == ["experiment", "item", "score", "prediction", "low", "high"]


def test_an_interval_that_is_drawn_in_ends_in_its_middle():
    """Distributions that know nothing before calibration, of moments that are all in the middle."""
    uniform = np.tile(1 - THRESHOLDS / 2, (9, 1))
    sure = (THRESHOLDS < 0.4).astype(float)[None]
    test = predict_intervals(moments(np.ones(9), np.ones(9), uniform), moments([0.4], [0.4], sure), 0.9, 2)
    assert (test.low == test.high).all()
    assert test.low.tolist() == pytest.approx([0.4], abs=0.05)


def test_no_test_moments_have_no_intervals():
    assert predict_intervals(moments(np.ones(9), np.ones(9)), moments([], []), 0.9, 2).empty


def test_intervals_of_another_scale_reach_to_its_highest_score():
    uniform = np.tile(1 - thresholds(9) / 9, (2, 1))
    low, high = raw_intervals(moments([4.5, 4.5], [0.0, 0.0], uniform, highest=9), 0.9, 9)
    assert low == pytest.approx([0.45, 0.45]) and high == pytest.approx([8.55, 8.55])
    validation = moments(np.ones(9), 1 + np.arange(1, 10) / 10)
    test = predict_intervals(validation, moments([5.0, 8.5, 0.5], [0.0, 0.0, 0.0]), 0.9, 9)
    assert test.low.tolist() == pytest.approx([4.1, 7.6, 0]) and test.high.tolist() == pytest.approx([5.9, 9, 1.4])
