"""Calibrates the intervals of curves on animals that were left out, and measures what these intervals hold."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator
from squint.files.lab_tables import as_number, read_people_table
from squint.jobs.job import job
from squint.measures.bootstrap import interval, sample_by_subject
from squint.regions.curves import HeldOutCurve, Manner, calibrate_curves, judge_curves

CURVES = {"a frame": ("score", "low", "high"), "smoothed curve": ("smoothed", "smoothed_low", "smoothed_high")}


def read_curves(racks: list[str], raws: list[str], scores: list[str]) -> list[HeldOutCurve]:
    """The curves of all regions of some racks that an expert scored frames of."""
    curves = []
    for rack, raw, path in zip(racks, raws, scores, strict=True):
        table = pd.read_parquet(raw)
        labels = read_people_table(path, ["region", "frame_num", "score"], [])
        labels = labels[labels.score != ""]
        labels = labels.assign(frame_num=labels.frame_num.astype(int), score=labels.score.map(as_number).astype(float))
        for (region, animal), ours in table.groupby(["region", "animal"], sort=False):
            known = labels.loc[labels.region == region, ["frame_num", "score"]]
            if len(known):
                curves.append(HeldOutCurve(rack, str(region), str(animal), ours.reset_index(drop=True), known))
    return curves


def tabulate_coverage(judged: pd.DataFrame, draws: int, confidence: float, seed: int) -> pd.DataFrame:
    """A row a curve: the share of the expert's scores that its intervals hold, their width, its error and bias."""
    rows = []
    for name, (value, low, high) in CURVES.items():
        ours = judged[judged[value].notna()].reset_index(drop=True)
        held = ((ours[low] <= ours.expert) & (ours.expert <= ours[high])).to_numpy(float)
        error = (ours[value] - ours.expert).to_numpy()
        samples = sample_by_subject(
            ours.animal.to_numpy(str), draws, named_generator(seed, "bootstrap", "curves", name)
        )
        row = {
            "curve": name,
            "frames": len(ours),
            "not scored": len(judged) - len(ours),
            "animals": ours.animal.nunique(),
        }
        for metric, values in (("coverage", held), ("mae", np.abs(error)), ("bias", error)):
            ends = interval(np.array([values[sample].mean() for sample in samples]), confidence)
            row |= {metric: values.mean(), f"{metric} low": ends[0], f"{metric} high": ends[1]}
        rows.append(row | {"width": (ours[high] - ours[low]).mean()})
    return pd.DataFrame(rows)


def calibrate(curves: list[HeldOutCurve], manner: Manner, coverage: float, margins_path: str) -> pd.DataFrame:
    """Write the margins for new animals; the frames by which they are judged, each animal's by those of the others."""
    margins = calibrate_curves(curves, manner, coverage)
    Path(margins_path).write_text(json.dumps(margins.values, indent=1) + "\n")
    return judge_curves(curves, manner, coverage)


if __name__ == "__main__":
    with job(snakemake):
        params, made = snakemake.params, snakemake.output
        judged = calibrate(
            curves=read_curves(racks=params.racks, raws=snakemake.input.raws, scores=snakemake.input.scores),
            manner=Manner(**params.manner),
            coverage=params.coverage,
            margins_path=made.margins,
        )
        judged.to_parquet(made.judged, index=False)
        table = tabulate_coverage(judged=judged, draws=params.draws, confidence=params.confidence, seed=params.seed)
        table.to_csv(made.table, index=False, float_format="%.3f")
