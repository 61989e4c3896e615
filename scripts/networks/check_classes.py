"""Counts the moments of each class in each fold, and stops before any training where a class has none."""

import pandas as pd

from squint.domain.scale import Scale, make_scale
from squint.files.stores import read_columns
from squint.jobs.job import job
from squint.outputs import make_output
from squint.samples.labels import MOMENT


def count_ranges(scores: pd.Series, scale: Scale) -> dict[str, int]:
    """Number of moments in each score range."""
    ranges = scale.range_of(scores.to_numpy())
    return {name: int((ranges == number).sum()) for number, name in enumerate(scale.range_names)}


def check_fold(path: str, networks: list[dict], scale: Scale) -> dict:
    """The row of one subset. Raises InputError where a network's class has no moment in it."""
    scores = read_columns(path).groupby(MOMENT).score.first()
    for network in networks:
        output = make_output(network)
        where = f"{path}, for the network {network['network']}"
        output.check_classes(output.balancing_classes(scores.to_numpy()), where, training=path.endswith("-train.h5"))
    return {"fold": path.rsplit("/", 1)[-1].removesuffix(".h5"), "moments": len(scores)} | count_ranges(scores, scale)


if __name__ == "__main__":
    with job(snakemake):
        params, scale = snakemake.params, make_scale(snakemake.params.scale)
        rows = [check_fold(path=path, networks=params.networks, scale=scale) for path in snakemake.input.folds]
        pd.DataFrame(rows).to_csv(snakemake.output.table, index=False)
