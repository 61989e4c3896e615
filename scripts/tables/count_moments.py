"""Counts the moments of each recording and names who scored them; counts moments and images by group and score.

The thesis has the one as Table 5.3, the other as Figures 5.1 to 5.8 and 5.10 to 5.13.
"""

import pandas as pd

from squint.domain.boxes import accepted
from squint.domain.scale import Scale, make_scale
from squint.files.corrections import correct_boxes, read_corrections
from squint.jobs.job import job

# What becomes of a selected moment (5.2).
GROUPS = ["accepted", "shown again", "bad", "too few units", "not scored"]


def count_recording(moments: pd.DataFrame, scored: pd.DataFrame, labels: pd.DataFrame) -> dict:
    """Selected, duplicated and accepted moments of one recording, its mean score, and its coders."""
    items = moments.drop_duplicates("item")
    return {
        "selected moments": int((items.duplicate_of == 0).sum()),
        "duplicates": int((items.duplicate_of > 0).sum()),
        "accepted moments": len(labels),
        "mean score": labels.score.mean(),
        "coders": " and ".join(scored.coder.drop_duplicates()),
    }


def count_moments(recordings: dict[str, list[pd.DataFrame]]) -> pd.DataFrame:
    """One row a recording, and their total. `recordings` gives moments, scored items and labels by name."""
    table = pd.DataFrame(
        [{"experiment": experiment} | count_recording(*tables) for experiment, tables in recordings.items()]
    )
    total = table[["selected moments", "duplicates", "accepted moments"]].sum()
    weighted = (table["mean score"] * table["accepted moments"]).sum() / table["accepted moments"].sum()
    table.loc[len(table)] = {"experiment": "total", "mean score": weighted, "coders": "", **total}
    return table


def group_items(moments: pd.DataFrame, scored: pd.DataFrame, labels: pd.DataFrame, least_observed: int) -> pd.Series:
    """The group of each item; `least_observed` is how many units a moment must show."""
    items = moments.drop_duplicates("item").set_index("item")
    groups = pd.Series("not scored", items.index)
    done = scored[scored.done].drop_duplicates("item").set_index("item")
    groups[done.index] = "too few units"
    groups[done.index[done.observed >= least_observed]] = "accepted"
    groups[done.index[done.bad_image]] = "bad"
    # Of a moment that is there twice one item is kept.
    kept = set(labels["item"])
    twice = items.index[(items.duplicate_of > 0) | items.index.isin(items.duplicate_of)]
    groups[[item for item in twice if item not in kept and groups[item] == "accepted"]] = "shown again"
    groups[list(kept)] = "accepted"
    return groups


def count_by_group(
    moments: pd.DataFrame, scored: pd.DataFrame, labels: pd.DataFrame, scale: Scale, min_prob: float, corrections
):
    """Rows `counted`, `grouping`, `name`, `count` of one recording; `corrections` is None for none."""
    groups = group_items(moments, scored, labels, scale.least_observed)
    scores = labels.set_index("item").score
    ranges = pd.Series([scale.range_names[number] for number in scale.range_of(scores.to_numpy())], scores.index)
    faces = moments.assign(face=accepted(moments, min_prob)).drop(columns="sync_index")
    shown = {
        "moments": pd.Series(groups.index),
        "images_orgn": faces.loc[faces.face, "item"],
        "images_corr": correct_boxes(faces, corrections).query("face")["item"],
    }
    for counted, items in shown.items():
        for grouping, names, of in (("group", GROUPS, groups), ("score", scale.range_names, ranges)):
            numbers = items.map(of).value_counts()
            for name in names:
                yield {"counted": counted, "grouping": grouping, "name": name, "count": int(numbers.get(name, 0))}


def read_recordings(
    experiments: list[str], moments: list[str], scored: list[str], labels: list[str]
) -> dict[str, list[pd.DataFrame]]:
    """Moments, scored items and labels of each recording by its name, from their paths."""
    paths = zip(moments, scored, labels, strict=True)
    return {name: [pd.read_parquet(path) for path in ours] for name, ours in zip(experiments, paths, strict=True)}


def count_groups(
    recordings: dict[str, list[pd.DataFrame]], scale: Scale, corrections: list[str], min_probs: list[float]
) -> pd.DataFrame:
    """The rows of count_by_group of all recordings with `experiment`; a path of `corrections` is empty for none."""
    rows = []
    for (experiment, tables), path, min_prob in zip(recordings.items(), corrections, min_probs, strict=True):
        corrected = read_corrections(path) if path else None
        rows += [
            {"experiment": experiment} | row
            for row in count_by_group(*tables, scale=scale, min_prob=min_prob, corrections=corrected)
        ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with job(snakemake):
        given, params = snakemake.input, snakemake.params
        recordings = read_recordings(
            experiments=params.experiments, moments=given.moments, scored=given.scored, labels=given.labels
        )
        count_moments(recordings).to_csv(snakemake.output.table, index=False, float_format="%.2f")
        groups = count_groups(
            recordings,
            scale=make_scale(params.scale),
            corrections=params.corrections,
            min_probs=params.min_probs,
        )
        groups.to_csv(snakemake.output.groups, index=False)
