"""Composes one fold of the cross-validation from image stores (thesis, Figure 4.12)."""

import numpy as np
import pandas as pd

from squint.domain.scale import Scale, make_scale
from squint.domain.seeds import named_generator
from squint.errors import InputError
from squint.files.stores import read_columns, write_fold
from squint.jobs.job import job


def join_stores(stores: list[str]) -> pd.DataFrame:
    """The rows of all stores with `experiment`, `source` and `row`."""
    parts = []
    for source, path in enumerate(stores):
        table = read_columns(path)
        table["experiment"] = table.experiment_creation.str.rsplit("_", n=1).str[0]
        table["source"] = source
        table["row"] = np.arange(len(table))
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def limit_moments(rows: pd.DataFrame, limits: dict[str, list[int]], scale: Scale, seed: int) -> pd.DataFrame:
    """`rows` with at most so many moments of each score range as `limits` says for their recording (5.3).

    `limits` maps a recording to the numbers of moments with scores in each score range of the scale.
    """
    keep = pd.Series(True, rows.index)
    for experiment, numbers in limits.items():
        ours = rows[rows.experiment == experiment]
        moments = ours.groupby("item").score.first()
        ranges = scale.range_of(moments.to_numpy())
        chosen = []
        for score_range, number in enumerate(numbers):
            items = moments.index[ranges == score_range].to_numpy(copy=True)
            order = named_generator(seed, "validation", experiment, score_range).permutation(items)
            chosen.extend(order[:number])
        keep[ours.index] = ours["item"].isin(chosen)
    return rows[keep].reset_index(drop=True)


def check_subjects(subsets: dict[str, pd.DataFrame], subjects: dict[str, str], allowed: list[str]) -> None:
    """Raise InputError if a subject of the test subsets is in the training or validation subset too."""
    held_out = {subjects[e] for name in ("test_orgn", "test_corr") for e in subsets[name].experiment.unique()}
    for name in ("train", "validation"):
        both = sorted(held_out & {subjects[e] for e in subsets[name].experiment.unique()} - set(allowed))
        if both:
            raise InputError(
                "the sample sheet",
                f"no subject on both sides of a fold ({name} and test)",
                f"subject {both[0]}",
                "change the role of one of its recordings",
            )


def compose_fold(
    subsets: dict[str, list[str]],
    outputs: dict[str, str],
    subjects: dict[str, str],
    allowed: list[str],
    limits: dict,
    scale: Scale,
    seed: int,
) -> None:
    """Write the four subsets of a fold; `subsets` maps train, validation, test_orgn and test_corr to their stores."""
    rows = {name: join_stores(stores) for name, stores in subsets.items()}
    rows["validation"] = limit_moments(rows["validation"], limits, scale, seed)
    check_subjects(rows, subjects, allowed)
    for name, table in rows.items():
        if table.empty:
            raise InputError(
                ", ".join(subsets[name]),
                f"at least one crop in the {name} subset",
                "none",
                "score more moments of its recordings",
            )
        write_fold(outputs[name], subsets[name], table)


if __name__ == "__main__":
    with job(snakemake):
        names = ("train", "validation", "test_orgn", "test_corr")
        compose_fold(
            subsets={name: list(snakemake.input[name]) for name in names},
            outputs={name: snakemake.output[name] for name in names},
            subjects=snakemake.params.subjects,
            allowed=snakemake.params.allowed,
            limits=snakemake.params.limits,
            scale=make_scale(snakemake.params.scale),
            seed=snakemake.params.seed,
        )
