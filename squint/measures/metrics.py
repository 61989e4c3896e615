"""Errors of predictions with intervals: per fold and over folds, single view and multi-camera, plain and balanced.

Definitions follow the thesis. A moment's multi-camera prediction is the mean over its views (5.5.2.5). A
balanced error is the mean over score ranges of the mean error in each (5.5.2.5, 5.5.2.8). For single views
the thesis feeds the test set through IMGEN1, which repeats the images of smaller ranges until all
ranges count alike: up to its last, incomplete round that is the same mean, so the same formula is used.
"""

import numpy as np
import pandas as pd

from squint.measures.bootstrap import interval, over_folds, sample_by_subject, sample_moments, sample_pooled
from squint.outputs import Output
from squint.samples.labels import MOMENT
from squint.samples.predictions import ALL_VIEWS, KEY_COLUMNS

TEST_OF_SUBSET = {"validation": "VALIDATION", "test_orgn": "ORGN", "test_corr": "CORR"}


def single_views(predictions: pd.DataFrame) -> pd.DataFrame:
    """The rows that tell what was said of one view."""
    return predictions[predictions.camera != ALL_VIEWS]


def merge_views(predictions: pd.DataFrame) -> pd.DataFrame:
    """One row a moment: the expert's `score`, and `prediction` and what else was said of all its views.

    That is what a network that sees them together said, or the mean over the views.
    """
    said = [column for column in predictions if column not in KEY_COLUMNS]
    together = predictions[predictions.camera == ALL_VIEWS]
    if len(together):
        return together[[*MOMENT, *said]].sort_values(MOMENT, ignore_index=True)
    merged = predictions.groupby(MOMENT, as_index=False)[said].mean()
    # Scores are the same in all rows of a moment; their mean may differ from them in the last digit.
    merged["score"] = predictions.groupby(MOMENT).score.first().to_numpy()
    classes = [column for column in said if column.startswith("class_")]
    if classes:
        merged["prediction"] = merged[classes].to_numpy().argmax(axis=1).astype(float)
    return merged


def outside_gap(table: pd.DataFrame, gap: list[float]) -> pd.DataFrame:
    """The rows whose score is in no gap: below its first or from its second value on (5.5.2.7)."""
    return table[(table.score < gap[0]) | (table.score >= gap[1])]


def errors(table: pd.DataFrame, metric: str, output: Output) -> np.ndarray:
    """Per row: absolute error (`mae`), or 1 where the range, or pain or no pain, is told rightly (`accuracy`).

    Raises ValueError for another metric.
    """
    if metric == "mae":
        return (table.prediction - table.score).abs().to_numpy()
    if metric != "accuracy":
        raise ValueError(f"expected the metric mae or accuracy, found {metric}")
    return output.correct(table.prediction.to_numpy(), table.score.to_numpy()).astype(float)


def error_classes(table: pd.DataFrame, metric: str, output: Output) -> np.ndarray:
    """The range that each row counts for in a balanced error: score ranges, those told apart, or pain or none."""
    scores = table.score.to_numpy()
    return output.scale.range_of(scores) if metric == "mae" else output.accuracy_classes(scores)


def moment_sums(table: pd.DataFrame, metric: str, output: Output, balanced: bool) -> tuple[np.ndarray, np.ndarray]:
    """Sum of errors and number of rows, per moment and range: two arrays (moments, ranges)."""
    values = errors(table, metric, output)
    classes = error_classes(table, metric, output).astype(int) if balanced else np.zeros(len(table), int)
    moment = table.groupby(MOMENT, sort=True).ngroup().to_numpy()
    sums = np.zeros((moment.max() + 1, classes.max() + 1))
    counts = np.zeros_like(sums)
    np.add.at(sums, (moment, classes), values)
    np.add.at(counts, (moment, classes), 1)
    return sums, counts


def mean_error(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Mean over the ranges that occur of their mean errors; reduces the last axis of (…, ranges)."""
    with np.errstate(invalid="ignore"):
        return np.nanmean(np.where(counts > 0, sums / counts, np.nan), axis=-1)


def correlation(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pearson's r along the last axis; NaN where a side is constant."""
    x = x - x.mean(axis=-1, keepdims=True)
    y = y - y.mean(axis=-1, keepdims=True)
    spread = np.sqrt((x * x).sum(axis=-1) * (y * y).sum(axis=-1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 1e-12, (x * y).sum(axis=-1) / spread, np.nan)


def fold_values(
    table: pd.DataFrame, metric: str, output: Output, balanced: bool, samples: np.ndarray | list[np.ndarray]
) -> tuple[float, np.ndarray]:
    """A metric on one fold's rows, and its values on bootstrap samples of the fold's moments, shape (draws,)."""
    if metric == "r":
        moments = table.sort_values(MOMENT)
        score, prediction = moments.score.to_numpy(), moments.prediction.to_numpy()
        if isinstance(samples, np.ndarray):
            drawn = correlation(score[samples], prediction[samples])
        else:
            drawn = np.array([correlation(score[sample], prediction[sample]) for sample in samples])
        return float(correlation(score, prediction)), drawn
    sums, counts = moment_sums(table, metric, output, balanced)
    value = mean_error(sums.sum(axis=0), counts.sum(axis=0))
    return float(value), mean_error(add_samples(sums, samples), add_samples(counts, samples))


def add_samples(values: np.ndarray, samples: np.ndarray | list[np.ndarray]) -> np.ndarray:
    """The sums (draws, ranges) of the rows of `values` (moments, ranges) in each sample."""
    if isinstance(samples, np.ndarray):
        return values[samples].sum(axis=1)
    return np.array([np.bincount(sample, minlength=len(values)) for sample in samples]) @ values


def sample_fold(
    table: pd.DataFrame, subjects: dict[str, str], draws: int, generator: np.random.Generator
) -> np.ndarray | list[np.ndarray]:
    """Bootstrap samples of a fold's moments, in the order of MOMENT: of its one subject, or of several subjects."""
    whose = table[MOMENT].drop_duplicates().sort_values(MOMENT).experiment.map(subjects).to_numpy(str)
    if len(set(whose)) == 1:
        return sample_moments(len(whose), draws, generator)
    return sample_by_subject(whose, draws, generator)


def pooled_correlation(subjects: list[pd.DataFrame], draws: int, generator) -> tuple[float, np.ndarray]:
    """r over all moments, and its bootstrap values (draws,): subjects are drawn, and moments in each.

    `subjects` are the moments of each.
    """
    score, prediction = pd.concat(subjects)[["score", "prediction"]].to_numpy().T
    samples = sample_pooled(np.array([len(table) for table in subjects]), draws, generator)
    drawn = np.array([correlation(score[sample], prediction[sample]) for sample in samples])
    return float(correlation(score, prediction)), drawn


def measure(
    folds: dict[int, pd.DataFrame],
    metric: str,
    output: Output,
    view: str,
    balanced: bool,
    draws: int,
    confidence: float,
    subjects: dict[str, str],
    generator,
) -> list[dict]:
    """Rows for one metric: each fold, their mean, and for `r` all moments together.

    `folds` maps a fold to its rows (images or moments), `subjects` recordings to their subjects.

    ASSUME a range that a fold's moments do not reach is left out of that fold's balanced mean.
    """
    rows, samples = [], []
    for fold, table in folds.items():
        moments = table.groupby(MOMENT).ngroups
        samples_of_fold = sample_fold(table, subjects, draws, generator)
        value, drawn = fold_values(table, metric, output, balanced, samples_of_fold)
        low, high = interval(drawn, confidence)
        rows.append(
            {"fold": str(fold), "value": value, "low": low, "high": high, "images": len(table), "moments": moments}
        )
        samples.append(drawn)
    values = np.array([row["value"] for row in rows])
    low, high = interval(over_folds(np.array(samples), generator), confidence)
    mean = float(np.nanmean(values)) if not np.isnan(values).all() else float("nan")
    total = {"images": sum(row["images"] for row in rows), "moments": sum(row["moments"] for row in rows)}
    rows.append({"fold": "mean", "value": mean, "low": low, "high": high} | total)
    if metric == "r":
        whole = pd.concat(folds.values())
        parts = [part for _, part in whole.groupby(whole.experiment.map(subjects), sort=False)]
        value, drawn = pooled_correlation(parts, draws, generator)
        low, high = interval(drawn, confidence)
        rows.append({"fold": "all", "value": value, "low": low, "high": high} | total)
    return [row | {"metric": metric, "view": view, "balanced": balanced} for row in rows]


def read_moments(paths: list[str]) -> pd.DataFrame:
    """One row a test moment: `fold` (from 1, in the order of `paths`), `experiment`, `item`, `score`, `prediction`."""
    return pd.concat(
        [merge_views(pd.read_parquet(path)).assign(fold=fold) for fold, path in enumerate(paths, start=1)],
        ignore_index=True,
    )
