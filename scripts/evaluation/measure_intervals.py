"""Measures predicted intervals: split conformal on the validation subset, judged on the test subset by score range."""

import math

import numpy as np
import pandas as pd

from scripts.balanced import RANGE_NAMES, class_of, usual_bins
from scripts.evaluation.metrics import MOMENT, interval, merge_views
from scripts.grimace import HIGHEST_SCORE
from scripts.job import job, progress
from scripts.network_settings import THRESHOLDS
from scripts.seeds import named_generator
from scripts.table_page import write_page

ABOVE = [f"above_{t:.2f}" for t in THRESHOLDS]


def quantiles(above: np.ndarray, share: float) -> np.ndarray:
    """Scores (n,) below which a share of each distribution lies; `above` (n, 20) is P(score > threshold), falling."""
    places = np.concatenate([[0.0], THRESHOLDS, [float(HIGHEST_SCORE)]])
    below = np.column_stack([np.zeros(len(above)), 1 - above, np.ones(len(above))])
    return np.array([np.interp(share, row, places) for row in below])


def raw_intervals(moments: pd.DataFrame, coverage: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends of an interval before it is calibrated: a distribution's own quantiles, else the prediction itself."""
    if ABOVE[0] in moments:
        above = moments[ABOVE].to_numpy()
        return quantiles(above, (1 - coverage) / 2), quantiles(above, (1 + coverage) / 2)
    return moments.prediction.to_numpy(), moments.prediction.to_numpy()


def conformal_margin(low: np.ndarray, high: np.ndarray, scores: np.ndarray, coverage: float) -> float:
    """What both ends have to move outwards (inwards if negative) to cover new moments with probability `coverage`.

    Split conformal prediction (Vovk et al. 2005), for intervals of quantiles conformalised quantile regression (Romano
    et al. 2019, theorem 1). Infinite where there are too few moments to promise it. The promise is for a network that
    was not chosen by `scores`, and for moments like these; ours stops by them, and other animals differ, so what the
    intervals hold is measured.
    """
    outside = np.sort(np.maximum(low - scores, scores - high))
    place = math.ceil((len(outside) + 1) * coverage)
    return float(outside[place - 1]) if place <= len(outside) else float("inf")


def predict_intervals(validation: pd.DataFrame, test: pd.DataFrame, coverage: float) -> pd.DataFrame:
    """Test moments (rows of `merge_views`) with `low` and `high`, within 0 and 2, calibrated on `validation`."""
    margin = conformal_margin(*raw_intervals(validation, coverage), validation.score.to_numpy(), coverage)
    low, high = raw_intervals(test, coverage)
    middle = (low + high) / 2
    low, high = np.minimum(low - margin, middle), np.maximum(high + margin, middle)
    limits = np.clip([low, high], 0, HIGHEST_SCORE)
    return test[[*MOMENT, "score", "prediction"]].assign(low=limits[0], high=limits[1])


def describe_moments(moments: pd.DataFrame) -> dict:
    """Errors, coverage and width over some moments."""
    error = moments.prediction - moments.score
    held = (moments.low <= moments.score) & (moments.score <= moments.high)
    return {
        "moments": len(moments),
        "mae": error.abs().mean(),
        "mean error": error.mean(),
        "coverage": held.mean(),
        "width": (moments.high - moments.low).mean(),
    }


def coverage_interval(moments: pd.DataFrame, draws: int, confidence: float, generator) -> tuple[float, float]:
    """Interval of the coverage, bootstrapped over subjects and, in each, over moments."""
    held = ((moments.low <= moments.score) & (moments.score <= moments.high)).to_numpy(float)
    folds = [held[moments.fold == fold] for fold in moments.fold.unique()]
    values = np.empty(draws)
    for draw in range(draws):
        chosen = [folds[place] for place in generator.integers(0, len(folds), len(folds))]
        values[draw] = np.mean(np.concatenate([generator.choice(part, len(part)) for part in chosen]))
    return interval(values, confidence)


def tabulate_intervals(networks: dict[str, pd.DataFrame], draws: int, confidence: float, seed: int) -> pd.DataFrame:
    """A row a network and score range, then over all. `networks` maps names to moments of all folds with `fold`."""
    rows = []
    for name, moments in networks.items():
        ranges = class_of(moments.score.to_numpy(), usual_bins())
        for label, chosen in [*((n, ranges == c) for c, n in enumerate(RANGE_NAMES)), ("all", ranges >= 0)]:
            part = moments[chosen]
            if part.empty:
                continue
            low, high = coverage_interval(
                part, draws, confidence, named_generator(seed, "bootstrap", "intervals", label)
            )
            rows.append(
                {"network": name, "score": label}
                | describe_moments(part)
                | {"coverage low": low, "coverage high": high}
            )
    return pd.DataFrame(rows)


def read_intervals(folder: str, folds: list[int], coverage: float) -> pd.DataFrame:
    """The test moments of all folds of one network with their intervals and `fold`."""
    return pd.concat(
        [
            predict_intervals(
                *(
                    merge_views(pd.read_parquet(f"{folder}/LOSOCV-{fold}-{subset}.parquet"))
                    for subset in ("validation", "test_corr")
                ),
                coverage,
            ).assign(fold=fold)
            for fold in folds
        ],
        ignore_index=True,
    )


if __name__ == "__main__":
    with job(snakemake):
        networks = {
            name: read_intervals(f"results/predictions/{name}", snakemake.params.folds, snakemake.params.coverage)
            for name in progress(snakemake.params.networks, unit="network")
        }
        tabulate_intervals(networks, snakemake.params.draws, snakemake.params.confidence, snakemake.params.seed).to_csv(
            snakemake.output.table, index=False, float_format="%.3f"
        )
        write_page(snakemake.output.table, snakemake.output.page)
