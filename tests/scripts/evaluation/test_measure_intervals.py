"""Predicted intervals keep their promise on moments like those that they were calibrated on."""

import numpy as np
import pandas as pd
import pytest

from scripts.evaluation.measure_intervals import tabulate_intervals
from squint.domain.seeds import named_generator
from squint.measures.intervals import conformal_margin, predict_intervals, quantiles
from squint.outputs.distribution import ABOVE, THRESHOLDS


def moments(count, seed, distribution):
    """Moments whose scores scatter around what is said of them, the more the higher it is."""
    generator = named_generator(seed, "moments")
    said = generator.uniform(0.3, 1.7, count)
    width = 0.05 + 0.2 * said
    score = np.round(np.clip(generator.normal(said, width), 0, 2), 1)
    table = pd.DataFrame({"experiment": "x", "item": range(count), "score": score, "prediction": said})
    if distribution:
        above = 1 / (1 + np.exp(1.7 * (THRESHOLDS - said[:, None]) / width[:, None]))
        table = pd.concat([table, pd.DataFrame(above, columns=ABOVE)], axis=1)
    return table


@pytest.mark.parametrize("distribution", [False, True])
@pytest.mark.parametrize("coverage", [0.5, 0.9])
def test_intervals_cover_what_they_promise(distribution, coverage):
    held = []
    for seed in range(150):
        test = predict_intervals(moments(60, f"v{seed}", distribution), moments(60, f"t{seed}", distribution), coverage)
        assert (test.low >= 0).all() and (test.high <= 2).all() and (test.low <= test.high).all()
        held.append(((test.low <= test.score) & (test.score <= test.high)).mean())
    # Scores in steps of a tenth give it a little more.
    assert coverage - 0.01 <= np.mean(held) <= coverage + 0.06


def test_a_distribution_gives_wider_intervals_where_it_is_less_sure():
    test = predict_intervals(moments(200, "v", True), moments(200, "t", True), 0.9)
    width = test.high - test.low
    assert width[test.prediction > 1.2].mean() > 1.3 * width[test.prediction < 0.6].mean()


def test_quantiles_of_a_certain_distribution_are_its_score():
    above = (np.array([[0.0], [0.7], [2.0]]) > THRESHOLDS).astype(float)
    assert quantiles(above, 0.5) == pytest.approx([0.025, 0.7, 1.975], abs=0.03)


def test_too_few_moments_promise_nothing():
    assert conformal_margin(np.zeros(5), np.zeros(5), np.ones(5), 0.9) == float("inf")
    test = predict_intervals(moments(5, "v", False), moments(3, "t", False), 0.9)
    assert (test.low == 0).all() and (test.high == 2).all()


def test_the_table_tells_each_score_range():
    test = predict_intervals(moments(60, "v", True), moments(300, "t", True), 0.9)
    test["fold"] = test["item"] % 3 + 1
    table = tabulate_intervals({"a": test}, 200, 0.95, 1)
    assert table.score.tolist() == ["0–0.5", "0.5–1", "1–1.5", "1.5–2", "all"]
    assert table.moments.iloc[:-1].sum() == table.moments.iloc[-1] == 300
    assert (table["coverage low"] <= table.coverage).all() and (table.coverage <= table["coverage high"]).all()
    # What is said scatters around the middle: low scores are told too high, high ones too low.
    assert table["mean error"].iloc[0] > 0 > table["mean error"].iloc[3]
