"""Tabulates the final comparison: every network beside its references, over all folds (thesis, Tables 5.40, 5.41)."""

import pandas as pd

from scripts.evaluation.tabulate import read_metrics, spread_tests, write_table
from scripts.job import job
from scripts.table_page import write_page

VIEWS = {"multi": "yes", "single": "no"}


def compare_networks(metrics: pd.DataFrame) -> pd.DataFrame:
    """Means over folds, one row a metric, network and view."""
    means = metrics[metrics.fold == "mean"]
    parts = [spread_tests(means[means.view == view]).assign(multi_camera=answer) for view, answer in VIEWS.items()]
    table = pd.concat(parts).drop(columns="fold")
    table["metric"] = pd.Categorical(table.metric, ["mae", "r", "accuracy"], ordered=True)
    table["network"] = pd.Categorical(table.network, list(dict.fromkeys(metrics.network)), ordered=True)
    first = ["metric", "network", "multi_camera"]
    table = table[first + [column for column in table if column not in first]]
    return table.sort_values(["metric", "network"], kind="stable", ignore_index=True)


def tabulate_comparison(metrics_path: str, table_path: str) -> None:
    """Write the comparison of all networks and references."""
    write_table(compare_networks(read_metrics(metrics_path)), table_path)


if __name__ == "__main__":
    with job(snakemake):
        tabulate_comparison(snakemake.input.metrics, snakemake.output.table)
        write_page(snakemake.output.table, snakemake.output.page)
