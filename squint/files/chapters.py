"""Chapters: the files that a camcorder writes one after the other for one recording, and the list that joins them.

A list is a text in the form of FFmpeg's concat demuxer, which reads its files as one. It says how long the film of each
is, so that sound that goes on for longer leaves no gap, and in comments how large it is and what it holds.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from squint.errors import InputError, instead_of_file

SUFFIX = ".ffconcat"
HEADER = "ffconcat version 1.0"
ENTRY = re.compile(
    r"file '(?P<path>.*)'\nduration (?P<duration>[0-9.]+)\n# (?P<size>[0-9]+) bytes, (?P<digest>[0-9a-f]+)"
)
REMEDY = "bring it back, or run the workflow again, which joins the chapters anew"


@dataclass(frozen=True)
class Chapter:
    """One file of a recording: how long its film is in s, its size in bytes, and a digest of what it holds."""

    path: Path
    duration_s: float
    size: int
    digest: str


def is_list(path: str | Path) -> bool:
    """Whether a path is that of a list of chapters."""
    return Path(path).suffix == SUFFIX


def write_list(path: str, chapters: list[Chapter]) -> None:
    """Write the list of some chapters in their order; it may move with them, as it names them from its own place."""
    folder = Path(path).parent.resolve()
    lines = [HEADER]
    for chapter in chapters:
        name = os.path.relpath(chapter.path.resolve(), folder).replace("'", r"'\''")
        lines += [f"file '{name}'", f"duration {chapter.duration_s:.9f}", f"# {chapter.size} bytes, {chapter.digest}"]
    Path(path).write_text("\n".join(lines) + "\n")


def read_list(path: str | Path) -> list[Chapter]:
    """The chapters of a list, which are there as they were joined. Raises InputError where they are not."""
    folder = Path(path).parent
    chapters = []
    for entry in ENTRY.finditer(Path(path).read_text()):
        name = entry["path"].replace(r"'\''", "'")
        chapters.append(Chapter(folder / name, float(entry["duration"]), int(entry["size"]), entry["digest"]))
    if not chapters:
        raise InputError(path, "a list of chapters that this workflow wrote", "none in it", REMEDY)
    for chapter in chapters:
        if not chapter.path.is_file():
            raise InputError(chapter.path, "a chapter of a recording", instead_of_file(chapter.path), REMEDY)
        size = chapter.path.stat().st_size
        if size != chapter.size:
            raise InputError(chapter.path, f"the chapter that was joined, {chapter.size} bytes", str(size), REMEDY)
    return chapters


def film_bytes(path: str | Path) -> int:
    """How large a video is: the file, or all chapters of a list."""
    return sum(chapter.size for chapter in read_list(path)) if is_list(path) else Path(path).stat().st_size
