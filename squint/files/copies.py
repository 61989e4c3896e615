"""Whether two files are one: through a link, or by what is in them."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

MIB = 1 << 20


def digest_of_ends(path: str, most: int = MIB) -> str:
    """SHA-256 of a file's first and last `most` bytes, in 16 hex digits; with its size it tells large files apart."""
    with Path(path).open("rb") as file:
        total = hashlib.sha256(file.read(most))
        file.seek(max(0, Path(path).stat().st_size - most))
        total.update(file.read(most))
    return total.hexdigest()[:16]


def find_copies(paths: Iterable[str], most: int = MIB) -> list[list[str]]:
    """Groups of two or more of `paths` that are one file, or hold the same; those that are not there are left out.

    Files of one size are compared by `most` bytes at either end. Empty files hold nothing that could be the same.
    """
    places: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        places.setdefault(os.path.realpath(path), []).append(path)
    sizes: dict[int, list[str]] = {}
    for place in places:
        if Path(place).is_file():
            sizes.setdefault(Path(place).stat().st_size, []).append(place)
    groups: dict[tuple[int, str], list[str]] = {}
    for size, alike in sizes.items():
        for place in alike:
            digest = digest_of_ends(place, most) if size and len(alike) > 1 else place
            groups.setdefault((size, digest), []).extend(places[place])
    linked = [names for place, names in places.items() if not Path(place).is_file()]  # may come yet
    return [names for names in [*groups.values(), *linked] if len(names) > 1]
