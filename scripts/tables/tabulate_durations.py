"""Tabulates how long each camera's video is, in minutes and frames (thesis, Table 5.1)."""

import json
from pathlib import Path

import pandas as pd

from scripts.grimace import CAMERAS
from scripts.job import job
from scripts.table_page import write_page


def describe_duration(record: dict) -> str:
    """Minutes, and frames in parenthesis."""
    return f"{record['frames'] / record['fps'] / 60:.2f} ({record['frames']})"


def tabulate_durations(experiments: list[str], records: list[str], table_path: str) -> None:
    """Write a row a recording and a column a camera; `records` in the order of recordings, then cameras."""
    found = [describe_duration(json.loads(Path(path).read_text())) for path in records]
    rows = [found[start : start + len(CAMERAS)] for start in range(0, len(found), len(CAMERAS))]
    pd.DataFrame(rows, pd.Index(experiments, name="experiment"), CAMERAS).to_csv(table_path)


if __name__ == "__main__":
    with job(snakemake):
        tabulate_durations(snakemake.params.experiments, snakemake.input.records, snakemake.output.table)
        write_page(snakemake.output.table, snakemake.output.page)
