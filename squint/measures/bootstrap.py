"""Bootstrap samples of moments and of the subjects that they are of, and intervals of what is computed on them."""

from collections.abc import Iterator

import numpy as np


def sample_moments(count: int, draws: int, generator: np.random.Generator) -> np.ndarray:
    """Bootstrap samples of moments: positions (draws, count)."""
    return generator.integers(0, count, (draws, count))


def interval(values: np.ndarray, confidence: float) -> tuple[float, float]:
    """Percentile interval of bootstrap values; NaN where there are none."""
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def over_folds(samples: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Bootstrap values of the mean over folds, (draws,): folds are drawn with replacement, each with its own sample.

    `samples` (folds, draws) are the folds' own bootstrap values.
    """
    folds, draws = samples.shape
    chosen = generator.integers(0, folds, (folds, draws))
    values = samples[chosen, np.arange(draws)]
    present = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.where(present.any(axis=0), np.where(present, values, 0).sum(axis=0) / present.sum(axis=0), np.nan)


def sample_by_subject(subjects: np.ndarray, draws: int, generator: np.random.Generator) -> list[np.ndarray]:
    """Bootstrap samples of moments, of `subjects` (moments,): subjects are drawn, and moments in each. Positions."""
    order = np.argsort(subjects, kind="stable")
    sizes = np.unique(subjects, return_counts=True)[1]
    return [order[sample] for sample in sample_pooled(sizes, draws, generator)]


def sample_pooled(sizes: np.ndarray, draws: int, generator: np.random.Generator) -> Iterator[np.ndarray]:
    """Bootstrap samples of the moments of some subjects together: subjects are drawn, and moments in each.

    `sizes` are the subjects' numbers of moments. Each sample is positions among all moments, one subject's after the
    other's; a subject that is drawn twice has two samples of its moments.
    """
    starts = np.cumsum(sizes) - sizes
    for _ in range(draws):
        chosen = generator.integers(0, len(sizes), len(sizes))
        counts = sizes[chosen]
        yield np.repeat(starts[chosen], counts) + generator.integers(0, np.repeat(counts, counts))
