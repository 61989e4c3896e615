"""Whether what stands for one animal stands for another too: its videos, its scores, its pictures."""

from collections.abc import Iterable, Mapping
from itertools import combinations

from squint.config.experiments import SIMULATED
from squint.config.recordings import Recording
from squint.config.rigs import source_files
from squint.errors import InputError
from squint.files.copies import MIB, find_copies

PICTURE_BYTES = 4096  # at either end of a picture; sheets may name many


def check_copies(recordings: Mapping[str, Recording], sheet: str, picture_sheet: str) -> None:
    """Raise InputError for videos or pictures of two animals that are one file or hold the same.

    So too for two cameras or coders of one recording, and for scores or corrections of two recordings.
    """
    filmed = {name: one for name, one in recordings.items() if not one.pictured and not one.simulated}
    videos = [
        (path, (name, one.subject, f"camera {camera}"))
        for name, one in filmed.items()
        for camera in one.cameras
        for path in source_files(camera, one.videos, f"{sheet}, experiment {name!r}")
    ]
    refuse_copies(videos, sheet, "videos of its own for each animal and camera", "videos")
    scores = [
        (path, (name, name, f"coder {number}"))
        for name, one in filmed.items()
        for number, path in enumerate(one.score_tables, 1)
    ]
    corrections = [(one.corrections, (name, name, "")) for name, one in filmed.items()]
    for column, each, tables in (("scores", "recording and coder", scores), ("corrections", "recording", corrections)):
        given = [(path, owner) for path, owner in tables if path and path != SIMULATED]
        refuse_copies(given, sheet, f"{column} of its own for each {each}", column)
    sets = {name: one for name, one in recordings.items() if one.pictured}
    pictures = [(path, (name, one.subject, "")) for name, one in sets.items() for path in one.files]
    refuse_copies(pictures, picture_sheet, "pictures of its own for each animal", "file", PICTURE_BYTES)


def refuse_copies(
    given: Iterable[tuple[str, tuple[str, str, str]]], sheet: str, expected: str, column: str, most: int = MIB
) -> None:
    """Raise InputError for files that are one and have different owners; they are compared by `most` bytes at each end.

    `given` are paths, each with the recording, the animal, and in words what of the recording it is, empty for all.
    """
    owners: dict[str, list[tuple[str, str, str]]] = {}
    for path, owner in given:
        owners.setdefault(path, []).append(owner)
    repeated = [[path] for path, ours in owners.items() if len(ours) > 1]
    for group in [*repeated, *find_copies(owners, most)]:
        named = [(path, *owner) for path in group for owner in owners[path]]
        for one, other in combinations(named, 2):
            (path, name, animal, part), (copy, other_name, other_animal, other_part) = one, other
            repeated_chapter = part and path != copy
            if animal != other_animal or (name == other_name and (part != other_part or repeated_chapter)):
                found = f"{path!r} for {name}" + (f", {part}" if part else "")
                found += f" and {'the same' if copy == path else repr(copy)} for {other_name}"
                found += (f", {other_part}" if other_part else "") + ("" if copy == path else ", which holds the same")
                remedy = f"correct the column `{column}`"
                raise InputError(f"{sheet}, experiment {other_name!r}", expected, found, remedy)
