"""Scores a recording over time: faces cut from its videos, what each network says of them, all fused by moment."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from squint.domain.boxes import accepted
from squint.errors import InputError
from squint.files.frames import picture
from squint.files.images import resize_crop
from squint.files.video import Video
from squint.jobs.job import progress
from squint.measures.intervals import quantiles
from squint.models.scorer import Said, Scorer, join_said
from squint.samples.cropping import Square, cut, widen
from squint.samples.views import NO_VIEW, pad_sets
from squint.scorer.likeness import Likeness, describe_crops

BLOCK = 500  # moments whose crops are in memory at a time
CUT_SHARE = 0.1  # of a crop that may lie beyond the frame
# Why a face is not scored, in the order in which it is told.
TOO_SMALL, BLURRED, CUT_OFF, UNLIKE = "too small", "blurred", "cut off", "unlike the training data"


@dataclass(frozen=True)
class Recording:
    """What is scored: videos and their indexes by camera, and the detections of each."""

    videos: dict[str, str]
    indexes: dict[str, str]
    detections: dict[str, str]


def read_faces(detections: dict[str, str], min_prob: float) -> pd.DataFrame:
    """All detected faces of all cameras: detection columns and `camera`. Raises InputError if there are none."""
    tables = [pd.read_parquet(path).assign(camera=camera) for camera, path in detections.items()]
    table = pd.concat(tables, ignore_index=True)
    faces = table[accepted(table, min_prob)].reset_index(drop=True)
    if faces.empty:
        raise InputError(
            Path(next(iter(detections.values()))).parent,
            f"faces of certainty {min_prob} or more",
            "none",
            "look at the videos, or lower `moments: min_prob`",
        )
    return faces


def beyond_frame(square: Square, width: int, height: int) -> float:
    """The share of a crop that lies beyond a frame of `width` by `height` px."""
    left, top, size = square
    across = min(left + size, width) - max(left, 0)
    down = min(top + size, height) - max(top, 0)
    return 1 - max(across, 0) * max(down, 0) / size**2


def cut_faces(
    faces: pd.DataFrame, recording: Recording, image_size: int, threads: int, path: Path
) -> tuple[np.ndarray, np.ndarray]:
    """The crops of `faces`, uint8 (n, size, size, 3), in a file at `path`, and the share of each beyond its frame.

    Each video is decoded once.
    """
    images = np.memmap(path, np.uint8, "w+", shape=(len(faces), image_size, image_size, 3))
    beyond = np.zeros(len(faces))
    for camera, video in progress(recording.videos.items(), unit="camera"):
        rows = faces[faces.camera == camera]
        rows_of_frame = rows.groupby("frame_num").groups  # two moments may fall on one frame
        with Video(video, recording.indexes[camera], threads) as film:
            for number, frame in film.read_all(rows.frame_num.unique()):
                shown = picture(frame)
                for row in rows_of_frame[number]:
                    square = widen(*faces.loc[row, ["box_x", "box_y", "box_size"]])
                    images[row] = resize_crop(cut(shown, square), image_size)
                    beyond[row] = beyond_frame(square, shown.shape[1], shown.shape[0])
    return images, beyond


@dataclass(frozen=True)
class ScoredFaces:
    """What is known of a recording's faces: a table of them, and what networks say of faces and of moments.

    `faces` has `distance` from the training data, what can be said of each crop in words, and `abstained`: why it is
    not scored, empty where it is.
    """

    faces: pd.DataFrame
    single: Said
    sets: Said | None
    moments: np.ndarray  # the sync_index of each of `sets`


def abstentions(faces: pd.DataFrame, limits: dict) -> pd.Series:
    """Why each face is not scored; empty where it is. `limits` are those of `measure_limits`; none exclude nothing."""
    reasons = pd.Series("", faces.index)
    if limits:
        checks = {
            UNLIKE: faces.distance > limits["face_distance"],
            CUT_OFF: faces.beyond > CUT_SHARE,
            BLURRED: faces.blur < limits["least_sharp"],
            TOO_SMALL: faces["size"] < limits["smallest_size"],
        }
        for reason, holds in checks.items():  # what is told first is written last
            reasons[holds] = reason
    return reasons


def score_faces(
    scorer: Scorer,
    likeness: Sequence[Likeness],
    limits: dict,
    images: np.ndarray,
    faces: pd.DataFrame,
    shown: Callable[..., Iterable] = progress,
) -> ScoredFaces:
    """Score the crops `images` of `faces` (with `beyond`), some moments at a time, of which `shown` shows the progress.

    `likeness` has one for each of the scorer's backbones, in the scorer's order, or none. Faces that are not scored are
    left out of the sets of a moment.
    """
    parts, single, of_sets, seen = [], [], [], []
    order = np.sort(faces.sync_index.unique())
    for start in shown(range(0, len(order), BLOCK), unit="block"):
        ours = faces[faces.sync_index.isin(order[start : start + BLOCK])].rename_axis("row").reset_index()
        crops = np.asarray(images[ours.row])
        inputs = scorer.inputs(crops)
        ours = pd.concat([ours, describe_crops(crops, ours.box_size.to_numpy())], axis=1)
        ours["distance"] = mean_distance(likeness, scorer.features(crops, inputs)) if likeness else 0.0
        ours["abstained"] = abstentions(ours, limits)
        used = np.flatnonzero(ours.abstained == "")
        sets = pad_sets(ours.iloc[used], ["sync_index"])
        said, together = scorer.score(inputs, np.where(sets == NO_VIEW, NO_VIEW, used[sets] if len(used) else sets))
        parts.append(ours)
        single.append(said)
        of_sets.append(together)
        seen.append(np.sort(ours.sync_index.iloc[used].unique()))
    table = pd.concat(parts, ignore_index=True)
    back = np.argsort(table.row.to_numpy())
    return ScoredFaces(
        faces=table.iloc[back].drop(columns="row").reset_index(drop=True),
        single=join_said(single).take(back),
        sets=None if of_sets[0] is None else join_said(of_sets),
        moments=np.concatenate(seen),
    )


def mean_distance(likeness: Sequence[Likeness], features: list[np.ndarray]) -> np.ndarray:
    """The mean distance (n,) of crops from the training data of each likeness.

    `features` are those of the crops by each backbone, or by the one that all share.
    """
    found = [known.distance(features[number % len(features)]) for number, known in enumerate(likeness)]
    return np.mean(found, axis=0)


def fuse_cameras(scored: ScoredFaces, cameras: list[str], coverage: float, highest: float) -> pd.DataFrame:
    """A raw timeline, one row a sampled moment with a face.

    Columns: `sync_index` from the synchronisation frame, `faces` (cameras whose face is scored), each of `cameras`
    (mean over networks, NaN where no face is scored), `fused` (of all faces), `spread` (standard deviation of the
    networks' fused scores), `low` and `high` (ends of an interval for `coverage` before it is calibrated: quantiles of
    what the networks hold probable, or the score itself), and `abstained`: why a moment is not scored, empty where it
    is. `squint.scorer.calibration.finish` makes the whole curve of it.
    """
    faces = scored.faces
    used = (faces.abstained == "").to_numpy()
    moments = pd.Index(np.sort(faces.sync_index.unique()), name="sync_index")
    if scored.sets is None:
        said, keys = scored.single.take(np.flatnonzero(used)), faces.sync_index[used].to_numpy()
    else:
        said, keys = scored.sets, scored.moments
    per_network = pd.DataFrame(said.predictions.T).groupby(keys).mean().reindex(moments)
    above = None if said.above is None else pd.DataFrame(said.above).groupby(keys).mean().reindex(moments)
    single = faces.assign(score=np.where(used, scored.single.predictions.mean(axis=0), np.nan))
    table = single.pivot(index="sync_index", columns="camera", values="score").reindex(columns=cameras)
    table.insert(0, "faces", table.notna().sum(axis=1))
    table["fused"] = per_network.mean(axis=1)
    table["spread"] = per_network.std(axis=1, ddof=0)
    for column, share in (("low", (1 - coverage) / 2), ("high", (1 + coverage) / 2)):
        ends = table.fused if above is None else quantiles(above.to_numpy(), share, highest)
        table[column] = np.where(table.fused.isna(), np.nan, ends)
    reasons = faces[~used].groupby("sync_index").abstained.first().reindex(moments)
    table["abstained"] = reasons.where(table.faces == 0).fillna("")
    return table.reset_index()


def score_over_time(
    scorer: Scorer,
    likeness: Sequence[Likeness],
    limits: dict,
    recording: Recording,
    min_prob: float,
    image_size: int,
    coverage: float,
    highest: float,
    threads: int,
    folder: Path,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The raw timeline of a recording (see fuse_cameras), and its faces (see ScoredFaces).

    Crops stand in a file in `folder` meanwhile, some kB a face.
    """
    faces = read_faces(recording.detections, min_prob)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        images, beyond = cut_faces(faces, recording, image_size, threads, Path(place) / "crops")
        scored = score_faces(scorer, likeness, limits, images, faces.assign(beyond=beyond))
    return fuse_cameras(scored, list(recording.videos), coverage, highest), scored.faces
