"""Counts the moments of each class in each fold, and stops before any training where a class has none."""

import pandas as pd

from squint.domain.score_ranges import RANGE_NAMES, class_of, usual_bins
from squint.files.stores import read_columns
from squint.jobs.job import job
from squint.outputs import make_output
from squint.samples.labels import MOMENT


def count_ranges(scores: pd.Series) -> dict[str, int]:
    """Number of moments in each score range."""
    ranges = class_of(scores.to_numpy(), usual_bins())
    return {name: int((ranges == number).sum()) for number, name in enumerate(RANGE_NAMES)}


def check_fold(path: str, networks: list[dict]) -> dict:
    """The row of one subset. Raises InputError where a network's class has no moment in it."""
    scores = read_columns(path).groupby(MOMENT).score.first()
    for network in networks:
        output = make_output(network)
        where = f"{path}, for the network {network['network']}"
        output.check_classes(output.balancing_classes(scores.to_numpy()), where, training=path.endswith("-train.h5"))
    return {"fold": path.rsplit("/", 1)[-1].removesuffix(".h5"), "moments": len(scores)} | count_ranges(scores)


if __name__ == "__main__":
    with job(snakemake):
        rows = [check_fold(path=path, networks=snakemake.params.networks) for path in snakemake.input.folds]
        pd.DataFrame(rows).to_csv(snakemake.output.table, index=False)
