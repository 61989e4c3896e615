"""Tabulates the videos of all recordings: what they are, how they are synchronised, what was found in them."""

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from squint.domain.boxes import accepted
from squint.files.result_tables import read_table
from squint.jobs.job import job
from squint.synchronisation.clocks import read_sync


def describe_video(video: dict, unlike: str) -> dict:
    """One row of the table.

    `video`: `experiment`, `camera`, `record`, `sync`, `detections`, `min_prob`; `unlike`: what is told of the camera
    beside the scorer's training data.
    """
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
        "no_face": int(((detections.frame_num >= 0) & (detections.det_lbl == 0)).sum()),
        "uncertain_faces": int(((detections.det_lbl == 1) & (detections.det_prb < video["min_prob"])).sum()),
        "faces": int(accepted(detections, video["min_prob"]).sum()),
        "unlike_training": unlike,
    }


def read_unlike(cameras: dict[str, str]) -> dict[tuple[str, str], str]:
    """What is told of each recording and camera, from the paths of what a scorer told of new recordings' cameras."""
    found = {}
    for experiment, path in cameras.items():
        for row in read_table(path, dtype={"differs": str}).itertuples():
            found[experiment, row.camera] = ("yes" if pd.isna(row.differs) else str(row.differs)) if row.told else ""
    return found


def tabulate_recordings(videos: list[dict], cameras: dict[str, str], table_path: str) -> None:
    """Write the table, a row a video. `cameras`: paths of what a scorer told of the cameras of new recordings."""
    unlike = read_unlike(cameras)
    rows = [describe_video(video, unlike.get((video["experiment"], video["camera"]), "")) for video in videos]
    pd.DataFrame(rows).to_csv(table_path, index=False)


if __name__ == "__main__":
    with job(snakemake):
        tabulate_recordings(
            videos=snakemake.params.videos,
            cameras=dict(zip(snakemake.params.new, snakemake.input.cameras, strict=True)),
            table_path=snakemake.output.table,
        )
