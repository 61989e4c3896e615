"""Measures how well experts agree with themselves on duplicated moments, and with each other, per unit of the scale."""

import pandas as pd

from squint.jobs.job import job
from squint.measures.coder_agreement import collect_pairs, measure_agreement

if __name__ == "__main__":
    with job(snakemake):
        tables = {
            name: pd.read_parquet(path)
            for name, path in zip(snakemake.params.experiments, snakemake.input.scored, strict=True)
        }
        measure_agreement(
            pairs=collect_pairs(
                tables=tables, conditions=snakemake.params.conditions, units=list(snakemake.params.units)
            ),
            units=snakemake.params.units,
            highest=snakemake.params.highest,
            draws=snakemake.params.draws,
            confidence=snakemake.params.confidence,
            seed=snakemake.params.seed,
        ).to_csv(snakemake.output.table, index=False, float_format="%.3f")
