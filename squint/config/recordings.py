"""Rows of the sample sheet, and sets of the sheet of pictures, as plain values."""

import math
import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd
from jsonschema.exceptions import best_match

from squint.config.experiments import MOMENT_COLUMNS, SIMULATED
from squint.config.rigs import read_cameras
from squint.config.schema import describe, part_validator
from squint.domain.rig import CHAPTER
from squint.errors import InputError
from squint.files.lab_tables import WHOLE, as_number

PICTURES = "pictures"  # in the place of videos


def existing_inputs(*paths: str) -> list[str]:
    """Which of some paths are inputs of a rule: those that the workflow makes; a lab's own files only if they exist.

    If one does not, the job that needs it says what was expected and what to do.
    """
    return [path for path in paths if path.startswith("results/") or (path and Path(path).exists())]


@dataclass(frozen=True)
class Recording:
    """A row of the sample sheet; absent cells are empty. `cameras` are the names of those that filmed it.

    `moments` are its own values of `moments` of the config, `validation_moments` the most of its moments that validate
    from each score range; empty for all.
    """

    name: str
    subject: str
    condition: str
    role: str
    videos: str
    scores: str = ""
    corrections: str = ""
    sync_frames: str = ""
    cameras: tuple[str, ...] = ()
    moments: dict[str, Any] = field(default_factory=dict)
    validation_moments: tuple[int, ...] = ()
    fold: int = 0  # that tests it, where the sheet of pictures says so
    mean_score: float | None = None  # where it is known before anything runs
    files: tuple[str, ...] = ()  # of a set of pictures

    @property
    def pictured(self) -> bool:
        """Whether it is a set of labelled pictures, which no camera filmed."""
        return self.videos == PICTURES

    @property
    def simulated(self) -> bool:
        """Whether the workflow renders its videos."""
        return self.videos == SIMULATED

    @property
    def chaptered(self) -> bool:
        """Whether a camera wrote several files one after the other."""
        return CHAPTER in self.videos

    def file(self, column: str) -> str:
        """Path of its corrections, or of its scores where they are simulated; empty for none."""
        value = getattr(self, column)
        return f"results/simulated/{self.name}/{column}.csv" if value == SIMULATED else value

    @property
    def score_tables(self) -> list[str]:
        """Paths of its scores, one for each coder."""
        return [path.strip() for path in self.file("scores").split(",")]


def read_picture_sets(pictures: pd.DataFrame) -> dict[str, Recording]:
    """The sets of a sheet of pictures (`squint.files.picture_sheets.read_pictures`) by name, in its order."""
    sets = {}
    for name, rows in pictures.groupby("recording", sort=False):
        first = rows.iloc[0]
        score = math.fsum(rows.score) / len(rows)  # whatever the order of rows
        sets[str(name)] = Recording(
            name=str(name),
            subject=first.subject,
            condition=first.group,
            role=first.role,
            videos=PICTURES,
            fold=int(first.fold),
            mean_score=score,
            files=tuple(rows.path),
        )
    return sets


def read_recordings(table: pd.DataFrame, cameras: list[str], sheet: str) -> dict[str, Recording]:
    """The recordings of a checked sample sheet by name, in its order.

    `cameras` are those of the config, `sheet` names the sample sheet. Raises InputError for cameras that do not go with
    a recording's videos.
    """
    recordings = {}
    for row in table.rename_axis("name").reset_index().to_dict("records"):
        where = f"{sheet}, experiment {row['name']!r}"
        row["cameras"] = read_cameras(row["cameras"], row["videos"], cameras, where)
        row["moments"] = read_moment_settings(row, where)
        row["validation_moments"] = tuple(int(cell) for cell in row.get("validation_moments", "").split(",") if cell)
        known = {one.name: row[one.name] for one in fields(Recording) if one.name in row}
        recordings[row["name"]] = Recording(**known)
    return recordings


def read_value(cell: str) -> int | float | str:
    """A whole number, another one, or a word, as spreadsheets write them."""
    if whole := WHOLE.fullmatch(cell):
        return int(whole[1])
    return float(as_number(cell)) if re.fullmatch(r"[0-9]+[.,][0-9]+", cell) else cell.casefold()


def read_moment_settings(row: dict, where: str) -> dict[str, Any]:
    """What a row of the sample sheet says instead of `moments` of the config. Raises InputError for wrong values."""
    values = {column: read_value(row[column]) for column in MOMENT_COLUMNS if row.get(column)}
    error = best_match(part_validator("moments").iter_errors(values))
    if error is not None:
        expected, found = describe(error)
        raise InputError(where, f"in column {expected}", found, "correct the cell, or leave it empty")
    return values
