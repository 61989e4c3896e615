"""Joins the chapters of one camera's recording: writes the list by which they are read as one film."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from squint.errors import InputError
from squint.files.chapters import Chapter, write_list
from squint.files.copies import digest_of_ends
from squint.files.damage import stated_frames
from squint.files.frames import orientation, pixel_aspect
from squint.files.video import Video
from squint.files.video_index import CONVERT, REMEDY, lacks_times
from squint.jobs.job import job, progress

GAP_FRAMES = 1.5  # more between the times of two chapters is a stop, unless the second one's begin anew
RATE_SHARE = 0.01  # by which rates of chapters may differ


@dataclass(frozen=True)
class Film:
    """What a chapter shows: `start_s` and `length_s` of its film, the `lead_s` of its other streams, `fps`.

    `alike` is what all chapters of a recording have in common.
    """

    path: str
    start_s: float
    length_s: float
    lead_s: float
    fps: float
    alike: dict[str, Any]


def look_at(path: str) -> Film:
    """What a chapter shows. Raises InputError for one that is cut or broken, or that keeps no times."""
    with Video(path) as video:
        if lacks_times(video.container, video.stream):
            found = f"{video.stream.codec_context.name} in AVI, which keeps none"
            raise InputError(path, "chapters with presentation times", found, CONVERT)
        missing = max(stated_frames(video) - len(video), 0) + int((video.packets < 0).sum())
        first = next((frame for _, frame in video.read([0])), None)
        if missing or first is None or len(video) < 2:
            found = f"{missing} frames of it are missing" if missing else "no frames that can be decoded"
            raise InputError(path, "a whole chapter, or all numbers of later frames would be wrong", found, REMEDY)
        unit = float(video.stream.time_base or 0)
        step_s = float(np.median(np.diff(video.times_s)))
        begin_s = (video.container.start_time or 0) / 1e6
        return Film(
            path,
            start_s=float(video.pts[0]) * unit,
            length_s=float(video.times_s[-1]) + step_s,
            lead_s=float(video.pts[0]) * unit - begin_s,
            fps=1 / step_s,
            alike={
                "container": video.container.format.name,
                "codec": video.stream.codec_context.name,
                "size": (video.stream.width, video.stream.height),
                "pixel format": video.stream.pix_fmt,
                "shape of pixels": pixel_aspect(first),
                "orientation": orientation(first),
                "time base": video.stream.time_base,
            },
        )


def check_alike(films: list[Film]) -> None:
    """Raise InputError for chapters that are not of one recording: of other kinds, or with a gap between them."""
    remedy = "give chapters of one recording alone"
    for film in films:
        other = next((name for name, value in film.alike.items() if value != films[0].alike[name]), None)
        if other:
            found = f"{film.alike[other]}, and {films[0].alike[other]} in {films[0].path}"
            raise InputError(film.path, f"chapters of one {other}", found, remedy)
        if abs(film.fps / films[0].fps - 1) > RATE_SHARE:
            found = f"{film.fps:g} frames a second, and {films[0].fps:g} in {films[0].path}"
            raise InputError(film.path, "chapters of one frame rate", found, remedy)
    for one, other in pairwise(films):
        gap = (other.start_s - one.start_s - one.length_s) * one.fps
        if gap > GAP_FRAMES:  # one that begins at 0 again stands back
            found = f"{gap / one.fps:.2f} s later: the camera was stopped there, or the file before is cut"
            remedy = "give what was filmed without a stop alone; copy the files from the camera again"
            raise InputError(other.path, f"a chapter that goes on where {one.path} ends", found, remedy)


def lengths_s(films: list[Film]) -> list[float]:
    """How long each file is to count, so that its film goes on in the next without a gap.

    FFmpeg puts the first stream of a file where the file before it ends. Where the film begins after the sound, the
    file has to begin so much earlier.
    """
    leads = [film.lead_s for film in films]
    return [film.length_s + own - later for film, own, later in zip(films, leads, [*leads[1:], leads[-1]], strict=True)]


def join_chapters(paths: list[str], pattern: str, list_path: str) -> None:
    """Write the list of the chapters at `paths`, in this order; `pattern` is what the sample sheet says of them.

    Raises InputError where there are none, or where they are not parts of one recording.
    """
    if not paths:
        remedy = "check the columns `videos` and `cameras` of the sample sheet; {chapter} stands for a number"
        raise InputError(pattern, "the chapters of a recording", "none", remedy)
    films = [look_at(path) for path in progress(paths, unit="chapter")]
    check_alike(films)
    chapters = [
        Chapter(Path(film.path), length, Path(film.path).stat().st_size, digest_of_ends(film.path))
        for film, length in zip(films, lengths_s(films), strict=True)
    ]
    write_list(list_path, chapters)


if __name__ == "__main__":
    with job(snakemake):
        join_chapters(
            paths=list(snakemake.input.chapters),
            pattern=snakemake.params.pattern,
            list_path=snakemake.output.list,
        )
