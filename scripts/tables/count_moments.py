"""Counts the selected and accepted moments of each recording, and names who scored them (thesis, Table 5.3)."""

import pandas as pd

from scripts.job import job
from scripts.table_page import write_page


def count_recording(moments: pd.DataFrame, scored: pd.DataFrame, labels: pd.DataFrame) -> dict:
    """Selected, duplicated and accepted moments of one recording, its mean score, and its coders."""
    items = moments.drop_duplicates("item")
    return {
        "selected moments": int((items.duplicate_of == 0).sum()),
        "duplicates": int((items.duplicate_of > 0).sum()),
        "accepted moments": len(labels),
        "mean score": labels.score.mean(),
        "coders": " and ".join(scored.coder.drop_duplicates()),
    }


def count_moments(experiments: list[str], moments: list[str], scored: list[str], labels: list[str]) -> pd.DataFrame:
    """One row a recording, and their total. The paths are in the order of the recordings."""
    rows = [
        {"experiment": experiment} | count_recording(*(pd.read_parquet(path) for path in paths))
        for experiment, *paths in zip(experiments, moments, scored, labels, strict=True)
    ]
    table = pd.DataFrame(rows)
    total = table[["selected moments", "duplicates", "accepted moments"]].sum()
    weighted = (table["mean score"] * table["accepted moments"]).sum() / table["accepted moments"].sum()
    table.loc[len(table)] = {"experiment": "total", "mean score": weighted, "coders": "", **total}
    return table


if __name__ == "__main__":
    with job(snakemake):
        count_moments(
            snakemake.params.experiments, snakemake.input.moments, snakemake.input.scored, snakemake.input.labels
        ).to_csv(snakemake.output.table, index=False, float_format="%.2f")
        write_page(snakemake.output.table, snakemake.output.page)
