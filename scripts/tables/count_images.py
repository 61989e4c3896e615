"""Counts the images of each recording and kind (thesis, Table 5.4)."""

from pathlib import Path

import pandas as pd

from scripts.grimace import KINDS
from scripts.job import job
from scripts.stores import read_columns
from scripts.table_page import write_page


def count_images(experiments: list[str], stores: list[str]) -> pd.DataFrame:
    """One row a recording and their total; `stores` are all image stores. A role needs some kinds alone."""
    table = pd.DataFrame(0, pd.Index(experiments, name="experiment"), [*KINDS, "total"])
    for store in stores:
        experiment, kind = Path(store).stem.rsplit("_", 1)
        table.loc[experiment, kind] = len(read_columns(store))
    table["total"] = table[list(KINDS)].sum(axis=1)
    table.loc["total"] = table.sum()
    return table.reset_index()


if __name__ == "__main__":
    with job(snakemake):
        table = count_images(snakemake.params.experiments, snakemake.input.stores)
        table.to_csv(snakemake.output.table, index=False)
        write_page(snakemake.output.table, snakemake.output.page)
