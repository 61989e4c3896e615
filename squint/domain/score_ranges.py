"""Ranges of the score, between edges that rise (thesis, Table 5.6)."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np


def name_ranges(edges: Sequence[float]) -> list[str]:
    """The ranges between some edges in words: 0–0.5, 0.5–1 …"""
    return [f"{low:g}–{high:g}" for low, high in pairwise(edges)]


def class_of(scores: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """The range of each score, 0 to len(bins) - 2; ranges hold their lower edge, the last one both.

    Raises ValueError for scores outside the bins.
    """
    scores = np.asarray(scores, float)
    if len(scores) and (scores.min() < bins[0] or scores.max() > bins[-1] or np.isnan(scores).any()):
        raise ValueError(f"expected scores from {bins[0]} to {bins[-1]}, found {scores.min()} to {scores.max()}")
    return np.clip(np.searchsorted(bins, scores, side="right") - 1, 0, len(bins) - 2)
