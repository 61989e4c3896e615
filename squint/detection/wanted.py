"""Frames that a lab should annotate next: those that the detector is least sure of, and those unlike what it knows."""

from collections.abc import Sequence

import numpy as np


def spread(values: Sequence[int] | np.ndarray, count: int, offset: float = 0.5) -> list[int]:
    """One of each of up to `count` equal parts of some values; `offset`, from 0 to 1, says where in its part."""
    parts = min(len(values), count)
    return [int(values[int((part + offset) * len(values) / parts)]) for part in range(parts)]


def choose_wanted(certainty: np.ndarray, features: np.ndarray, known: np.ndarray, count: int) -> list[tuple[int, str]]:
    """Up to `count` of some frames, each with why: `uncertain` or `unlike`, in turn.

    `certainty` (n,) of the best face in each, `features` (n, k) of the frames and `known` (m, k) of those that are
    annotated. The least certain are those nearest to a half; the most unlike one is farthest from all that are known or
    chosen (the greedy k-centre choice of Sener and Savarese, 2018), so that no two show the same.
    """
    unsure = list(np.argsort(np.abs(np.asarray(certainty) - 0.5), kind="stable"))
    deviation = features.std(axis=0) + 1e-6
    away = np.full(len(features), np.inf)
    for seen in known:
        away = np.minimum(away, distance(features, seen, deviation))
    chosen: dict[int, str] = {}
    while len(chosen) < min(count, len(features)):
        if len(chosen) % 2:
            row, why = int(np.argmax(np.where(np.isin(np.arange(len(away)), list(chosen)), -1.0, away))), "unlike"
        else:
            row, why = int(next(row for row in unsure if row not in chosen)), "uncertain"
        chosen[row] = why
        away = np.minimum(away, distance(features, features[row], deviation))
    return list(chosen.items())


def distance(features: np.ndarray, other: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """How far each of some frames is from another, in standard deviations, (n,)."""
    return np.sqrt((((features - other) / spread) ** 2).mean(axis=1))
