"""Scores a recording over time with the networks of all folds as an ensemble, per camera and fused."""

import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from squint.domain.boxes import accepted
from squint.domain.rig import CAMERAS
from squint.errors import InputError
from squint.files.images import resize_crop
from squint.files.stores import open_fold
from squint.files.video import Video, picture
from squint.jobs.job import job, progress
from squint.models.scorer import Scorer, load_scorer
from squint.samples.cropping import cut, widen
from squint.samples.views import NO_VIEW

BLOCK = 500  # moments whose crops are in memory at a time


def read_faces(detections: list[str], min_prob: float) -> pd.DataFrame:
    """All detected faces of six cameras: detection columns and `camera`. Raises InputError if there are none."""
    tables = [pd.read_parquet(path).assign(camera=camera) for camera, path in zip(CAMERAS, detections, strict=True)]
    table = pd.concat(tables, ignore_index=True)
    faces = table[accepted(table, min_prob)].reset_index(drop=True)
    if faces.empty:
        raise InputError(
            Path(detections[0]).parent,
            f"faces of certainty {min_prob} or more",
            "none",
            "look at the videos, or lower `moments: min_prob`",
        )
    return faces


def cut_faces(
    faces: pd.DataFrame, videos: dict[str, str], indexes: list[str], image_size: int, threads: int, path: Path
) -> np.ndarray:
    """The crops of `faces`, uint8 (n, size, size, 3), in a file at `path`; each video is decoded once."""
    images = np.memmap(path, np.uint8, "w+", shape=(len(faces), image_size, image_size, 3))
    for camera, index in progress(list(zip(CAMERAS, indexes, strict=True)), unit="camera"):
        rows = faces[faces.camera == camera]
        row_of_frame = dict(zip(rows.frame_num, rows.index, strict=True))
        with Video(videos[camera], index, threads) as video:
            for number, frame in video.read_all(rows.frame_num):
                row = row_of_frame[number]
                crop = cut(picture(frame), widen(*faces.loc[row, ["box_x", "box_y", "box_size"]]))
                images[row] = resize_crop(crop, image_size)
    return images


def moment_sets(faces: pd.DataFrame) -> np.ndarray:
    """Rows of `faces` that were seen at one moment, (moments, 6) in the order of time."""
    groups = faces.assign(row_number=np.arange(len(faces))).groupby("sync_index", sort=True).row_number
    sets = np.full((groups.ngroups, len(CAMERAS)), NO_VIEW)
    for number, (_, rows) in enumerate(groups):
        sets[number, : len(rows)] = rows
    return sets


def fuse_cameras(
    faces: pd.DataFrame, scores: np.ndarray, together: np.ndarray | None, window: int, every: int
) -> pd.DataFrame:
    """The timeline, one row a sampled moment with a face.

    `scores` (networks, faces); `together` (networks, moments) of networks that see all views, else None, and then a
    moment's score is the mean over its faces. Columns: `sync_index` and `time_s` from the synchronisation frame,
    `faces` (cameras that see it), C1 to C6 (mean over networks, NaN where no face is seen), `fused` (of all faces),
    `spread` (standard deviation of the networks' fused scores), `smoothed` (mean of `fused` over a window of `window`
    rows sampled `every` frames around it).
    """
    keys = faces.sync_index
    per_network = pd.DataFrame(scores.T).groupby(keys.to_numpy()).mean()
    if together is not None:
        per_network = pd.DataFrame(together.T, per_network.index)
    wide = faces.assign(score=scores.mean(axis=0)).pivot(index="sync_index", columns="camera", values="score")
    table = wide.reindex(columns=list(CAMERAS))
    table.insert(0, "faces", table.notna().sum(axis=1))
    table["fused"] = per_network.mean(axis=1)
    table["spread"] = per_network.std(axis=1, ddof=0)
    grid = table.fused.reindex(np.arange(keys.min(), keys.max() + 1, every))
    smoothed = grid.rolling(window, center=True, min_periods=1).mean()
    table["smoothed"] = smoothed.loc[table.index]
    return table.reset_index()


def score_faces(scorer: Scorer, images: np.ndarray, faces: pd.DataFrame) -> tuple[np.ndarray, np.ndarray | None]:
    """Scores (networks, faces), and (networks, moments) of networks that see all views; some moments at a time."""
    scores, together = np.empty((len(scorer.networks), len(faces))), []
    moments = np.sort(faces.sync_index.unique())
    for start in progress(range(0, len(moments), BLOCK), unit="block"):
        rows = np.flatnonzero(faces.sync_index.isin(moments[start : start + BLOCK]))
        scores[:, rows], of_moments = scorer.score(np.asarray(images[rows]), moment_sets(faces.iloc[rows]))
        together.append(of_moments)
    return scores, None if together[0] is None else np.concatenate(together, axis=1)


def score_recording(
    detections: list[str],
    record_path: str,
    videos: dict[str, str],
    indexes: list[str],
    models: list[str],
    sources: list[str],
    trains: list[str],
    table_path: str,
    settings: dict,
    image_size: int,
    every: int,
    min_prob: float,
    window_s: float,
    seed: int,
    threads: int,
) -> None:
    """Write the timeline of one recording. `models` are the networks of all folds.

    `sources` are the networks whose frozen backbones they take, `trains` the folds whose mean colour they were trained
    without; both are empty for none.
    """
    fps = json.loads(Path(record_path).read_text())["fps"]
    faces = read_faces(detections, min_prob)
    means = [open_fold(path).mean_colour() for path in trains]
    scorer = load_scorer(settings, image_size, models, sources, means, seed, threads)
    with tempfile.TemporaryDirectory(dir=Path(table_path).parent) as folder:
        images = cut_faces(faces, videos, indexes, image_size, threads, Path(folder) / "crops")
        scores, together = score_faces(scorer, images, faces)
    table = fuse_cameras(faces, scores, together, max(1, round(window_s * fps / every)), every)
    table.insert(1, "time_s", table.sync_index / fps)
    table.to_csv(table_path, index=False, float_format="%.5f")


if __name__ == "__main__":
    with job(snakemake):
        score_recording(
            detections=snakemake.input.detections,
            record_path=snakemake.input.records[0],
            videos=snakemake.params.videos,
            indexes=snakemake.input.indexes,
            models=snakemake.input.models,
            sources=snakemake.input.sources,
            trains=snakemake.input.trains,
            table_path=snakemake.output.table,
            settings=snakemake.params.settings,
            image_size=snakemake.params.image_size,
            every=snakemake.params.every,
            min_prob=snakemake.params.min_prob,
            window_s=snakemake.params.window_s,
            seed=snakemake.params.seed,
            threads=snakemake.params.threads,
        )
