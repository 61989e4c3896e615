"""Tabulates one network by fold, beside its control and constant predictor (thesis, Tables 5.18 to 5.39)."""

import pandas as pd

from squint.domain.naming import CONSTANT
from squint.jobs.job import job
from squint.measures.metric_tables import MEAN, read_metrics, with_means
from squint.presentation.tables import main_metric, spread_tests, write_table

# What each table shows: the view, and the metric; none for the one that the network is judged by.
SHOWN = {
    "single_view": ("single", None),
    "multi_camera": ("multi", None),
    "correlation": ("multi", "r"),
    "pain": ("multi", "accuracy"),
}
DISCARDED = "_discarded"  # behind the name of a table without the scores that the network was not trained on


def tabulate_network(metrics: pd.DataFrame, network: str, shown: str, discarded: str = "") -> pd.DataFrame:
    """The folds and mean of `network`, then the means of the other networks in `metrics`, which are its references.

    `shown` is a key of SHOWN; `discarded` a range of scores that is left out, such as `[0.5, 1)`.
    """
    view, metric = SHOWN[shown]
    metric = metric or main_metric(metrics[metrics.network == network])
    rows = with_means(metrics[(metrics.view == view) & (metrics.metric == metric)])
    ours = rows[(rows.network == network) & (rows.discarded == discarded)]
    parts = [ours]
    for other in metrics.network[metrics.network != network].drop_duplicates():
        label = "constant" if other.startswith(CONSTANT) else f"mean of {other}"
        of = rows[(rows.network == other) & (rows.fold == MEAN) & (rows.discarded == discarded)]
        parts.append(of.assign(fold=label))
    return spread_tests(pd.concat(parts), ["fold"])


if __name__ == "__main__":
    with job(snakemake):
        params, made = snakemake.params, snakemake.output
        metrics = read_metrics(snakemake.input.metrics)
        for name, path in zip(params.shown, made.tables, strict=True):
            discarded = params.discarded if name.endswith(DISCARDED) else ""
            shown = name.removesuffix(DISCARDED)
            write_table(
                tabulate_network(
                    metrics=metrics, network=snakemake.wildcards.network, shown=shown, discarded=discarded
                ),
                path,
            )
