"""Measures the face detector on annotated frames of recordings that it was not trained on."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from squint.detection.annotations import read_annotations
from squint.domain.boxes import accepted, overlap
from squint.domain.seeds import named_generator
from squint.errors import InputError
from squint.jobs.job import job
from squint.measures.detection import HIT, average_precision, ratio

BOX = ["box_x", "box_y", "box_size"]


def known_faces(truth: str, annotations: pd.DataFrame | None, video: str) -> pd.DataFrame:
    """What is known of the frames of one video: `frame_num`, the box (size 0 for none), `hidden`: no face to be seen.

    Simulated faces that are turned just out of view are neither there to be found nor hidden.
    """
    if truth:
        table = pd.read_parquet(truth)
        table.loc[~table.face, BOX] = 0
        return table[["frame_num", *BOX, "hidden"]]
    if annotations is None:
        raise ValueError(f"nothing is known of the frames of {video}")
    table = annotations[annotations.file.map(lambda file: Path(file).resolve() == Path(video).resolve())]
    return table[["frame_num", *BOX]].assign(hidden=table.box_size == 0)


def judge_frames(detections: pd.DataFrame, known: pd.DataFrame, min_prob: float) -> pd.DataFrame:
    """One row a frame that was searched and is known.

    `face` and `hidden`: what is there; `certainty` of the box found (0 for none); `iou` with the face; `accepted`:
    found with `min_prob` or more; `tracked`; and the known box.
    """
    table = detections[detections.frame_num >= 0].merge(known, on="frame_num", suffixes=("", "_known"))
    there = table[[f"{column}_known" for column in BOX]].set_axis(BOX, axis=1)
    found = table.det_lbl == 1
    return pd.DataFrame(
        {
            "face": there.box_size > 0,
            "hidden": table.hidden,
            "certainty": table.det_prb.where(found, 0.0),
            "iou": np.where(found, overlap(table[BOX], there), 0.0),
            "accepted": accepted(table, min_prob),
            "tracked": table.det_trd == 1,
            **there.add_prefix("known_"),
        }
    )


def measure(frames: pd.DataFrame) -> dict[str, float]:
    """The measures of one group of judged frames."""
    hits = frames.accepted & frames.face & (frames.iou >= HIT)
    return {
        "frames": len(frames),
        "faces": int(frames.face.sum()),
        "hidden": int(frames.hidden.sum()),
        "ap50": average_precision(frames.face.to_numpy(), frames.certainty.to_numpy(), frames.iou.to_numpy()),
        "recall": ratio(hits.sum(), frames.face.sum()),
        "precision": ratio(hits.sum(), frames.accepted.sum()),
        "mean_iou": float(frames.iou[frames.accepted & frames.face].mean()),
        "false_faces": ratio((frames.hidden & frames.accepted).sum(), frames.hidden.sum()),
        "tracked": float(frames.tracked[frames.accepted].mean()),
    }


def constant_box(frames: pd.DataFrame) -> pd.DataFrame:
    """`frames` with each camera's median of the known boxes in all of its frames: the trivial reference."""
    known = frames[[f"known_{column}" for column in BOX]].set_axis(BOX, axis=1)
    always = known.where(frames.face).groupby(frames.camera).transform("median")
    return frames.assign(certainty=1.0, accepted=True, tracked=False, iou=overlap(always, known))


def interval(
    frames: pd.DataFrame, draws: int, confidence: float, generator: np.random.Generator
) -> tuple[float, float]:
    """Bootstrap interval of AP50 over recordings, whose cameras see the same animal; NaN for fewer than two."""
    parts = [part for _, part in frames.groupby("experiment")]
    parts = [tuple(part[column].to_numpy() for column in ("face", "certainty", "iou")) for part in parts]
    if len(parts) < 2:
        return np.nan, np.nan
    values = []
    for _ in range(draws):
        drawn = generator.integers(0, len(parts), len(parts))
        values.append(
            average_precision(*(np.concatenate(column) for column in zip(*(parts[i] for i in drawn), strict=True)))
        )
    edge = (1 - confidence) / 2
    low, high = np.nanquantile(values, [edge, 1 - edge])
    return float(low), float(high)


def measure_detection(
    videos: list[dict], test_annotations: str, table_path: str, draws: int, confidence: float, seed: int
) -> None:
    """Write the table of detection quality: over all, by camera, by recording, and of a box that never moves.

    `videos`: `experiment`, `camera`, `video`, `detections`, `truth` (empty for real recordings) and `min_prob` of each.
    """
    annotations = read_annotations(test_annotations) if test_annotations else None
    judged = []
    for video in videos:
        if not video["truth"] and annotations is None:
            continue
        known = known_faces(video["truth"], annotations, video["video"])
        frames = judge_frames(pd.read_parquet(video["detections"]), known, video["min_prob"])
        if not video["truth"] and len(frames) < len(known):
            logging.warning("%s: %d annotated frames were not searched.", video["video"], len(known) - len(frames))
        judged.append(frames.assign(experiment=video["experiment"], camera=video["camera"]))
    frames = pd.concat(judged, ignore_index=True)
    if not frames.face.any():
        raise InputError(
            test_annotations,
            "annotated faces in frames that were searched",
            "none",
            "annotate frames named in the column frame_num of results/detections, in videos of the sample sheet",
        )
    groups = [("all", "all", frames)]
    groups += [("camera", name, part) for name, part in frames.groupby("camera")]
    groups += [("recording", name, part) for name, part in frames.groupby("experiment", sort=False)]
    groups += [("reference", "a box that never moves", constant_box(frames))]
    rows = []
    for scope, name, part in groups:
        measures = measure(part)
        low, high = interval(part, draws, confidence, named_generator(seed, "detection", scope, name))
        index = list(measures).index("ap50") + 1
        items = [*measures.items()]
        rows.append(
            {"scope": scope, "name": name}
            | dict([*items[:index], ("ap50_low", low), ("ap50_high", high), *items[index:]])
        )
    pd.DataFrame(rows).to_csv(table_path, index=False, float_format="%.4f")


if __name__ == "__main__":
    with job(snakemake):
        measure_detection(
            videos=snakemake.params.videos,
            test_annotations=snakemake.params.test_annotations,
            table_path=snakemake.output.table,
            draws=snakemake.params.draws,
            confidence=snakemake.params.confidence,
            seed=snakemake.params.seed,
        )
