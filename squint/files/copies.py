"""Whether two files are one: through a link, or by what is in them."""

import hashlib
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

MIB = 1 << 20


def digest_of_ends(path: str, most: int = MIB) -> str:
    """SHA-256 of a file's first and last `most` bytes, in 16 hex digits; with its size it tells large files apart."""
    with Path(path).open("rb") as file:
        total = hashlib.sha256(file.read(most))
        file.seek(max(0, Path(path).stat().st_size - most))
        total.update(file.read(most))
    return total.hexdigest()[:16]


def digest_of_all(path: str) -> str:
    """SHA-256 of a file, in hex digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def grouped(places: list[str], key: Callable[[str], str]) -> list[list[str]]:
    """`places` in groups of one key, which is asked for where there are several."""
    groups: dict[str, list[str]] = {}
    for place in places:
        groups.setdefault(key(place) if len(places) > 1 else "", []).append(place)
    return list(groups.values())


def find_copies(paths: Iterable[str], most: int = MIB) -> list[list[str]]:
    """Groups of two or more of `paths` that are one file, or hold the same; those that are not there are left out.

    Files of one size are compared by `most` bytes at either end, and those that agree there in whole. Empty files hold
    nothing that could be the same.
    """
    names: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        names.setdefault(os.path.realpath(path), []).append(path)
    sizes: dict[int, list[str]] = {}
    for place in names:
        if Path(place).is_file():
            sizes.setdefault(Path(place).stat().st_size, []).append(place)
    groups = [[place] for place in names if not Path(place).is_file()]  # may come yet
    for size, alike in sizes.items():
        for near in grouped(alike, partial(digest_of_ends, most=most) if size else str):
            groups += grouped(near, digest_of_all) if size > 2 * most else [near]
    found = [[name for place in group for name in names[place]] for group in groups]
    return [group for group in found if len(group) > 1]
