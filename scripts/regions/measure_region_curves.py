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
        manner.highest,
        named_generator(seed, "bootstrap", "curve", *name),
    )


def measure_region_curves(
    racks: dict[str, str], about: RegionAbout, draws: int, confidence: float, seed: int
) -> pd.DataFrame:
    """A row for each region of some racks, whose curves are in files."""
    rows = []
    for rack, path in racks.items():
        for (region, animal), curve in pd.read_parquet(path).groupby(["region", "animal"], sort=False):
            told = measure_region(curve, about, draws, confidence, seed, (rack, region))
            known = "yes" if animal in about.animals else ""
            rows.append({"rack": rack, "region": region, "animal": animal, "known animal": known} | told)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with job(snakemake):
        params = snakemake.params
        table = measure_region_curves(
            racks=dict(zip(params.racks, snakemake.input.curves, strict=True)),
            about=read_region_about(snakemake.input.scorer),
            draws=params.draws,
            confidence=params.confidence,
            seed=params.seed,
        )
        table.to_csv(snakemake.output.table, index=False, float_format="%.3f")
