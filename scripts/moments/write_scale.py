"""Writes the scale that is scored on, with all that people are told of it, for the app."""

import json
from pathlib import Path

from squint.jobs.job import job


def write_scale(scale: dict, path: str) -> None:
    """Write the scale as JSON."""
    Path(path).write_text(json.dumps(scale, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with job(snakemake):
        write_scale(scale=snakemake.params.scale, path=snakemake.output.scale)
