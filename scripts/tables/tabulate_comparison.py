"""Tabulates the final comparison: every network and reference, means over all folds (thesis, Tables 5.40, 5.41)."""

import pandas as pd

from squint.jobs.job import job
from squint.measures.metric_tables import MEAN, read_metrics, with_means
from squint.presentation.tables import spread_tests, write_table

VIEWS = {"multi": "yes", "single": "no"}


def compare_networks(metrics: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Means over folds of a metric, a row a network, view and discarded range; networks in the order of `metrics`."""
    rows = with_means(metrics[metrics.metric == metric])
    means = rows[rows.fold == MEAN].assign(multi_camera=lambda t: t["view"].map(VIEWS))
    order = {name: index for index, name in enumerate(metrics.network.drop_duplicates())}
    means = means.sort_values(
        ["network", "discarded", "view"], key=lambda c: c.map(order) if c.name == "network" else c, kind="stable"
    )
    return spread_tests(means, ["network", "multi_camera", "discarded"])


if __name__ == "__main__":
    with job(snakemake):
        params, made = snakemake.params, snakemake.output
        metrics = read_metrics(snakemake.input.metrics)
        for metric, path in zip(params.metrics, made.tables, strict=True):
            write_table(compare_networks(metrics=metrics, metric=metric), path)
