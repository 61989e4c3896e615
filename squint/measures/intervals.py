"""Predicted intervals: split conformal on the validation subset."""

import math

import numpy as np
import pandas as pd

from squint.outputs.distribution import PREFIX, thresholds
from squint.samples.labels import MOMENT


def quantiles(above: np.ndarray, share: float, highest: float) -> np.ndarray:
    """Scores (n,) below which a share of each distribution lies; `above` (n, 20) is P(score > threshold), falling."""
    ends = np.concatenate([[0.0], thresholds(highest), [float(highest)]])
    below = np.column_stack([np.zeros(len(above)), 1 - above, np.ones(len(above))])
    return np.array([np.interp(share, row, ends) for row in below])


def raw_intervals(moments: pd.DataFrame, coverage: float, highest: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends of an interval before it is calibrated: a distribution's own quantiles, else the prediction itself."""
    above = moments.filter(regex=f"^{PREFIX}").to_numpy()
    if above.size:
        return quantiles(above, (1 - coverage) / 2, highest), quantiles(above, (1 + coverage) / 2, highest)
    return moments.prediction.to_numpy(), moments.prediction.to_numpy()


def conformal_margin(low: np.ndarray, high: np.ndarray, scores: np.ndarray, coverage: float) -> float:
    """What both ends have to move outwards (inwards if negative) to cover new moments with probability `coverage`.

    Split conformal prediction (Vovk et al. 2005), for intervals of quantiles conformalised quantile regression (Romano
    et al. 2019, theorem 1). Infinite where there are too few moments to promise it. The promise is for a network that
    was not chosen by `scores`, and for moments like these; ours stops by them, and other animals differ, so what the
    intervals hold is measured.
    """
    outside = np.sort(np.maximum(low - scores, scores - high))
    rank = math.ceil((len(outside) + 1) * coverage)
    return float(outside[rank - 1]) if rank <= len(outside) else float("inf")


def predict_intervals(validation: pd.DataFrame, test: pd.DataFrame, coverage: float, highest: float) -> pd.DataFrame:
    """Test moments (rows of `merge_views`) with `low` and `high`, up to `highest`, calibrated on `validation`."""
    margin = conformal_margin(*raw_intervals(validation, coverage, highest), validation.score.to_numpy(), coverage)
    low, high = raw_intervals(test, coverage, highest)
    middle = (low + high) / 2
    low, high = np.minimum(low - margin, middle), np.maximum(high + margin, middle)
    limits = np.clip([low, high], 0, highest)
    return test[[*MOMENT, "score", "prediction"]].assign(low=limits[0], high=limits[1])
