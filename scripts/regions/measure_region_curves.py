"""Measures what each animal's curve tells: mean and area, time above a threshold, blinks, each with its interval."""

import pandas as pd

from squint.domain.seeds import named_generator
from squint.jobs.job import job
from squint.measures.continuous import find_blinks, measure_curve, without_blinks
from squint.regions.archive import RegionAbout, read_region_about

BLOCK_S = 5.0  # of the bootstrap: neighbouring frames tell the same


def measure_region(
    curve: pd.DataFrame, about: RegionAbout, draws: int, confidence: float, seed: int, name: tuple
) -> dict[str, float]:
    """What the curve of one animal tells."""
    manner, times_s, scores = about.manner, curve.time_s.to_numpy(), curve.score.to_numpy(float)
    blinks = find_blinks(times_s, scores, manner.closed, manner.blink_s)
    return measure_curve(
        times_s,
        without_blinks(scores, blinks),
        blinks,
        about.threshold,
        about.known_errors,
        draws,
        confidence,
        BLOCK_S,
        named_generator(seed, "bootstrap", "curve", *name),
    )


if __name__ == "__main__":
    with job(snakemake):
        params = snakemake.params
        about = read_region_about(snakemake.input.scorer)
        rows = []
        for rack, path in zip(params.racks, snakemake.input.curves, strict=True):
            for (region, animal), curve in pd.read_parquet(path).groupby(["region", "animal"], sort=False):
                told = measure_region(curve, about, params.draws, params.confidence, params.seed, (rack, region))
                known = "yes" if animal in about.animals else ""
                rows.append({"rack": rack, "region": region, "animal": animal, "known animal": known} | told)
        pd.DataFrame(rows).to_csv(snakemake.output.table, index=False, float_format="%.3f")
