"""What is said and done about a video that is cut or broken."""

import logging
from collections.abc import Iterable

import numpy as np

from squint.errors import InputError

DAMAGED_REMEDY = (
    "copy the file from the camcorder again; if it is damaged there too, set `recordings: allow_damaged: true` in the "
    "config to go on with the frames that can be read"
)


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
