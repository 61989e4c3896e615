"""Writes the full frames of the selected moments, decoding each video once."""

from pathlib import Path

import pandas as pd

from scripts.images import write_image
from scripts.job import job, progress
from scripts.video import fetch_frames


def frame_name(camera: str, frame_num: int) -> str:
    """File name of a full frame."""
    return f"{camera}-F{frame_num:06d}.jpg"


def extract_frames(moments_path: str, videos: dict[str, str], folder: str, threads: int) -> None:
    """Write one JPEG a camera and moment into `folder`; `videos` maps a camera to its file."""
    moments = pd.read_parquet(moments_path)
    Path(folder).mkdir(parents=True)
    for camera, rows in progress(moments.groupby("camera"), unit="camera"):
        for number, picture in fetch_frames(videos[camera], rows.frame_num, threads):
            write_image(Path(folder) / frame_name(camera, number), picture)


if __name__ == "__main__":
    with job(snakemake):
        extract_frames(
            snakemake.input.moments,
            snakemake.params.videos,
            snakemake.output.frames,
            snakemake.threads,
        )
