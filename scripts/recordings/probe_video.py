"""Writes what a video file is: codec, size, rate, frames counted by decoding."""

import json
from pathlib import Path

from scripts.job import InputError, job
from scripts.video import probe


def probe_video(video: str, record_path: str, threads: int) -> None:
    """Probe `video` and write its record as JSON. Raises InputError if it is missing, cut or unreadable."""
    if not Path(video).is_file():
        raise InputError(
            video,
            "the video of one of the six cameras",
            "no such file",
            "check the column `videos` of the sample sheet; its pattern must hold {camera}, which becomes C1 to C6",
        )
    Path(record_path).write_text(json.dumps(probe(video, threads), indent=2) + "\n")


if __name__ == "__main__":
    with job(snakemake):
        probe_video(snakemake.params.video, snakemake.output.record, snakemake.threads)
