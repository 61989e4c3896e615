"""Counts the moments of each class in each fold, and stops before any training where a class has none."""

import pandas as pd

from scripts.balanced import RANGE_NAMES, class_of, usual_bins
from scripts.job import job
from scripts.networks.targets import MOMENT, check_classes, training_classes
from scripts.stores import read_columns


def count_ranges(scores: pd.Series) -> dict[str, int]:
    """Number of moments in each score range."""
    ranges = class_of(scores.to_numpy(), usual_bins())
    return {name: int((ranges == number).sum()) for number, name in enumerate(RANGE_NAMES)}


def check_fold(path: str, networks: list[dict]) -> dict:
    """The row of one subset. Raises InputError where a network's class has no moment in it."""
    scores = read_columns(path).groupby(MOMENT).score.first()
    for network in networks:
        present = training_classes(scores.to_numpy(), network)
        place = f"{path}, for the network {network['network']}"
        check_classes(present, network, place, training=path.endswith("-train.h5"))
    return {"fold": path.rsplit("/", 1)[-1].removesuffix(".h5"), "moments": len(scores)} | count_ranges(scores)


if __name__ == "__main__":
    with job(snakemake):
        rows = [check_fold(path, snakemake.params.networks) for path in snakemake.input.folds]
        pd.DataFrame(rows).to_csv(snakemake.output.table, index=False)
