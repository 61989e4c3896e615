"""Scores a recording over time with a scorer: each camera, all fused, and how sure that is.

Beside the curve it tells how like the training data each camera is.
"""

import json
import logging
from pathlib import Path

import pandas as pd

from squint.jobs.job import job
from squint.models.scorer import load_packed
from squint.scorer.archive import unpacked
from squint.scorer.calibration import Margins, Window, finish
from squint.scorer.likeness import describe_unlike, judge_camera, read_likeness
from squint.scorer.timeline import Recording, score_over_time

CAMERA_COLUMNS = ["camera", "faces", "not_scored", "distance", "distance_limit", "oddity", "oddity_limit"]
CAMERA_COLUMNS += ["told", "differs"]


def judge_cameras(faces: pd.DataFrame, cameras: list[str], limits: dict, where: str) -> pd.DataFrame:
    """A row a camera: `faces`, those `not_scored`, and what judge_camera tells beside the limits of the scorer."""
    rows = []
    for camera in cameras:
        ours = faces[faces.camera == camera]
        judged = judge_camera(ours, limits)
        if judged["told"]:
            logging.warning("%s, camera %s %s", where, camera, describe_unlike(judged["differs"]))
        ends = {"distance_limit": limits["camera_distance"], "oddity_limit": limits["camera_oddity"]}
        known = {"camera": camera, "faces": len(ours), "not_scored": int((ours.abstained != "").sum())}
        rows.append(known | judged | ends)
    return pd.DataFrame(rows)[CAMERA_COLUMNS]


def score_recording(
    scorer: str, recording: Recording, fps: float, where: str, folder: Path, threads: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The timeline of a recording, and what is told of its cameras (see judge_cameras)."""
    cameras = list(recording.videos)
    with unpacked(scorer) as parts:
        about = parts.about
        highest = about.core.highest
        raw, faces = score_over_time(
            load_packed(about.settings, parts.networks, parts.extractors, threads),
            list(map(read_likeness, parts.likeness)),
            about.limits,
            recording,
            about.min_prob,
            about.image_size,
            about.coverage,
            highest,
            threads,
            folder,
        )
    window = Window.of(about.window_s, fps, about.detection["sample_every"])
    table = finish(raw, cameras, Margins.read(about.margins), window, highest)
    table.insert(1, "time_s", table.sync_index / fps)
    return table, judge_cameras(faces, cameras, about.limits, where)


if __name__ == "__main__":
    with job(snakemake):
        given, made = snakemake.input, snakemake.output
        cameras = list(snakemake.params.videos)
        timeline, judged = score_recording(
            scorer=given.scorer,
            recording=Recording(
                videos=dict(snakemake.params.videos),
                indexes=dict(zip(cameras, given.indexes, strict=True)),
                detections=dict(zip(cameras, given.detections, strict=True)),
            ),
            fps=json.loads(Path(given.records[0]).read_text())["fps"],
            where=snakemake.wildcards.experiment,
            folder=Path(made.table).parent,
            threads=snakemake.params.threads,
        )
        timeline.to_csv(made.table, index=False, float_format="%.5f")
        judged.to_csv(made.cameras, index=False, float_format="%.3f")
