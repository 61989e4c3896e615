"""Writes the blinded scoring sheet of one recording."""

import pandas as pd

from scripts.grimace import ACTION_UNITS
from scripts.job import job

SCORE_COLUMNS = ["item", "coder", *ACTION_UNITS, "bad_image", "done", "scored_at"]


def write_sheet(moments_path: str, sheet_path: str) -> None:
    """Write one row an item with empty score columns; nothing in it tells time, order or duplicates."""
    items = sorted(pd.read_parquet(moments_path, columns=["item"]).item.unique())
    pd.DataFrame({"item": items}).reindex(columns=SCORE_COLUMNS).to_csv(sheet_path, index=False)


if __name__ == "__main__":
    with job(snakemake):
        write_sheet(snakemake.input.moments, snakemake.output.sheet)
