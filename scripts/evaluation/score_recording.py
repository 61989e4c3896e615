"""Scores a recording over time with the networks of all folds as an ensemble, per camera and fused."""

import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.backend import load_keras
from scripts.boxes import accepted
from scripts.crops.cutting import cut, widen
from scripts.grimace import CAMERAS
from scripts.images import resize_crop
from scripts.job import InputError, job, progress
from scripts.networks.batches import NOTHING
from scripts.networks.extract_features import backbone_seed, build_extractor, compute_features
from scripts.networks.load import load_network
from scripts.networks.predict_images import predict, single_views
from scripts.networks.targets import read_outputs
from scripts.stores import open_fold
from scripts.video import Video, picture

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
        places = dict(zip(rows.frame_num, rows.index, strict=True))
        with Video(videos[camera], index, threads) as video:
            for number, frame in video.read_all(rows.frame_num):
                place = places[number]
                crop = cut(picture(frame), widen(*faces.loc[place, ["box_x", "box_y", "box_size"]]))
                images[place] = resize_crop(crop, image_size)
    return images


def moment_sets(faces: pd.DataFrame) -> np.ndarray:
    """Places in `faces` of those seen at one moment, (moments, 6) in the order of time."""
    groups = faces.assign(place=np.arange(len(faces))).groupby("sync_index", sort=True).place
    sets = np.full((groups.ngroups, len(CAMERAS)), NOTHING)
    for number, (_, places) in enumerate(groups):
        sets[number, : len(places)] = places
    return sets


def predict_scores(model, inputs, faces: pd.DataFrame, settings: dict) -> tuple[np.ndarray, np.ndarray | None]:
    """Scores of single faces (faces,), and of the views of each moment together (moments,) where a network sees all."""
    single = read_outputs(predict(model, inputs, single_views(len(faces), settings)), settings).prediction.to_numpy()
    if settings["views"] == "one":
        return single, None
    return single, read_outputs(predict(model, inputs, moment_sets(faces)), settings).prediction.to_numpy()


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


def load_extractors(keras, settings: dict, image_size: int, sources: list[str], trains: list[str], seed: int) -> list:
    """The frozen backbone of each network, or one for all where no fold has its own."""
    count = max(1, len(sources), len(trains))
    extractors = []
    for place in range(count):
        mean = open_fold(trains[place]).mean_colour() if trains else None
        keras.utils.set_random_seed(backbone_seed(seed, settings["backbone"]))
        extractors.append(build_extractor(keras, settings, image_size, sources[place] if sources else None, mean))
    return extractors


def score_faces(
    networks: list, extractors: list, images: np.ndarray, faces: pd.DataFrame, settings: dict
) -> tuple[np.ndarray, np.ndarray | None]:
    """Scores (networks, faces), and (networks, moments) of networks that see all views; some moments at a time."""
    scores, together = np.empty((len(networks), len(faces))), []
    moments = np.sort(faces.sync_index.unique())
    for start in progress(range(0, len(moments), BLOCK), unit="block"):
        places = np.flatnonzero(faces.sync_index.isin(moments[start : start + BLOCK]))
        ours, inputs = faces.iloc[places], [np.asarray(images[places])]
        if extractors:
            inputs = [np.concatenate(list(compute_features(extractor, inputs[0]))) for extractor in extractors]
        said = [
            predict_scores(network, inputs[number % len(inputs)], ours, settings)
            for number, network in enumerate(networks)
        ]
        scores[:, places] = [single for single, _ in said]
        together.append([of_moments for _, of_moments in said])
    if settings["views"] == "one":
        return scores, None
    return scores, np.concatenate([np.stack(part) for part in together], axis=1)


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
    keras = load_keras(threads, backbone_seed(seed, settings["backbone"]), settings["precision"])
    networks = [load_network(keras, path) for path in models]
    extractors = [] if settings["trainable"] else load_extractors(keras, settings, image_size, sources, trains, seed)
    with tempfile.TemporaryDirectory(dir=Path(table_path).parent) as folder:
        images = cut_faces(faces, videos, indexes, image_size, threads, Path(folder) / "crops")
        scores, together = score_faces(networks, extractors, images, faces, settings)
    table = fuse_cameras(faces, scores, together, max(1, round(window_s * fps / every)), every)
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
            snakemake.input.sources,
            snakemake.input.trains,
            snakemake.output.table,
            snakemake.params.settings,
            snakemake.params.image_size,
            snakemake.params.every,
            snakemake.params.min_prob,
            snakemake.params.window_s,
            snakemake.params.seed,
            snakemake.params.threads,
        )
