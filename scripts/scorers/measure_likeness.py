"""Measures how often cameras of animals that were left out are told as unlike the training data: false alarms.

Each animal's cameras are judged by limits from the others alone (see describe_training).
"""

import json
from pathlib import Path

import pandas as pd

from squint.jobs.job import job
from squint.scorer.likeness import judge_camera

COLUMNS = ["experiment", "camera", "animal", "faces", "distance", "distance limit", "oddity", "oddity limit"]
COLUMNS += ["told", "differs"]


def judge_cameras(crops: pd.DataFrame, limits: dict, subjects: dict[str, str]) -> pd.DataFrame:
    """A row a camera of the recordings left out: its `distance` and `oddity`, whether it is `told`, and what differs.

    `crops` and `limits` (by fold) are those of describe_training; `subjects` maps recordings to animals.
    """
    rows = []
    for (fold, experiment, camera), ours in crops.groupby(["fold", "experiment", "camera"], sort=False):
        known = {"experiment": experiment, "camera": camera, "animal": subjects[experiment], "faces": len(ours)}
        ends = limits[str(fold)]
        ends_shown = {"distance limit": ends["camera_distance"], "oddity limit": ends["camera_oddity"]}
        rows.append(known | judge_camera(ours, ends) | ends_shown)
    return pd.DataFrame(rows)


def tabulate_likeness(table: pd.DataFrame) -> pd.DataFrame:
    """`table` with yes or nothing for `told`, and last the share of false alarms."""
    shown = table.assign(told=table.told.map({True: "yes", False: ""}))
    share = {"experiment": "false alarms", "faces": table.faces.sum(), "told": f"{table.told.mean():.3f}"}
    shown.loc[len(shown)] = pd.Series(share)
    return shown[COLUMNS]


if __name__ == "__main__":
    with job(snakemake):
        table = judge_cameras(
            crops=pd.read_parquet(snakemake.input.held_out),
            limits=json.loads(Path(snakemake.input.limits).read_text())["folds"],
            subjects=snakemake.params.subjects,
        )
        tabulate_likeness(table).to_csv(snakemake.output.table, index=False, float_format="%.3f")
