"""Collects the annotated frames of simulated recordings that serve the face detector alone."""

import pandas as pd

from squint.detection.annotations import SHEET_COLUMNS
from squint.jobs.job import job


def annotate_simulated_faces(videos: list[str], truths: list[str], table_path: str, every: int) -> None:
    """Write an annotation row for every `every`-th frame of each video that is not doubtful."""
    tables = []
    for video, truth in zip(videos, truths, strict=True):
        table = pd.read_parquet(truth)
        table = table[~table.doubtful].iloc[::every].assign(video=video)
        table.loc[~table.face, ["box_x", "box_y", "box_size"]] = 0
        tables.append(table[SHEET_COLUMNS])
    pd.concat(tables).to_csv(table_path, index=False)


if __name__ == "__main__":
    with job(snakemake):
        annotate_simulated_faces(
            videos=snakemake.input.videos,
            truths=snakemake.input.truths,
            table_path=snakemake.output.annotations,
            every=snakemake.params.every,
        )
