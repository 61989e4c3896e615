"""Tabulates what limits the moments of all recordings, with the settings that hold and with others."""

import pandas as pd

from squint.files.result_tables import read_table
from squint.jobs.job import job


def tabulate_limits(paths: list[str], table_path: str) -> None:
    """Write the rows of all recordings, in their order."""
    tables = [read_table(path, dtype=str, keep_default_na=False) for path in paths]
    pd.concat(tables).to_csv(table_path, index=False)


if __name__ == "__main__":
    with job(snakemake):
        tabulate_limits(paths=list(snakemake.input.limits), table_path=snakemake.output.table)
