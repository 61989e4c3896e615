"""What the thesis chose by result: the best backbone, and the fold whose errors are nearest to the mean (5.5.2)."""

import numpy as np
import pandas as pd

# Names of the four tests of the thesis (5.5.1): -B is balanced.
FOUR_TESTS = ["ORGN", "ORGN-B", "CORR", "CORR-B"]
# Proximities that differ by less than this are the same but for the last digits of the metrics.
TIE = 1e-6


def mean_errors(metrics: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Mean over folds of a metric of single views: a row a network, a column a test."""
    rows = metrics[(metrics.metric == metric) & (metrics.view == "single") & (metrics.fold != "mean")]
    means = rows.groupby(["network", "test"], sort=False).value.mean().unstack()
    return means.loc[rows.network.drop_duplicates()]


def rank_networks(metrics: pd.DataFrame, metric: str = "mae") -> pd.Series:
    """Networks from the best on, with the value that ranks them.

    That is the balanced error on the validation subsets; where none was measured, as in the thesis's printed tables,
    the mean over its four tests. A tie goes to the network that is listed first.
    """
    means = mean_errors(metrics, metric)
    used = ["VALIDATION-B"] if "VALIDATION-B" in means else FOUR_TESTS
    return means[used].mean(axis=1).sort_values(ascending=metric == "mae", kind="stable")


def proximities(metrics: pd.DataFrame, metric: str = "mae") -> pd.DataFrame:
    """How far each fold's errors are from their mean over folds (Table 5.11): a row a fold, a column a test.

    `mean` is the mean of the four distances, `spread` their root mean square, `tied` whether another fold's `mean` is
    the least too.
    """
    rows = metrics[(metrics.metric == metric) & (metrics.view == "single") & (metrics.fold != "mean")]
    values = rows.pivot(index="fold", columns="test", values="value")[FOUR_TESTS]
    distances = (values - values.mean()).abs()
    distances = distances.sort_index(key=lambda folds: folds.astype(int))
    mean, spread = distances.mean(axis=1), np.sqrt((distances**2).mean(axis=1))
    least = mean < mean.min() + TIE
    return distances.assign(mean=mean, spread=spread, tied=least & (least.sum() > 1))


def nearest_fold(table: pd.DataFrame) -> int:
    """The fold with the least mean distance; of tied ones that with the least root mean square, then the first."""
    candidates = table[table["mean"] < table["mean"].min() + TIE]
    return int(candidates.index[candidates.spread < candidates.spread.min() + TIE][0])
