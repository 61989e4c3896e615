"""Predicted intervals keep their promise on moments like those that they were calibrated on."""

import numpy as np
import pandas as pd
import pytest

from scripts.evaluation.measure_intervals import read_intervals, tabulate_intervals
from squint.domain.seeds import named_generator
from squint.measures.intervals import conformal_margin, predict_intervals, quantiles
from squint.outputs.distribution import above_columns, thresholds
from tests.scales import MGS, ORBITAL


def moments(count, seed, distribution, highest=2):
    """Moments whose scores scatter around what is said of them, the more the higher it is."""
    generator = named_generator(seed, "moments")
    said = generator.uniform(0.15, 0.85, count) * highest
    width = 0.025 * highest + 0.2 * said
    score = np.round(np.clip(generator.normal(said, width), 0, highest), 1)
    table = pd.DataFrame({"experiment": "x", "item": range(count), "score": score, "prediction": said})
    if distribution:
        above = 1 / (1 + np.exp(1.7 * (thresholds(highest) - said[:, None]) / width[:, None]))
        table = pd.concat([table, pd.DataFrame(above, columns=above_columns(highest))], axis=1)
    return table


def intervals(validation, test, distribution, coverage=0.9, highest=2):
    """Intervals of so many test moments, which were calibrated on so many others; both by number and seed."""
    given = (moments(*which, distribution, highest) for which in (validation, test))
    return predict_intervals(*given, coverage, highest)


@pytest.mark.parametrize("highest", [2, 9])
@pytest.mark.parametrize("distribution", [False, True])
@pytest.mark.parametrize("coverage", [0.5, 0.9])
def test_intervals_cover_what_they_promise(distribution, coverage, highest):
    held = []
    for seed in range(150):
        test = intervals((60, f"v{seed}"), (60, f"t{seed}"), distribution, coverage, highest)
        assert (test.low >= 0).all() and (test.high <= highest).all() and (test.low <= test.high).all()
        held.append(((test.low <= test.score) & (test.score <= test.high)).mean())
    # Scores in steps of a tenth give it a little more.
    assert coverage - 0.01 <= np.mean(held) <= coverage + 0.06


def test_a_distribution_gives_wider_intervals_where_it_is_less_sure():
    test = intervals((200, "v"), (200, "t"), True)
    width = test.high - test.low
    assert width[test.prediction > 1.2].mean() > 1.3 * width[test.prediction < 0.6].mean()


def test_quantiles_of_a_certain_distribution_are_its_score():
    above = (np.array([[0.0], [0.7], [2.0]]) > thresholds(2)).astype(float)
    assert quantiles(above, 0.5, 2) == pytest.approx([0.025, 0.7, 1.975], abs=0.03)
    above = (np.array([[0.0], [3.15], [9.0]]) > thresholds(9)).astype(float)
    assert quantiles(above, 0.5, 9) == pytest.approx([0.11, 3.15, 8.89], abs=0.13)


def test_too_few_moments_promise_nothing():
    assert conformal_margin(np.zeros(5), np.zeros(5), np.ones(5), 0.9) == float("inf")
    test = intervals((5, "v"), (3, "t"), False)
    assert (test.low == 0).all() and (test.high == 2).all()


def test_the_table_tells_each_score_range():
    test = intervals((60, "v"), (300, "t"), True)
    test["subject"] = test["item"] % 3 + 1
    table = tabulate_intervals({"a": test}, MGS, 200, 0.95, 1)
    assert table.score.tolist() == ["0–0.5", "0.5–1", "1–1.5", "1.5–2", "all"]
    assert table.moments.iloc[:-1].sum() == table.moments.iloc[-1] == 300
    assert (table["coverage low"] <= table.coverage).all() and (table.coverage <= table["coverage high"]).all()
    # What is said scatters around the middle: low scores are told too high, high ones too low.
    assert table["mean error"].iloc[0] > 0 > table["mean error"].iloc[3]


def test_ranges_are_those_of_the_scale(tmp_path):
    for fold in (1, 2):
        for subset in ("validation", "test_corr"):
            table = moments(60, f"{fold}{subset}", True, highest=9).assign(camera="left", sync_index=0, frame_num=0)
            table.to_parquet(tmp_path / f"LOSOCV-{fold}-{subset}.parquet")
    read = read_intervals(str(tmp_path), [1, 2], 0.9, ORBITAL, {"x": "mouse1"})
    table = tabulate_intervals({"a": read}, ORBITAL, 200, 0.95, 1)
    assert table.score.tolist() == ["0–2.25", "2.25–4.5", "4.5–6.75", "6.75–9", "all"]
    assert table.moments.iloc[-1] == 120 and read.high.max() > 2 and set(read.subject) == {"mouse1"}
