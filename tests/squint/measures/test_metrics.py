"""Errors, balanced errors, correlation and their intervals (thesis, 5.5.1, 5.5.2.5, 5.5.2.8)."""

import numpy as np
import pandas as pd
import pytest

from squint.domain.seeds import named_generator
from squint.learning.balanced import balanced_batches
from squint.measures.bootstrap import interval
from squint.measures.metrics import (
    add_samples,
    correlation,
    fold_values,
    measure,
    merge_views,
    outside_gap,
    pooled_correlation,
    single_views,
)
from squint.outputs.__init__ import make_output
from squint.samples.predictions import ALL_VIEWS
from tests.scales import MGS, ORBITAL, SCALE

BINS = [0, 0.5, 1.5, 2.0]
REGRESSION, BINARY, CLASSES = (
    make_output({"output": output, "bins": BINS, "gap": [0.5, 0.5], "scale": SCALE})
    for output in ("regression", "binary", "classes")
)

SUBJECTS = {f"EXP{number}": f"mouse{number}" for number in range(1, 7)}


def predictions(moments=40, views=3, seed=1):
    generator = named_generator(seed, "predictions")
    score = np.round(generator.uniform(0, 2, moments) * 5) / 5
    table = pd.DataFrame(
        {
            "experiment": "EXP1",
            "item": np.repeat(range(moments), views),
            "camera": np.tile([f"C{number}" for number in range(1, views + 1)], moments),
            "score": np.repeat(score, views),
            "sync_index": 0,
        }
    )
    table["prediction"] = table.score + generator.normal(0, 0.3, len(table))
    return table


def value_of(table, metric, output, balanced):
    samples = np.zeros((1, table["item"].nunique()), int)
    return fold_values(table, metric, output, balanced, samples)[0]


def test_plain_errors():
    table = predictions()
    assert value_of(table, "mae", REGRESSION, False) == pytest.approx((table.prediction - table.score).abs().mean())
    right = (table.prediction >= 0.5) == (table.score >= 0.5)
    assert value_of(table, "accuracy", REGRESSION, False) == pytest.approx(right.mean())
    assert value_of(table, "accuracy", BINARY, False) == pytest.approx(right.mean())


def test_the_balanced_error_is_the_mean_over_score_ranges():
    table = predictions()
    error = (table.prediction - table.score).abs()
    groups = pd.cut(table.score, [0, 0.5, 1, 1.5, 2.01], right=False)
    assert value_of(table, "mae", REGRESSION, True) == pytest.approx(error.groupby(groups, observed=True).mean().mean())


def test_errors_on_another_scale_are_balanced_by_its_ranges_and_judged_by_its_threshold():
    output = make_output({"output": "regression", "bins": [], "gap": [], "scale": ORBITAL.values})
    table = predictions()
    table[["score", "prediction"]] *= 4.5
    error = (table.prediction - table.score).abs()
    groups = pd.cut(table.score, [0, 2.25, 4.5, 6.75, 9.01], right=False)
    assert value_of(table, "mae", output, True) == pytest.approx(error.groupby(groups, observed=True).mean().mean())
    right = (table.prediction >= 2.25) == (table.score >= 2.25)
    assert value_of(table, "accuracy", output, False) == pytest.approx(right.mean())


def test_the_balanced_error_is_what_imgen1_would_give():
    table = predictions(moments=60)
    classes = MGS.range_of(table.score.to_numpy())
    order = np.concatenate(balanced_batches(classes, 32, None))
    fed = (table.prediction - table.score).abs().to_numpy()[order].mean()
    assert value_of(table, "mae", REGRESSION, True) == pytest.approx(fed, abs=0.02)


def test_views_of_a_moment_are_averaged():
    merged = merge_views(predictions(moments=2, views=3))
    table = predictions(moments=2, views=3)
    assert merged.prediction.tolist() == pytest.approx(table.groupby("item").prediction.mean().tolist())
    assert merged.score.tolist() == table.groupby("item").score.first().tolist()


def test_what_is_said_of_all_views_together_takes_the_place_of_their_mean():
    table = predictions(moments=2, views=3)
    whole = table.groupby("item").first().reset_index().assign(camera=ALL_VIEWS, prediction=[7.0, 8.0])
    both = pd.concat([table, whole])
    assert merge_views(both).prediction.tolist() == [7.0, 8.0]
    assert len(single_views(both)) == 6


@pytest.mark.parametrize("views", [1, 2, 4, 8, 12])
def test_moments_of_any_rig_are_told_from_their_views(views):
    table = predictions(moments=2, views=views)
    whole = table.groupby("item").first().reset_index().assign(camera=ALL_VIEWS, prediction=[7.0, 8.0])
    assert merge_views(table).prediction.tolist() == pytest.approx(table.groupby("item").prediction.mean().tolist())
    both = pd.concat([table, whole])
    assert merge_views(both).prediction.tolist() == [7.0, 8.0]
    assert single_views(both).camera.tolist() == table.camera.tolist()


def test_classes_are_merged_by_their_mean_probability():
    table = predictions(moments=1, views=3).assign(
        class_0=[0.6, 0.6, 0.0], class_1=[0.4, 0.4, 1.0], prediction=[0, 0, 1]
    )
    assert merge_views(table).prediction.tolist() == [1.0]


def test_the_accuracy_of_classes_is_by_their_ranges():
    table = predictions(moments=3, views=1).assign(score=[0.4, 0.5, 1.5], prediction=[0.0, 1.0, 1.0])
    assert value_of(table, "accuracy", CLASSES, False) == pytest.approx(2 / 3)
    assert value_of(table.iloc[1:], "accuracy", CLASSES, True) == pytest.approx(0.5)


def test_moments_in_the_gap_can_be_left_out():
    table = pd.DataFrame({"score": [0.4, 0.5, 0.9, 1.0]})
    assert outside_gap(table, [0.5, 1.0]).score.tolist() == [0.4, 1.0]
    assert len(outside_gap(table, [0.5, 0.5])) == 4


def test_correlation_is_pearsons_and_undefined_for_a_constant():
    moments = merge_views(predictions())
    expected = np.corrcoef(moments.score, moments.prediction)[0, 1]
    assert correlation(moments.score.to_numpy(), moments.prediction.to_numpy()) == pytest.approx(expected)
    assert np.isnan(correlation(np.arange(4.0), np.ones(4)))


def test_bootstrap_resamples_moments_with_all_their_views():
    table = predictions(moments=5)
    value, drawn = fold_values(table, "mae", REGRESSION, False, np.array([[0, 0, 0, 0, 0], [0, 1, 2, 3, 4]]))
    first = table[table["item"] == 0]
    assert drawn[0] == pytest.approx((first.prediction - first.score).abs().mean())
    assert drawn[1] == pytest.approx(value)


def test_intervals_hold_the_value_and_widen_over_subjects():
    folds = {k: merge_views(predictions(seed=k)).assign(experiment=f"EXP{k}") for k in range(1, 7)}
    folds[6]["prediction"] += 1.0
    rows = measure(folds, "mae", REGRESSION, "multi", False, 500, 0.95, SUBJECTS, named_generator(1, "b"))
    mean = rows[-1]
    assert [row["fold"] for row in rows] == ["1", "2", "3", "4", "5", "6", "mean"]
    assert mean["value"] == pytest.approx(np.mean([row["value"] for row in rows[:-1]]))
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)
    assert mean["high"] - mean["low"] > np.mean([row["high"] - row["low"] for row in rows[:-1]])


def test_r_is_also_measured_over_the_moments_of_all_folds():
    folds = {k: merge_views(predictions(seed=k)).assign(experiment=f"EXP{k}") for k in (1, 2)}
    folds[2]["prediction"] += 1.0
    rows = measure(folds, "r", REGRESSION, "multi", False, 300, 0.95, SUBJECTS, named_generator(1, "b"))
    assert [row["fold"] for row in rows] == ["1", "2", "mean", "all"]
    together = pd.concat(folds.values())
    assert rows[-1]["value"] == pytest.approx(np.corrcoef(together.score, together.prediction)[0, 1])
    assert rows[-1]["value"] < rows[-2]["value"]
    assert rows[-1]["low"] < rows[-1]["value"] < rows[-1]["high"]


@pytest.mark.parametrize("metric", ["mae", "r"])
def test_a_fold_of_several_subjects_is_resampled_by_subjects(metric):
    """Their moments are not independent: where one is off, the interval is wider than over moments alone."""
    parts = [merge_views(predictions(seed=k)).assign(experiment=f"EXP{k}") for k in range(1, 5)]
    parts[0]["prediction"] += 2.0
    fold = {1: pd.concat(parts, ignore_index=True)}
    apart, together = (
        measure(fold, metric, REGRESSION, "multi", False, 500, 0.95, subjects, named_generator(1, "b"))[0]
        for subjects in (SUBJECTS, dict.fromkeys(SUBJECTS, "one"))
    )
    assert apart["value"] == together["value"]
    assert apart["low"] < apart["value"] < apart["high"]
    assert apart["high"] - apart["low"] > 1.5 * (together["high"] - together["low"])


def test_all_moments_of_a_subject_are_drawn_together_whatever_folds_they_are_in():
    folds = {k: merge_views(predictions(seed=k)).assign(experiment=f"EXP{k}") for k in (1, 2)}
    one = measure(
        folds, "r", REGRESSION, "multi", False, 100, 0.95, {"EXP1": "a", "EXP2": "a"}, named_generator(1, "b")
    )
    parts = pd.concat(folds.values())
    generator = named_generator(1, "b")
    sizes = [len(folds[1]), len(folds[2])]
    for size in sizes:
        generator.integers(0, size, (100, size))
    generator.integers(0, 2, (2, 100))
    assert (one[-1]["low"], one[-1]["high"]) == interval(pooled_correlation([parts], 100, generator)[1], 0.95)


def test_samples_of_one_size_or_of_several_add_up_alike():
    generator = named_generator(1, "b")
    values, samples = generator.normal(size=(7, 3)), generator.integers(0, 7, (20, 7))
    assert add_samples(values, list(samples)) == pytest.approx(add_samples(values, samples))


def test_the_interval_of_nothing_is_nan():
    assert np.isnan(interval(np.array([np.nan, np.nan]), 0.95)).all()
