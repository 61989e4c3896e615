"""Tabulates a study: each variant by fold, with its references (thesis, Tables 5.8, 5.10, 5.13 to 5.16)."""

import pandas as pd

from squint.domain.naming import CONSTANT, write_value
from squint.jobs.job import job
from squint.measures.metric_tables import MEAN, read_metrics, with_means
from squint.presentation.tables import main_metric, spread_tests, write_table


def tabulate_study(
    metrics: pd.DataFrame, variants: list[dict], folds: list[int], references: list[str]
) -> pd.DataFrame:
    """One row a variant and fold, then their mean, of single views.

    `variants` holds the varied values and the `network` of each; `references` are networks on the same folds.
    """
    names = list(dict.fromkeys([variant["network"] for variant in variants]))
    metric = main_metric(metrics[metrics.network.isin(names)])
    chosen = metrics[
        (metrics["view"] == "single")
        & (metrics.metric == metric)
        & (metrics.discarded == "")
        & metrics.fold.isin([str(fold) for fold in folds])
    ]
    # Intervals of a mean belong to the folds it was measured on.
    means = metrics[(metrics.fold == MEAN) & (metrics.metric == metric) & (metrics["view"] == "single")]
    same = set(metrics.loc[metrics.fold.str.isdecimal(), "fold"]) == {str(fold) for fold in folds}
    rows = with_means(pd.concat([chosen, means[means.discarded == ""]]) if same else chosen)
    if len(folds) == 1:
        rows = rows[rows.fold != MEAN]
    keys = [key for key in variants[0] if key != "network"]
    parts = []
    for variant in variants:
        ours = spread_tests(rows[rows.network == variant["network"]], ["fold"])
        for column, key in enumerate(keys):
            ours.insert(column, key, write_value(variant[key]))
        parts.append(ours)
    for reference in references:
        ours = spread_tests(rows[rows.network == reference], ["fold"])
        ours = ours[ours.fold == (MEAN if len(folds) > 1 else str(folds[0]))]
        for column, key in enumerate(keys):
            ours.insert(
                column, key, ("constant" if reference.startswith(CONSTANT) else reference) if not column else ""
            )
        parts.append(ours)
    return pd.concat(parts, ignore_index=True)


if __name__ == "__main__":
    with job(snakemake):
        table = tabulate_study(
            metrics=read_metrics(snakemake.input.metrics),
            variants=snakemake.params.variants,
            folds=snakemake.params.folds,
            references=snakemake.params.references,
        )
        write_table(table, snakemake.output.table)
