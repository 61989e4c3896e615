"""The tables that the workflow takes, as projections of the journal: scores of each person, corrected boxes."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from squint.app.journal import Journal
from squint.app.recording import Box, Item, Recording, View
from squint.errors import InputError
from squint.files.score_sheets import sheet_columns, written_key

NOT_OBSERVABLE = "X"  # as in the names of crops (thesis, Figure 4.7)
BAD_IMAGE = "bad_image"
REMEDY = "see that the disk has space and that the folder can be written; the journal has all that was done"
NO_FACE = "none"  # the value of a box that was removed
CORRECTION_COLUMNS = ["camera", "frame_num", "box_x", "box_y", "box_size"]


@dataclass(frozen=True)
class Table:
    """A table on disk: what its file says now, which kind of changes stand in it, and whose; empty for everybody's."""

    path: Path
    text: Callable[[], str]
    kind: str
    person: str = ""

    def is_known(self, journal: Journal) -> bool:
        """Whether the journal has something of it."""
        people = journal.people(self.kind)
        return self.person in people if self.person else bool(people)


Tables = Callable[[Iterable[str]], list[Table]]  # those of some people, and everybody's


def scores_path(folder: Path, recording: str, person: str) -> Path:
    """Where a person's scores of a recording stand."""
    return folder / "scores" / f"{recording}.{person}.csv"


def corrections_path(folder: Path, recording: str) -> Path:
    """Where the corrected boxes of a recording stand."""
    return folder / "corrections" / f"{recording}.csv"


def answers(journal: Journal, person: str, item: Item, units: Iterable[str]) -> dict[str, str]:
    """For each unit of the scale a score, X for not observable, or empty for not answered."""
    return {unit: journal.value(person, "score", item.key, unit) for unit in units}


def is_bad(journal: Journal, person: str, item: Item) -> bool:
    """Whether a person called an item a bad image."""
    return journal.value(person, "score", item.key, BAD_IMAGE) == "1"


def is_done(journal: Journal, person: str, item: Item, units: Iterable[str]) -> bool:
    """Whether an item is scored: all units answered, or a bad image."""
    return is_bad(journal, person, item) or all(answers(journal, person, item, units).values())


def scored_at(journal: Journal, person: str, item: Item, units: Iterable[str]) -> str:
    """When a person last changed the scores of an item; empty if never."""
    entries = (journal.entry(person, "score", item.key, field) for field in (*units, BAD_IMAGE))
    return max((entry.at for entry in entries if entry), default="")


def read_box(value: str, detected: Box | None) -> Box | None:
    """The box that counts, from what the journal says of it."""
    if not value:
        return detected
    if value == NO_FACE:
        return None
    left, top, size = map(int, value.split(","))
    return left, top, size


def box_of(journal: Journal, view: View) -> Box | None:
    """The box of a view that counts now: the corrected one, else the detector's."""
    return read_box(journal.value("", "box", view.frame), view.detected)


def score_rows(journal: Journal, recording: Recording, person: str) -> Iterable[dict]:
    """A row an item in the sheet's order, in the form in which scores come back."""
    units = recording.scale.units
    for item in recording.items:
        said = answers(journal, person, item, units)
        given = {unit: value.replace(NOT_OBSERVABLE, "") for unit, value in said.items()}
        yield (
            {"item": item.number, "key": written_key(item.key), "coder": person}
            | given
            | {
                "bad_image": int(is_bad(journal, person, item)),
                "done": int(is_done(journal, person, item, units)),
                "scored_at": scored_at(journal, person, item, units),
            }
        )


def correction_rows(journal: Journal, recording: Recording) -> Iterable[dict]:
    """A row for each frame whose box is not the detector's; size 0 removes a box."""
    views = {view.frame: view for item in recording.items for view in item.views if view.path}
    for view in sorted(views.values(), key=lambda view: (view.camera, view.frame_num)):
        box = box_of(journal, view)
        if box != view.detected:
            yield dict(zip(CORRECTION_COLUMNS, (view.camera, view.frame_num, *(box or (0, 0, 0))), strict=True))


def scores_text(journal: Journal, recording: Recording, person: str) -> str:
    """A person's scores of a recording as a CSV."""
    return table_text(sheet_columns(recording.scale.units), score_rows(journal, recording, person))


def corrections_text(journal: Journal, recording: Recording) -> str:
    """The corrected boxes of a recording as a CSV; a heading alone where there are none."""
    return table_text(CORRECTION_COLUMNS, correction_rows(journal, recording))


def table_text(columns: list[str], rows: Iterable[dict]) -> str:
    """A CSV of some rows."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read_bytes(path: Path) -> bytes | None:
    """What a file holds; None if there is none. Raises InputError where it cannot be read."""
    try:
        return path.read_bytes() if path.exists() else None
    except OSError as error:
        raise InputError(path, "a table that can be read", error.strerror or repr(error), REMEDY) from error


def write_whole(path: Path, text: str) -> None:
    """Write a file whole, by way of a temporary name; one that says the same already is left as it is: else jobs rerun.

    Raises InputError where that fails.
    """
    new = path.with_name(f".{path.name}.new")
    if read_bytes(path) == text.encode():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text)
        new.replace(path)
    except OSError as error:
        raise InputError(path, "room on the disk for a table", error.strerror or repr(error), REMEDY) from error


def set_aside(path: Path) -> str:
    """Give a table that somebody else has written another name, and say so. Raises InputError where that fails."""
    names = (path.with_name(f"{path.stem}.before{number}{path.suffix}") for number in count(1))
    free_path = next(name for name in names if not name.exists())
    try:
        path.rename(free_path)
    except OSError as error:
        raise InputError(path, "a table that can be renamed", error.strerror or repr(error), REMEDY) from error
    return f"{path} said something else than the journal. What it said is not taken over; it is kept as {free_path}."


def tables_of_recording(journal: Journal, recording: Recording, folder: Path, people: Iterable[str]) -> list[Table]:
    """The corrections of a recording, and the scores of some people."""
    name = recording.name
    corrections = Table(corrections_path(folder, name), partial(corrections_text, journal, recording), "box")
    scores = [
        Table(scores_path(folder, name, person), partial(scores_text, journal, recording, person), "score", person)
        for person in sorted(set(people))
    ]
    return [corrections, *scores]


def write_all(journal: Journal, tables: Tables) -> None:
    """Write everybody's tables, and those of all people who have given scores."""
    for table in tables(journal.people("score")):
        write_whole(table.path, table.text())


def take_over(journal: Journal, tables: Tables, people: Iterable[str]) -> list[str]:
    """Bring all tables up to date with the journal, set those aside that said something else, and name these.

    Raises InputError for a table of one of `people`, or of everybody, of which the journal knows nothing.
    """
    messages = []
    for table in tables([*journal.people("score"), *people]):
        if read_bytes(table.path) in (None, table.text().encode()):
            continue
        if not table.is_known(journal):
            raise InputError(
                table.path,
                "no table yet, or one that this app wrote",
                f"a table of which {journal.path} knows nothing",
                "move it away, or take another coder's name: it would be overwritten",
            )
        messages.append(set_aside(table.path))
    write_all(journal, tables)
    return messages
