"""One open recording, or set of frames: its journal, its tables on disk, and the pages that look at it."""

import sys
from collections.abc import Callable, Container
from functools import partial
from pathlib import Path

from squint.app.journal import Change, Journal
from squint.app.sheets import Tables, read_bytes, set_aside, tables_of_recording, take_over, write_all, write_whole
from squint.errors import InputError


class Session:
    """Where all pages of what is open write, and learn what others wrote.

    After a failed write nothing more is accepted until `try_again` succeeds. `trouble` says why, without the names of
    files, which a coder is not to see; those go to the terminal.
    """

    def __init__(self, recording, journal: Journal, folder: Path, tables: Callable = tables_of_recording):
        """`recording` is what is shown, a Recording or a FrameSet; `tables` gives what is written of it."""
        self.recording = recording
        self.journal = journal
        self.folder = folder
        self.tables: Tables = partial(tables, journal, recording, folder)
        self.trouble = ""
        self.pages: dict[Callable[[], None], str] = {}  # what refreshes an open page, and whose page it is
        self._written: dict[Path, bytes] = {}

    def take_over(self, people: list[str]) -> list[str]:
        """Bring all tables up to date with the journal (see squint.app.sheets.take_over); what is to be told."""
        messages = take_over(self.journal, self.tables, people)
        tables = self.tables([*self.journal.people("score"), *people])
        self._written = {table.path: found for table in tables if (found := read_bytes(table.path)) is not None}
        return messages

    def act(self, person: str, changes: list[Change]) -> bool:
        """Put changes into the journal and the tables; False where that is not possible."""

        def write() -> list[Change]:
            self.journal.act(person, changes)
            return changes

        return bool(self._try(person, write))

    def undo(self, person: str, kind: str, among: Container[str] | None = None) -> list[Change]:
        """Take back a person's last step of a kind, about subjects `among` these, that still stands; what was set."""
        return self._try(person, lambda: self.journal.undo(person, kind, among))

    def try_again(self, person: str) -> None:
        """Write the journal and all tables; what failed before is forgotten if that succeeds."""
        self.trouble = ""

        def write() -> list[Change]:
            self.journal.act(person, [Change("again", "", "", "1")])
            write_all(self.journal, self.tables)
            return []

        self._try(person, write)
        self._refresh(None)

    def _try(self, person: str, write: Callable[[], list[Change]]) -> list[Change]:
        """The changes that `write` made, when they are in the journal and the tables; empty where that failed."""
        if self.trouble:
            return []
        kinds: set[str] = set()
        try:
            changes = write()
            kinds = {change.kind for change in changes}
            self._write_tables(person, kinds)
            return changes
        except InputError as error:
            _, _, found, remedy = error.args
            self.trouble = f"{found[:1].upper()}{found[1:]}. To do: {remedy}."
            print(f"\n{error}\n", file=sys.stderr, flush=True)
            return []
        finally:
            self._refresh(None if self.trouble or "box" in kinds else person)

    def _refresh(self, person: str | None) -> None:
        """Refresh a person's pages, or all."""
        for refresh, whose in list(self.pages.items()):
            if person in (None, whose):
                refresh()

    def _write_tables(self, person: str, kinds: set[str]) -> None:
        for table in self.tables([person]):
            if table.kind in kinds:
                self._write(table.path, table.text())

    def _write(self, path: Path, text: str) -> None:
        """Write a table; if somebody else has written it meanwhile, that is set aside."""
        written = self._written.get(path)
        if written is not None and read_bytes(path) not in (None, written):
            print(set_aside(path), flush=True)
        write_whole(path, text)
        self._written[path] = text.encode()
