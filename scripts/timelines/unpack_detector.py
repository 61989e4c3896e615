"""Takes the face detector out of a scorer."""

import shutil

from squint.jobs.job import job
from squint.scorer.archive import unpacked

if __name__ == "__main__":
    with job(snakemake), unpacked(snakemake.input.scorer) as parts:
        shutil.copyfile(parts.detector, snakemake.output.detector)
