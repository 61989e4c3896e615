"""Which cameras filmed a recording: those of the sample sheet, those of the config, or those whose files are there."""

import glob
import os
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from squint.config.experiments import SIMULATED
from squint.domain.rig import (
    CAMERA_NAME,
    CHAPTER,
    MOST_CAMERAS,
    NOT_CAMERAS,
    PLACEHOLDER,
    can_be_camera,
    natural_order,
)
from squint.errors import InputError

ONLY_CAMERA = "C1"  # of a recording whose path holds no {camera} and that nobody has named


def check_names(names: Sequence[str], where: str) -> None:
    """Raise InputError for names that cameras cannot have, or that people and file systems may take for one."""
    wrong = [name for name in names if not can_be_camera(name)]
    folded = [name.casefold() for name in names]
    twice = [name for name in names if folded.count(name.casefold()) > 1]
    if wrong:
        expected = f"names of cameras, of letters, digits and underscores, other than {', '.join(NOT_CAMERAS)}"
        raise InputError(where, expected, repr(wrong[0]), "correct the name")
    if twice:
        raise InputError(where, "names of cameras that differ by more than case", " and ".join(twice), "correct them")
    if len(names) > MOST_CAMERAS:
        raise InputError(where, f"at most {MOST_CAMERAS} cameras", str(len(names)), "leave some out")


def find_files(pattern: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The files whose paths fit a pattern, and what stands in it for {camera} and {chapter}, in no order."""
    names = {PLACEHOLDER: f"(?P<camera>{CAMERA_NAME.pattern})", CHAPTER: "(?P<chapter>[0-9]+)"}
    pieces, wild = [], []
    for part in re.split("({camera}|{chapter})", os.path.normpath(pattern)):
        pieces.append(names.get(part, re.escape(part)))
        wild.append("*" if part in names else glob.escape(part))
        if part in names:  # where it stands more than once, it is the same
            names[part] = f"(?P={part[1:-1]})"
    named = re.compile("".join(pieces))
    for path in glob.glob("".join(wild)):  # noqa: PTH207 (keeps paths as given)
        if (match := named.fullmatch(path)) and Path(path).is_file():
            yield path, match.groupdict()


def find_cameras(pattern: str) -> list[str]:
    """The names that stand for {camera} in the files that are there, in natural order."""
    return sorted({found["camera"] for _, found in find_files(pattern)}, key=natural_order)


def source_files(camera: str, videos: str, where: str) -> list[str]:
    """The files of one camera by the column `videos`, whether they are there or not: one, or its chapters in order.

    Raises InputError where a chapter is missing between two that are there, or has two files; `where` names the row.
    """
    path = videos.replace(PLACEHOLDER, camera)
    if CHAPTER not in path:
        return [path]
    if f"{PLACEHOLDER}{CHAPTER}" in videos or f"{CHAPTER}{PLACEHOLDER}" in videos:
        expected = "something between {camera} and {chapter}, or the chapter of one camera may be that of another"
        raise InputError(where, expected, videos, "rename the files, such as to left-01.mp4")
    found = sorted((int(names["chapter"]), file) for file, names in find_files(path))
    for (one, file), (other, next_file) in pairwise(found):
        if other != one + 1:
            wrong = f"{file}, then {next_file}"
            remedy = "bring the missing file, or take away what is no chapter of this recording"
            raise InputError(where, f"chapters without a gap as {path}", wrong, remedy)
    return [file for _, file in found]


def read_cameras(cell: str, videos: str, usual: Sequence[str], where: str) -> tuple[str, ...]:
    """The cameras of a recording.

    `cell` is that of the sample sheet's column `cameras`, `videos` the pattern of its files or `simulated`, `usual` the
    config's rig; `where` names the row. Raises InputError where they do not go together, and where nothing tells.
    """
    names = [name.strip() for name in cell.split(",")] if cell else list(usual)
    if cell:
        check_names(names, f"{where}, column `cameras`")
    if PLACEHOLDER in videos:
        names = names or find_cameras(videos)
        if not names:
            remedy = "correct the path, or name the cameras in the column `cameras`"
            raise InputError(where, f"videos of some cameras as {videos}", "none", remedy)
        check_names(names, f"{where}, videos {videos}")
    elif videos != SIMULATED:
        if not cell and not usual:
            names = [ONLY_CAMERA]
        if len(names) > 1:
            expected = f"a path that holds {PLACEHOLDER}, which becomes {', '.join(names)}"
            raise InputError(where, expected, videos, "write it into the path; or name one camera in column `cameras`")
    elif not names:
        remedy = "name them in the column `cameras`, or in `recordings: cameras` of the config"
        raise InputError(where, "the cameras of a simulated recording", "none", remedy)
    return tuple(names)


def check_files(cameras: Sequence[str], videos: str, where: str) -> None:
    """Raise InputError where some cameras' videos are there and others' are not.

    Where none is there, they may come yet, and the job that needs one tells what it lacks.
    """
    files = {camera: source_files(camera, videos, where) for camera in cameras}
    missing = [camera for camera, paths in files.items() if not any(Path(path).exists() for path in paths)]
    if missing and len(missing) < len(cameras):
        raise InputError(
            where,
            f"a video of each of its cameras ({', '.join(cameras)})",
            f"no {videos.replace(PLACEHOLDER, missing[0])}",
            "correct the column `videos`, name the cameras in the column `cameras`, or bring the missing files",
        )


def unused_videos(cameras: Sequence[str], videos: str) -> list[str]:
    """Cameras whose files are there and that are not used."""
    return [name for name in find_cameras(videos) if name not in cameras] if PLACEHOLDER in videos else []
