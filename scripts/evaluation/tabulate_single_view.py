"""Tabulates errors of single views (thesis, Tables 5.8, 5.18, 5.21, 5.28)."""

from scripts.evaluation.tabulate import read_metrics, spread_tests, write_table
from scripts.job import job
from scripts.table_page import write_page


def tabulate_single_view(metrics_path: str, table_path: str) -> None:
    """Write the table: per network, metric and fold the four tests with intervals."""
    metrics = read_metrics(metrics_path)
    write_table(spread_tests(metrics[metrics.view == "single"]), table_path)


if __name__ == "__main__":
    with job(snakemake):
        tabulate_single_view(snakemake.input.metrics, snakemake.output.table)
        write_page(snakemake.output.table, snakemake.output.page)
