"""Tabulates how long the videos of all recordings are."""

import json
from pathlib import Path

import pandas as pd

from squint.jobs.job import job


def describe_duration(record: dict) -> str:
    """Minutes, and frames in parenthesis."""
    return f"{record['frames'] / record['fps'] / 60:.2f} ({record['frames']})"


def tabulate_durations(videos: list[dict], table_path: str) -> None:
    """Write how long the videos are, a row a recording and a column a camera (thesis, Table 5.1)."""
    rows = [
        {key: video[key] for key in ("experiment", "camera")}
        | {"duration": describe_duration(json.loads(Path(video["record"]).read_text()))}
        for video in videos
    ]
    table = pd.DataFrame(rows)
    wide = table.pivot(index="experiment", columns="camera", values="duration")
    wide.loc[table.experiment.drop_duplicates(), table.camera.drop_duplicates()].to_csv(table_path)


if __name__ == "__main__":
    with job(snakemake):
        tabulate_durations(videos=snakemake.params.videos, table_path=snakemake.output.table)
