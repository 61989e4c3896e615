"""Whether what stands for one animal stands for another too: its videos, its scores, its pictures."""

from collections.abc import Mapping
from itertools import combinations

from squint.config.experiments import SIMULATED
from squint.config.recordings import Recording
from squint.domain.rig import PLACEHOLDER
from squint.errors import InputError
from squint.files.copies import find_copies

PICTURE_BYTES = 4096  # at either end of a picture; sheets may name many


def check_copies(recordings: Mapping[str, Recording], sheet: str, picture_sheet: str) -> None:
    """Raise InputError for videos or pictures of two animals that are one file or hold the same.

    So too for two cameras of one recording, and for scores or corrections of two recordings.
    """
    filmed = [(name, one) for name, one in recordings.items() if not one.pictured and not one.simulated]
    videos = {one.videos.replace(PLACEHOLDER, camera): [] for _, one in filmed for camera in one.cameras}
    for name, one in filmed:
        for camera in one.cameras:
            videos[one.videos.replace(PLACEHOLDER, camera)].append((name, one.subject, camera))
    refuse_copies(videos, sheet, "videos of its own for each animal and camera", "videos")
    for column in ("scores", "corrections"):
        tables: dict[str, list[tuple[str, str, str]]] = {}
        for name, one in filmed:
            paths = one.score_tables if column == "scores" else [one.corrections]
            for path in paths:
                if path and path != SIMULATED:
                    tables.setdefault(path, []).append((name, name, ""))
        refuse_copies(tables, sheet, f"{column} of its own for each recording", column)
    pictures: dict[str, list[tuple[str, str, str]]] = {}
    for name, one in recordings.items():
        for path in one.files if one.pictured else ():
            pictures.setdefault(path, []).append((name, one.subject, ""))
    refuse_copies(pictures, picture_sheet, "pictures of its own for each animal", "file", PICTURE_BYTES)


def refuse_copies(
    owners: Mapping[str, list[tuple[str, str, str]]], sheet: str, expected: str, column: str, most: int | None = None
) -> None:
    """Raise InputError for files that are one and have different owners.

    `owners` maps a path to the recording, the animal and the camera that it is given for.
    """
    repeated = [[path] for path, ours in owners.items() if len(ours) > 1]
    for group in [*repeated, *find_copies(owners, *([most] if most else []))]:
        named = [(path, *owner) for path in group for owner in owners[path]]
        for one, other in combinations(named, 2):
            (path, name, animal, camera), (copy, other_name, other_animal, other_camera) = one, other
            if animal != other_animal or (name == other_name and camera != other_camera):
                found = f"{path!r} for {name}" + (f", camera {camera}" if camera else "")
                found += f" and {'the same' if copy == path else repr(copy)} for {other_name}"
                found += (f", camera {other_camera}" if other_camera else "") + (
                    "" if copy == path else ", which holds the same"
                )
                remedy = f"correct the column `{column}`"
                raise InputError(f"{sheet}, experiment {other_name!r}", expected, found, remedy)
