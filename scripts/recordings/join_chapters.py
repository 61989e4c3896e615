"""Joins the chapters of one camera's recording: writes the list by which they are read as one film."""

import hashlib
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from squint.errors import InputError
from squint.files.chapters import Chapter, write_list
from squint.files.containers import CONVERT, REMEDY, open_file
from squint.files.copies import digest_of_ends
from squint.files.damage import stated_frames
from squint.files.frames import orientation, pixel_aspect
from squint.files.video import Video
from squint.files.video_index import MOST_REFERENCES, lacks_times
from squint.jobs.job import job, progress

GAP_FRAMES = 1.5  # more between the times of two chapters is a stop, unless the second one's begin anew
RATE_SHARE = 0.01  # by which rates of chapters may differ


@dataclass(frozen=True)
class Film:
    """What a chapter shows: when its first frame is shown, when its last one ends, and how long a frame is.

    In units of the time base. `alike` is what all chapters of a recording have in common.
    """

    path: str
    begin: int
    end: int
    step: int
    alike: dict[str, Any]


def first_time(path: str) -> int:
    """When the first frame of a file is shown, of those too that need frames of the file before it."""
    container, stream = open_file(path)
    with container:
        packets = islice(container.demux(stream), 2 * MOST_REFERENCES)
        return min(packet.pts for packet in packets if packet.pts is not None and not packet.is_discard)


def parameters(video: Video) -> str:
    """A digest of what a decoder must know, where a container keeps that once for all frames; empty elsewhere."""
    stored = video.stream.codec_context.extradata
    streamed = video.container.format.name.startswith("mpeg")  # told anew at key frames
    return hashlib.sha256(stored).hexdigest()[:12] if stored and not streamed else ""


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
        step = round(float(np.median(np.diff(video.pts))))
        alike = {
            "container": video.container.format.name,
            "codec": video.stream.codec_context.name,
            "size": (video.stream.width, video.stream.height),
            "pixel format": video.stream.pix_fmt,
            "shape of pixels": pixel_aspect(first),
            "orientation": orientation(first),
            "time base": video.stream.time_base,
            "set of coding parameters": parameters(video),
        }
        return Film(path, first_time(path), int(video.pts[-1]) + step, step, alike)


def check_alike(films: list[Film]) -> None:
    """Raise InputError for chapters that are not of one recording, as they are of other kinds."""
    remedy = "give chapters of one recording alone"
    rates = [float(1 / (film.step * film.alike["time base"])) for film in films]
    for film, rate in zip(films, rates, strict=True):
        if abs(rate / rates[0] - 1) > RATE_SHARE:
            found = f"{rate:.4g} frames a second, and {rates[0]:.4g} in {films[0].path}"
            raise InputError(film.path, "chapters of one frame rate", found, remedy)
        other = next((name for name, value in film.alike.items() if value != films[0].alike[name]), None)
        if other:
            found = f"{film.alike[other]}, and {films[0].alike[other]} in {films[0].path}"
            raise InputError(film.path, f"chapters of one {other}", found, remedy)


def shifts(films: list[Film]) -> list[int]:
    """What is added to the times of each chapter, so that each goes on where the one before ends.

    That is nothing more where they go on by themselves, as in AVCHD. Raises InputError where these leave a gap.
    """
    added = [0]
    for one, other in pairwise(films):
        gap = (other.begin - one.end) / one.step
        if gap > GAP_FRAMES:
            seconds = float((other.begin - one.end) * one.alike["time base"])
            found = f"{seconds:.2f} s later: the camera was stopped there, or the file before is cut"
            remedy = "give what was filmed without a stop alone; copy the files from the camera again"
            raise InputError(other.path, f"a chapter that goes on where {one.path} ends", found, remedy)
        added.append(added[-1] if gap > -GAP_FRAMES else one.end + added[-1] - other.begin)
    return added


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
        Chapter(Path(path), film.begin + shift, shift, Path(path).stat().st_size, digest_of_ends(path))
        for path, film, shift in zip(paths, films, shifts(films), strict=True)
    ]
    write_list(list_path, chapters)


if __name__ == "__main__":
    with job(snakemake):
        join_chapters(
            paths=list(snakemake.input.chapters),
            pattern=snakemake.params.pattern,
            list_path=snakemake.output.list,
        )
