"""How a video that is cut is told, and what is said and done about one that is cut or broken."""

import logging
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from squint.errors import InputError
from squint.files.chapters import is_list
from squint.files.video import Video

# A Matroska file ends before the time that its header tells by more than this, in s: sound may go on for a while.
EARLY_S = 1.0

DAMAGED_REMEDY = (
    "copy the file from the camcorder again; if it is damaged there too, set `recordings: allow_damaged: true` in the "
    "config to go on with the frames that can be read"
)


def stated_frames(video: Video) -> int:
    """Frames that the file's header promises and that are not there because the file is cut; 0 for a whole file."""
    if is_list(video.path):
        return 0  # each chapter was asked when it was joined
    kind, stated, entries = video.container.format.name, video.stream.frames, video.stream.index_entries
    if "matroska" in kind:
        step_s = float(np.median(np.diff(video.times_s))) if len(video) > 1 else 0.0
        end_s = float(video.pts[-1] * video.stream.time_base) + step_s
        told_s, early_s = stated_end(video)
        return round(told_s * len(video) / end_s) if told_s > end_s + max(early_s, 2 * step_s) else 0
    beyond = len(entries) > 0 and entries[-1].pos + entries[-1].size > Path(video.path).stat().st_size
    # An MP4 file may hide frames that its header counts, and an AVI file counts those that a camera has dropped.
    fewer = stated > len(video) and "mp4" not in kind and (kind != "avi" or riff_is_cut(video.path))
    return stated if beyond or fewer else 0


def stated_end(video: Video) -> tuple[float, float]:
    """When a Matroska film ends, in s, and by how much it may end before that: by its header, or its own statistics.

    The header counts its sound, which may be longer; statistics may be those of the file that it was cut out of.
    """
    header_s = (video.container.duration or 0) / 1e6
    told = re.fullmatch(r"([0-9]+):([0-9]{2}):([0-9.]+)", video.stream.metadata.get("DURATION", ""))
    if told is None:
        return header_s, EARLY_S
    return min(header_s, int(told[1]) * 3600 + int(told[2]) * 60 + float(told[3])), 0.0


def riff_is_cut(path: str) -> bool:
    """Whether an AVI file ends before its last RIFF chunk does."""
    end, size = 0, Path(path).stat().st_size
    with Path(path).open("rb") as file:
        while end < size:
            file.seek(end)
            end += 8 + int.from_bytes(file.read(8)[4:], "little")
    return end > size


def spans(numbers: Iterable[int]) -> str:
    """Ascending whole numbers as text: 3, 7–9."""
    numbers = np.asarray(sorted(numbers), int)
    groups = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1) if len(numbers) else []
    return ", ".join(f"{g[0]}–{g[-1]}" if len(g) > 1 else f"{g[0]}" for g in groups)


def report_damage(path: str, expected: str, found: str, allow_damaged: bool) -> None:
    """Raise InputError for a damaged file, or warn and go on where the config allows it."""
    if not allow_damaged:
        raise InputError(path, expected, found, DAMAGED_REMEDY)
    logging.warning("%s: expected %s, found %s. Going on with what can be read.", path, expected, found)
