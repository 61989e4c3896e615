"""Tabulates the videos of all recordings: what they are, how they are synchronised, what was found in them."""

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from squint.domain.boxes import accepted
from squint.jobs.job import job
from squint.synchronisation.clocks import read_sync


def describe_video(video: dict) -> dict:
    """One row of the table. `video`: `experiment`, `camera`, `record`, `sync`, `detections`, `min_prob`."""
    record = json.loads(Path(video["record"]).read_text())
    sync = read_sync(video["sync"]).loc[video["camera"]]
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
        videos, made = snakemake.params.videos, snakemake.output
        tabulate_recordings(videos=videos, table_path=made.table)
        tabulate_durations(videos=videos, table_path=made.durations)
