"""How well two scorings of the same moments agree: ICC(2,1), weighted kappa, and limits of agreement."""

import numpy as np

# 95 % of normal differences lie within so many standard deviations.
LIMIT = 1.96


def intraclass_correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """ICC(2,1), absolute agreement of single scores with random coders (Shrout and Fleiss 1979), along the last axis.

    NaN where all scores are the same or there are fewer than two pairs.
    """
    scores = np.stack([first, second], axis=-1)
    n, k = scores.shape[-2:]
    if n < 2:
        return np.full(scores.shape[:-2], np.nan)
    grand = scores.mean(axis=(-2, -1), keepdims=True)
    moments = scores.mean(axis=-1, keepdims=True)
    coders = scores.mean(axis=-2, keepdims=True)
    between = k * ((moments - grand) ** 2).sum(axis=(-2, -1)) / (n - 1)
    of_coders = n * ((coders - grand) ** 2).sum(axis=(-2, -1)) / (k - 1)
    rest = ((scores - moments - coders + grand) ** 2).sum(axis=(-2, -1)) / ((n - 1) * (k - 1))
    whole = between + (k - 1) * rest + k * (of_coders - rest) / n
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.abs(whole) > 1e-12, (between - rest) / whole, np.nan)


def weighted_kappa(first: np.ndarray, second: np.ndarray, highest: int) -> np.ndarray:
    """Cohen's kappa of whole scores from 0 to `highest` with linear weights (Cohen 1968), along the last axis.

    NaN where both coders gave one and the same score throughout.
    """
    seen = np.abs(first - second).mean(axis=-1)
    values = np.arange(highest + 1)
    shares = [(scores[..., None] == values).mean(axis=-2) for scores in (first, second)]
    apart = np.abs(values[:, None] - values)
    chance = np.einsum("...i,ij,...j->...", shares[0], apart, shares[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(chance > 1e-12, 1 - seen / chance, np.nan)


def limits_of_agreement(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    """Mean difference and 95 % limits (Bland and Altman 1986); NaN limits for fewer than two pairs."""
    difference = second - first
    bias = float(difference.mean()) if len(difference) else float("nan")
    spread = float(difference.std(ddof=1)) if len(difference) > 1 else float("nan")
    return {"bias": bias, "lower limit": bias - LIMIT * spread, "upper limit": bias + LIMIT * spread}
