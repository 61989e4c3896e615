"""Tabulates the videos of all recordings: what they are, how they are synchronised, what was found in them."""

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from scripts.boxes import accepted
from scripts.job import job
from scripts.table_page import write_page
from scripts.whole_tables import read_table


def describe_video(video: dict) -> dict:
    """One row of the table. `video`: `experiment`, `camera`, `record`, `sync`, `detections`, `min_prob`."""
    record = json.loads(Path(video["record"]).read_text())
    sync = read_table(video["sync"], index_col="camera").loc[video["camera"]]
    detections = pd.read_parquet(video["detections"])
    about = pq.read_schema(video["detections"]).metadata
    return {
        "experiment": video["experiment"],
        "camera": video["camera"],
        "codec": record["codec"],
        "size": f"{record['width']}x{record['height']}",
        "fps": f"{record['fps']:.6g}",
        "minutes": f"{record['frames'] / record['fps'] / 60:.2f}",
        "frames": record["frames"],
        "missing_frames": int(about[b"missing_frames"]),
        "unreadable_samples": int(about[b"unreadable_samples"]),
        "sync_frame": sync.sync_frame,
        "dark_s": f"{sync.dark_frames / record['fps']:.2f}",
        "clock_ppm": f"{sync.clock_ppm:.1f}" if pd.notna(sync.clock_ppm) else "",
        "end_error_frames": f"{sync.end_error_frames:.1f}",
        "reason": sync.reason,
        "searched_frames": int((detections.frame_num >= 0).sum()),
        "faces": int(accepted(detections, video["min_prob"]).sum()),
    }


def tabulate_recordings(videos: list[dict], table_path: str) -> None:
    """Write the table, a row a video."""
    pd.DataFrame([describe_video(video) for video in videos]).to_csv(table_path, index=False)


if __name__ == "__main__":
    with job(snakemake):
        tabulate_recordings(snakemake.params.videos, snakemake.output.table)
        write_page(snakemake.output.table, snakemake.output.page)
