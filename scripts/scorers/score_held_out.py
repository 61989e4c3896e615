"""Scores a recording of an animal over time with the networks of the fold that leaves it out, to calibrate curves."""

import json
from pathlib import Path

from squint.files.stores import open_fold
from squint.jobs.job import job
from squint.models.scorer import load_scorer
from squint.scorer.likeness import read_likeness
from squint.scorer.timeline import Recording, score_over_time

if __name__ == "__main__":
    with job(snakemake):
        given, params = snakemake.input, snakemake.params
        cameras = list(params.videos)
        raw, _ = score_over_time(
            scorer=load_scorer(
                params.settings,
                params.image_size,
                models=given.models,
                sources=given.sources,
                means=[open_fold(path).mean_colour() for path in given.trains],
                seed=params.seed,
                threads=params.threads,
            ),
            likeness=[read_likeness(Path(given.likeness))],
            limits=json.loads(Path(given.limits).read_text())["folds"][str(params.fold)],
            recording=Recording(
                videos=dict(params.videos),
                indexes=dict(zip(cameras, given.indexes, strict=True)),
                detections=dict(zip(cameras, given.detections, strict=True)),
            ),
            min_prob=params.min_prob,
            image_size=params.image_size,
            coverage=params.coverage,
            highest=params.highest,
            threads=params.threads,
            folder=Path(snakemake.output.raw).parent,
        )
        raw.to_parquet(snakemake.output.raw, index=False)
