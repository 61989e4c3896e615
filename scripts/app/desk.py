"""One open recording: its journal, its tables on disk, and the pages that look at it."""

from collections.abc import Callable
from pathlib import Path

from scripts.app.journal import Change, Journal
from scripts.app.recording import Recording
from scripts.app.sheets import corrections_path, corrections_text, scores_path, scores_text, write_all, write_whole
from scripts.job import InputError


class Desk:
    """Where all pages of one recording write, and learn what others wrote.

    After a failed write nothing more is accepted until `try_again` succeeds: `trouble` says why.
    """

    def __init__(self, recording: Recording, journal: Journal, folder: Path):
        self.recording = recording
        self.journal = journal
        self.folder = folder
        self.trouble = ""
        self.pages: set[Callable[[], None]] = set()

    def act(self, person: str, changes: list[Change]) -> bool:
        """Put changes into the journal and the tables; False where that is not possible."""
        return self._try(lambda: self.journal.act(person, changes), lambda: self._write_tables(person, changes))

    def undo(self, person: str, kind: str) -> list[Change]:
        """Take back a person's last step of a kind; what was set."""
        undone: list[Change] = []
        self._try(lambda: undone.extend(self.journal.undo(person, kind)), lambda: self._write_tables(person, undone))
        return undone

    def try_again(self, person: str) -> bool:
        """Whether the journal and the tables can be written again; if so, all of them are."""
        self.trouble = ""
        return self._try(
            lambda: self.journal.act(person, [Change("again", "", "", "1")]),
            lambda: write_all(self.journal, self.recording, self.folder),
        )

    def _try(self, *steps: Callable[[], object]) -> bool:
        if self.trouble:
            return False
        try:
            for step in steps:
                step()
        except InputError as error:
            self.trouble = error.message
        for refresh in list(self.pages):
            refresh()
        return not self.trouble

    def _write_tables(self, person: str, changes: list[Change]) -> None:
        kinds = {change.kind for change in changes}
        name = self.recording.name
        if "score" in kinds:
            write_whole(scores_path(self.folder, name, person), scores_text(self.journal, self.recording, person))
        if "box" in kinds:
            write_whole(corrections_path(self.folder, name), corrections_text(self.journal, self.recording))
