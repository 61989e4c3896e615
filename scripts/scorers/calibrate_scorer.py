"""Calibrates the intervals of curves on animals that were left out, and measures what these intervals hold."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator
from squint.jobs.job import job
from squint.measures.bootstrap import interval, sample_pooled
from squint.scorer.calibration import SMOOTHED, HeldOut, Window, calibrate, judge_coverage

COLUMNS = ["moments", "not scored", "animals", "coverage", "coverage low", "coverage high", "width", "mae"]
# What is told of: its name, and the columns of its value and interval.
CURVES = {"a moment": ("fused", "low", "high"), "smoothed curve": tuple(SMOOTHED.values())}


def read_held_out(
    raws: list[str],
    labels: list[str],
    records: list[str],
    animals: list[str],
    cameras: list[list[str]],
    window_s: float,
    every: int,
) -> list[HeldOut]:
    """The recordings of animals that were left out, from their raw timelines, labels and the record of a video each."""
    return [
        HeldOut(
            animal=animal,
            raw=pd.read_parquet(raw),
            cameras=list(ours),
            window=Window.of(window_s, json.loads(Path(record).read_text())["fps"], every),
            labels=pd.read_parquet(label),
        )
        for raw, label, record, animal, ours in zip(raws, labels, records, animals, cameras, strict=True)
    ]


def tabulate_coverage(moments: pd.DataFrame, labelled: int, confidence: float, draws: int, seed: int) -> pd.DataFrame:
    """A row a curve: the share of the expert's scores within its intervals, their mean width, and its mean error.

    `moments` are those of `judge_coverage`, of `labelled` that an expert scored; without any the rows are empty.
    """
    rows = []
    for name, (value, low, high) in CURVES.items():
        row: dict[str, object] = {"curve": name, "moments": len(moments)}
        if len(moments):
            ours = moments.sort_values(["animal", "sync_index"])
            held = ((ours[low] <= ours.score) & (ours.score <= ours[high])).to_numpy(float)
            sizes = ours.groupby("animal").size().to_numpy()
            samples = sample_pooled(sizes, draws, named_generator(seed, "bootstrap", "curve", name))
            ends = interval(np.array([held[sample].mean() for sample in samples]), confidence)
            row |= {
                "not scored": labelled - len(moments),
                "animals": len(sizes),
                "coverage": held.mean(),
                "coverage low": ends[0],
                "coverage high": ends[1],
                "width": (ours[high] - ours[low]).mean(),
                "mae": (ours[value] - ours.score).abs().mean(),
            }
        rows.append(row)
    return pd.DataFrame(rows).reindex(columns=["curve", *COLUMNS])


def calibrate_scorer(recordings: list[HeldOut], coverage: float, highest: float, calibration_path: str) -> pd.DataFrame:
    """Write the margins for new animals; the moments by which they are judged, each animal's by those of the others."""
    margins = calibrate(recordings, coverage, highest)
    Path(calibration_path).write_text(json.dumps(margins.values, indent=1) + "\n")
    return judge_coverage(recordings, coverage, highest)


if __name__ == "__main__":
    with job(snakemake):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        recordings = read_held_out(
            raws=given.raws,
            labels=given.labels,
            records=given.records,
            animals=params.animals,
            cameras=params.cameras,
            window_s=params.window_s,
            every=params.every,
        )
        moments = calibrate_scorer(
            recordings=recordings,
            coverage=params.coverage,
            highest=params.highest,
            calibration_path=made.calibration,
        )
        table = tabulate_coverage(
            moments=moments,
            labelled=sum(len(recording.labels) for recording in recordings),
            confidence=params.confidence,
            draws=params.draws,
            seed=params.seed,
        )
        table.to_csv(made.table, index=False, float_format="%.3f")
