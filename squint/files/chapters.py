"""Chapters: the files that a camera writes one after the other for one recording, and the list that joins them."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from squint.errors import InputError, instead_of_file

SUFFIX = ".chapters.json"
REMEDY = "bring it back, or run the workflow again, which joins the chapters anew"


@dataclass(frozen=True)
class Chapter:
    """One file of a recording, with its size in bytes and a digest of what it holds.

    `begin` is the time in the whole film at which its first frame is shown, `shift` what is added to the file's own
    times for that; both in units of the time base, which all chapters of a recording have in common.
    """

    path: Path
    begin: int
    shift: int
    size: int
    digest: str


def is_list(path: str | Path) -> bool:
    """Whether a path is that of a list of chapters."""
    return str(path).endswith(SUFFIX)


def write_list(path: str, chapters: list[Chapter]) -> None:
    """Write the list of some chapters in their order, named from its own place, so that all may move together."""
    folder = Path(path).parent.resolve()
    entries = [vars(chapter) | {"path": os.path.relpath(chapter.path.resolve(), folder)} for chapter in chapters]
    Path(path).write_text(json.dumps(entries, indent=2) + "\n")


def read_list(path: str | Path) -> list[Chapter]:
    """The chapters of a list, which are there as they were joined. Raises InputError where they are not."""
    try:
        entries = json.loads(Path(path).read_text())
        chapters = [Chapter(**entry | {"path": Path(path).parent / entry["path"]}) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = f"{type(error).__name__}: {error}"
        raise InputError(path, "a list of chapters that this workflow wrote", found, REMEDY) from error
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
