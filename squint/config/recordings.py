"""Rows of the sample sheet, and sets of the sheet of pictures, as plain values."""

import math
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from squint.config.experiments import SIMULATED
from squint.config.rigs import read_cameras

PICTURES = "pictures"  # in the place of videos


def existing_inputs(*paths: str) -> list[str]:
    """Which of some paths are inputs of a rule: those that the workflow makes; a lab's own files only if they exist.

    If one does not, the job that needs it says what was expected and what to do.
    """
    return [path for path in paths if path.startswith("results/") or (path and Path(path).exists())]


@dataclass(frozen=True)
class Recording:
    """A row of the sample sheet; absent cells are empty. `cameras` are the names of those that filmed it."""

    name: str
    subject: str
    condition: str
    role: str
    videos: str
    scores: str = ""
    corrections: str = ""
    sync_frames: str = ""
    cameras: tuple[str, ...] = ()
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
    known = [field.name for field in fields(Recording)]
    rows = table.rename_axis("name").reset_index().reindex(columns=known).dropna(axis=1, how="all").to_dict("records")
    for row in rows:
        where = f"{sheet}, experiment {row['name']!r}"
        row["cameras"] = read_cameras(row["cameras"], row["videos"], cameras, where)
    return {row["name"]: Recording(**row) for row in rows}
