"""What can go wrong with what a lab gave, and how it is told."""

import difflib
from pathlib import Path


class InputError(Exception):
    """A mistake in what a lab gave us: the file, what was expected, what was found, what to do."""

    def __init__(self, file: object, expected: str, found: str, remedy: str):
        super().__init__(file, expected, found, remedy)
        self.message = "\n".join(
            [
                "Squint cannot go on with what it was given.",
                f"  file:     {file}",
                f"  expected: {expected}",
                f"  found:    {found}",
                f"  to do:    {remedy}",
            ]
        )

    def __str__(self) -> str:
        return self.message


def suggest(word: str, known: list[str]) -> str:
    """` (did you mean …?)` where a known word is near, else nothing."""
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def instead_of_file(path: str | Path) -> str:
    """What stands where a regular file should, in words."""
    target = Path(path)
    try:
        if not path:
            return "no such file"
        if target.is_dir():
            return "a folder"
        if target.exists():
            return "no regular file"
        return "a link that leads nowhere" if target.is_symlink() else "no such file"
    except (OSError, ValueError):  # what can be no path
        return "no such file"


def is_file(path: str | Path) -> bool:
    """Whether a regular file is there; a text that can be no path, since it is too long, is none."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False
