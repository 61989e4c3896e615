"""Scores a recording over time with the networks of all folds as an ensemble, per camera and fused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.backend import load_keras
from scripts.boxes import accepted
from scripts.crops.cutting import cut, widen
from scripts.grimace import CAMERAS
from scripts.images import resize_crop
from scripts.job import InputError, job, progress
from scripts.networks.build import build_backbone
from scripts.networks.extract_features import backbone_seed, compute_features
from scripts.networks.predict_images import predict
from scripts.video import Video, picture


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
    faces: pd.DataFrame, videos: dict[str, str], indexes: list[str], image_size: int, threads: int
) -> np.ndarray:
    """The crops of `faces`, uint8 (n, size, size, 3), from the videos with their indexes, each decoded once."""
    images = np.empty((len(faces), image_size, image_size, 3), np.uint8)
    for camera, index in progress(list(zip(CAMERAS, indexes, strict=True)), unit="camera"):
        rows = faces[faces.camera == camera]
        places = dict(zip(rows.frame_num, rows.index, strict=True))
        with Video(videos[camera], index, threads) as video:
            for number, frame in video.read_all(rows.frame_num):
                place = places[number]
                crop = cut(picture(frame), widen(*faces.loc[place, ["box_x", "box_y", "box_size"]]))
                images[place] = resize_crop(crop, image_size)
    return images


def fuse_cameras(faces: pd.DataFrame, scores: np.ndarray, window: int, every: int) -> pd.DataFrame:
    """The timeline, one row a sampled moment with a face.

    `scores` (networks, faces). Columns: `sync_index` and `time_s` from the synchronisation frame, `faces` (cameras
    that see it), C1 to C6 (mean over networks, NaN where no face is seen), `fused` (mean over these cameras), `spread`
    (standard deviation of the networks' fused scores), `smoothed` (mean of `fused` over a window of `window` rows
    sampled `every` frames around it).
    """
    keys = faces.sync_index
    per_network = pd.DataFrame(scores.T).groupby(keys.to_numpy()).mean()
    wide = faces.assign(score=scores.mean(axis=0)).pivot(index="sync_index", columns="camera", values="score")
    table = wide.reindex(columns=list(CAMERAS))
    table.insert(0, "faces", table.notna().sum(axis=1))
    table["fused"] = table[list(CAMERAS)].mean(axis=1)
    table["spread"] = per_network.std(axis=1, ddof=0)
    grid = table.fused.reindex(np.arange(keys.min(), keys.max() + 1, every))
    smoothed = grid.rolling(window, center=True, min_periods=1).mean()
    table["smoothed"] = smoothed.loc[table.index]
    return table.reset_index()


def score_recording(
    detections: list[str],
    record_path: str,
    videos: dict[str, str],
    indexes: list[str],
    models: list[str],
    table_path: str,
    settings: dict,
    image_size: int,
    every: int,
    min_prob: float,
    window_s: float,
    seed: int,
    threads: int,
) -> None:
    """Write the timeline of one recording. `models` are the networks of all folds."""
    fps = json.loads(Path(record_path).read_text())["fps"]
    faces = read_faces(detections, min_prob)
    inputs = cut_faces(faces, videos, indexes, image_size, threads)
    keras = load_keras(threads, backbone_seed(seed, settings["backbone"]))
    if not settings["trainable"]:
        backbone = build_backbone(keras, settings["backbone"], settings["weights"], image_size)
        inputs = compute_features(keras, backbone, settings["backbone"], settings["normalisation"], inputs)
    scores = np.stack(
        [predict(keras.models.load_model(path, compile=False), inputs) for path in progress(models, unit="fold")]
    )
    table = fuse_cameras(faces, scores, max(1, round(window_s * fps / every)), every)
    table.insert(1, "time_s", table.sync_index / fps)
    table.to_csv(table_path, index=False, float_format="%.5f")


if __name__ == "__main__":
    with job(snakemake):
        score_recording(
            snakemake.input.detections,
            snakemake.input.records[0],
            snakemake.params.videos,
            snakemake.input.indexes,
            snakemake.input.models,
            snakemake.output.table,
            threads=snakemake.params.threads,
            **snakemake.params.settings,
        )
