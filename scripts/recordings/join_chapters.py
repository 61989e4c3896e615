"""Joins the chapters of one camera's recording: writes the list by which they are read as one film."""

from pathlib import Path

import numpy as np

from squint.errors import InputError
from squint.files.chapters import Chapter, write_list
from squint.files.copies import digest_of_ends
from squint.files.video_index import CONVERT, REMEDY, index_packets, lacks_times, open_video, promises_more
from squint.jobs.job import job


def describe_chapter(path: str) -> tuple[Chapter, dict[str, object]]:
    """A chapter, and what all chapters of a recording have in common. Raises InputError for one that is cut."""
    container, stream = open_video(path)
    size = Path(path).stat().st_size
    with container:
        if lacks_times(container, stream):
            found = f"{stream.codec_context.name} in AVI, which keeps none"
            raise InputError(path, "chapters with presentation times", found, CONVERT)
        if promises_more(stream, size):
            raise InputError(path, "a whole chapter", f"{size} bytes of a file that is cut", REMEDY)
        alike = {
            "container": container.format.name,
            "codec": stream.codec_context.name,
            "width": stream.width,
            "height": stream.height,
            "pixel format": stream.pix_fmt,
            "time base": stream.time_base,
        }
        units, time_base = stream.duration, float(stream.time_base or 0)
    if not units:  # as in MKV, which says how long sound and film are together
        times = index_packets(path).pts
        units = times.iloc[-1] - times.iloc[0] + np.median(np.diff(times))
    return Chapter(Path(path), units * time_base, size, digest_of_ends(path)), alike


def join_chapters(paths: list[str], pattern: str, list_path: str) -> None:
    """Write the list of the chapters at `paths`, in this order; `pattern` is what the sample sheet says of them.

    Raises InputError where there are none, or where they are of different kinds.
    """
    if not paths:
        remedy = "check the columns `videos` and `cameras` of the sample sheet; {chapter} stands for a number"
        raise InputError(pattern, "the chapters of a recording", "none", remedy)
    chapters, first = [], None
    for path in paths:
        chapter, alike = describe_chapter(path)
        first = first or alike
        other = next((name for name in alike if alike[name] != first[name]), None)
        if other:
            found, remedy = f"{alike[other]}, and {first[other]} in {paths[0]}", "give chapters of one recording alone"
            raise InputError(path, f"chapters of one {other}", found, remedy)
        chapters.append(chapter)
    write_list(list_path, chapters)


if __name__ == "__main__":
    with job(snakemake):
        join_chapters(
            paths=list(snakemake.input.chapters),
            pattern=snakemake.params.pattern,
            list_path=snakemake.output.list,
        )
