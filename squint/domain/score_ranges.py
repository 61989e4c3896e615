"""The ranges of the score that errors are balanced over (thesis, Table 5.6)."""

import numpy as np

# Score ranges of the thesis's regression networks (Table 5.6): [0, 0.5), [0.5, 1), [1, 1.5), [1.5, 2].
SCORE_BINS = (0.0, 0.5, 1.0, 1.5, 2.0)
RANGE_NAMES = ("0–0.5", "0.5–1", "1–1.5", "1.5–2")


def usual_bins() -> np.ndarray:
    """The edges of the four score ranges."""
    return np.array(SCORE_BINS)


def class_of(scores: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """The range of each score, 0 to len(bins) - 2; ranges hold their lower edge, the last one both.

    Raises ValueError for scores outside the bins.
    """
    scores = np.asarray(scores, float)
    if len(scores) and (scores.min() < bins[0] or scores.max() > bins[-1] or np.isnan(scores).any()):
        raise ValueError(f"expected scores from {bins[0]} to {bins[-1]}, found {scores.min()} to {scores.max()}")
    return np.clip(np.searchsorted(bins, scores, side="right") - 1, 0, len(bins) - 2)
