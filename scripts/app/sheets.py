"""The tables that the workflow takes, as projections of the journal: scores of each person, corrected boxes."""

import csv
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from scripts.app.journal import Journal
from scripts.app.recording import Box, Item, Recording, View
from scripts.grimace import ACTION_UNITS
from scripts.job import InputError
from scripts.moments.write_sheet import SCORE_COLUMNS

NOT_OBSERVABLE = "X"  # as in the names of crops (thesis, Figure 4.7)
BAD_IMAGE = "bad_image"
NO_FACE = "none"  # the value of a box that was removed
CORRECTION_COLUMNS = ["camera", "frame_num", "box_x", "box_y", "box_size"]


def scores_path(folder: Path, recording: str, person: str) -> Path:
    """Where a person's scores of a recording stand."""
    return folder / "scores" / f"{recording}.{person}.csv"


def corrections_path(folder: Path, recording: str) -> Path:
    """Where the corrected boxes of a recording stand."""
    return folder / "corrections" / f"{recording}.csv"


def answers(journal: Journal, person: str, item: Item) -> dict[str, str]:
    """For each action unit 0, 1, 2, X for not observable, or empty for not answered."""
    return {unit: journal.value(person, "score", item.key, unit) for unit in ACTION_UNITS}


def is_bad(journal: Journal, person: str, item: Item) -> bool:
    """Whether a person called an item a bad image."""
    return journal.value(person, "score", item.key, BAD_IMAGE) == "1"


def is_done(journal: Journal, person: str, item: Item) -> bool:
    """Whether an item is scored: all five units answered, or a bad image."""
    return is_bad(journal, person, item) or all(answers(journal, person, item).values())


def scored_at(journal: Journal, person: str, item: Item) -> str:
    """When a person last changed the scores of an item; empty if never."""
    entries = (journal.entry(person, "score", item.key, field) for field in (*ACTION_UNITS, BAD_IMAGE))
    return max((entry.at for entry in entries if entry), default="")


def read_box(value: str, detected: Box | None) -> Box | None:
    """The box that counts, from what the journal says of it."""
    if not value:
        return detected
    return None if value == NO_FACE else tuple(map(int, value.split(",")))


def box_of(journal: Journal, view: View) -> Box | None:
    """The box of a view that counts now: the corrected one, else the detector's."""
    return read_box(journal.value("", "box", view.frame), view.detected)


def score_rows(journal: Journal, recording: Recording, person: str) -> Iterable[dict]:
    """A row an item in the sheet's order, in the form in which scores come back."""
    for item in recording.items:
        given = {unit: value.replace(NOT_OBSERVABLE, "") for unit, value in answers(journal, person, item).items()}
        yield (
            {"item": item.number, "key": item.key, "coder": person}
            | given
            | {
                "bad_image": int(is_bad(journal, person, item)),
                "done": int(is_done(journal, person, item)),
                "scored_at": scored_at(journal, person, item),
            }
        )


def correction_rows(journal: Journal, recording: Recording) -> Iterable[dict]:
    """A row for each frame whose box is not the detector's; size 0 removes a box."""
    views = {view.frame: view for item in recording.items for view in item.views if view.path}
    for view in sorted(views.values(), key=lambda view: (view.camera, view.frame_num)):
        box = box_of(journal, view)
        if box != view.detected:
            yield dict(zip(CORRECTION_COLUMNS, (view.camera, view.frame_num, *(box or (0, 0, 0))), strict=True))


def write_table(path: Path, columns: list[str], rows: Iterable[dict]) -> None:
    """Write a CSV beside its place and put it there whole. Raises InputError where that fails."""
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        new.replace(path)
    except OSError as error:
        remedy = "see that the disk has space and that the folder can be written; the journal has all that was done"
        raise InputError(path, "room on the disk for this table", str(error), remedy) from error


def write_scores(journal: Journal, recording: Recording, person: str, folder: Path) -> None:
    """Write a person's scores of a recording."""
    path = scores_path(folder, recording.name, person)
    write_table(path, SCORE_COLUMNS, score_rows(journal, recording, person))


def write_corrections(journal: Journal, recording: Recording, folder: Path) -> None:
    """Write the corrected boxes of a recording."""
    path = corrections_path(folder, recording.name)
    write_table(path, CORRECTION_COLUMNS, correction_rows(journal, recording))


def known_tables(journal: Journal, recording: Recording, folder: Path) -> dict[Path, Callable[[], None]]:
    """The tables of which the journal knows something, and what writes them."""
    tables = {
        scores_path(folder, recording.name, person): partial(write_scores, journal, recording, person, folder)
        for person in journal.people("score")
    }
    if journal.people("box"):
        tables[corrections_path(folder, recording.name)] = partial(write_corrections, journal, recording, folder)
    return tables


def write_all(journal: Journal, recording: Recording, folder: Path) -> None:
    """Write all tables of which the journal knows something."""
    for write in known_tables(journal, recording, folder).values():
        write()


def take_over(journal: Journal, recording: Recording, folder: Path, people: Iterable[str]) -> list[Path]:
    """Bring all tables up to date with the journal, and set those aside that said something else; where they are.

    Raises InputError for a table of one of `people`, or of corrections, of which the journal knows nothing.
    """
    known = known_tables(journal, recording, folder)
    for path in [corrections_path(folder, recording.name), *(scores_path(folder, recording.name, p) for p in people)]:
        if path.exists() and path not in known:
            raise InputError(
                path,
                "no table yet, or one that this app wrote",
                f"a table of which {journal.path} knows nothing",
                "move it away, or take another coder's name: it would be overwritten",
            )
    aside = []
    for path, write in known.items():
        former = path.read_bytes() if path.is_file() else b""
        write()
        if former and former != path.read_bytes():
            aside.append(path.with_name(f"{path.stem}.before{path.suffix}"))
            aside[-1].write_bytes(former)
    return aside
