"""Counts moments and images by group and by score (thesis, Figures 5.1 to 5.8 and 5.10 to 5.13)."""

import pandas as pd

from scripts.balanced import RANGE_NAMES, class_of, usual_bins
from scripts.boxes import accepted
from scripts.crops.cut_crops import correct_boxes, read_corrections
from scripts.grimace import ACTION_UNITS, MOST_UNOBSERVED
from scripts.job import job

# What becomes of a selected moment (5.2).
GROUPS = ["accepted", "shown again", "bad", "too few units", "not scored"]


def group_items(moments: pd.DataFrame, scored: pd.DataFrame, labels: pd.DataFrame) -> pd.Series:
    """The group of each item."""
    items = moments.drop_duplicates("item").set_index("item")
    groups = pd.Series("not scored", items.index)
    done = scored[scored.done].drop_duplicates("item").set_index("item")
    groups[done.index] = "too few units"
    groups[done.index[done.observed >= len(ACTION_UNITS) - MOST_UNOBSERVED]] = "accepted"
    groups[done.index[done.bad_image]] = "bad"
    # Of a moment that is there twice one item is kept.
    kept = set(labels["item"])
    twice = items.index[(items.duplicate_of > 0) | items.index.isin(items.duplicate_of)]
    groups[[item for item in twice if item not in kept and groups[item] == "accepted"]] = "shown again"
    groups[list(kept)] = "accepted"
    return groups


def count_recording(moments: pd.DataFrame, scored: pd.DataFrame, labels: pd.DataFrame, min_prob: float, corrections):
    """Rows `counted`, `grouping`, `name`, `count` of one recording; `corrections` is None for none."""
    groups = group_items(moments, scored, labels)
    scores = labels.set_index("item").score
    ranges = pd.Series([RANGE_NAMES[place] for place in class_of(scores.to_numpy(), usual_bins())], scores.index)
    faces = moments.assign(face=accepted(moments, min_prob)).drop(columns="sync_index")
    shown = {
        "moments": pd.Series(groups.index),
        "images_orgn": faces.loc[faces.face, "item"],
        "images_corr": correct_boxes(faces, corrections).query("face")["item"],
    }
    for counted, items in shown.items():
        for grouping, names, of in (("group", GROUPS, groups), ("score", RANGE_NAMES, ranges)):
            numbers = items.map(of).value_counts()
            for name in names:
                yield {"counted": counted, "grouping": grouping, "name": name, "count": int(numbers.get(name, 0))}


if __name__ == "__main__":
    with job(snakemake):
        rows = []
        for experiment, *paths, corrections, min_prob in zip(
            snakemake.params.experiments,
            snakemake.input.moments,
            snakemake.input.scored,
            snakemake.input.labels,
            snakemake.params.corrections,
            snakemake.params.min_probs,
            strict=True,
        ):
            tables = [pd.read_parquet(path) for path in paths]
            corrected = read_corrections(corrections) if corrections else None
            rows += [{"experiment": experiment} | row for row in count_recording(*tables, min_prob, corrected)]
        pd.DataFrame(rows).to_csv(snakemake.output.table, index=False)
