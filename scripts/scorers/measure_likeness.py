"""Measures how often cameras of animals that were left out are told as unlike the training data: false alarms.

Each animal's cameras are judged by limits from the others alone.
"""

import json
from pathlib import Path

import pandas as pd

from squint.jobs.job import job
from squint.scorer.likeness import conformal_limit, name_oddities

COLUMNS = ["experiment", "camera", "animal", "faces", "distance", "distance limit", "oddity", "oddity limit"]
COLUMNS += ["told", "differs"]


def judge_cameras(crops: pd.DataFrame, limits: dict, subjects: dict[str, str]) -> pd.DataFrame:
    """A row a camera of the recordings left out: its `distance` and `oddity`, whether it is `told`, and what differs.

    Each of the two has its limit from other animals beside it, NaN where there are none.

    `crops` are those of describe_training; `subjects` maps recordings to animals.
    """
    rows = [
        {
            "experiment": experiment,
            "camera": camera,
            "animal": subjects[experiment],
            "faces": len(ours),
            "distance": ours.distance.median(),
            "oddity": ours.oddity.median(),
            "differs": ", ".join(name_oddities(ours, limits)),
        }
        for (experiment, camera), ours in crops.groupby(["experiment", "camera"], sort=False)
    ]
    table = pd.DataFrame(rows)
    for animal in table.animal.unique():
        ours = table.animal == animal
        for value in ("distance", "oddity"):
            others = table[value][~ours].to_numpy()
            table.loc[ours, f"{value} limit"] = conformal_limit(others) if len(others) else float("nan")
    return table.assign(told=(table.distance > table["distance limit"]) | (table.oddity > table["oddity limit"]))


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
            limits=json.loads(Path(snakemake.input.limits).read_text()),
            subjects=snakemake.params.subjects,
        )
        tabulate_likeness(table).to_csv(snakemake.output.table, index=False, float_format="%.3f")
