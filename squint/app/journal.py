"""The journal of a recording's scoring: each action on disk, in one SQLite file, before it counts.

The tables that the workflow takes are projections of it (`sheets.py`).
"""

import fcntl
import secrets
import sqlite3
import tempfile
from collections.abc import Container
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from squint.errors import InputError

TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS people (name TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS actions (
    id INTEGER PRIMARY KEY,
    step INTEGER NOT NULL,  -- changes that were made together have one
    undoes INTEGER,         -- the step that this one takes back
    at TEXT NOT NULL,       -- UTC
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_subject ON actions (kind, subject, field);
"""
# What SQLite says where a file system keeps no locks; it may be something else too.
UNLOCKED = ("database is locked", "disk I/O error")
# What belongs to what is shown and not to one person.
SHARED = ("box", "film")


@dataclass(frozen=True)
class Change:
    """One value that a person sets; an empty value takes the field back to what it was without anybody's doing."""

    kind: str  # score, box, item, moment, frame, film, look, quiz, setting, agreement, again
    subject: str  # an item's key, or a frame's name
    field: str
    value: str


@dataclass(frozen=True)
class Entry:
    """A change as the journal has it."""

    at: str
    person: str
    change: Change
    undoes: int | None


def why_no_locks(folder: Path) -> str:
    """What a file system says that keeps no locks; empty where it keeps them."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.strerror or str(error)
    return ""


class Journal:
    """All that people did with one recording, or with frames for a detector, read once and written action by action.

    One process has the journal at a time. Raises InputError where another one has it, where it belongs to another
    sheet, and where an action cannot be written.
    """

    def __init__(self, path: Path, digest: str):
        self.path = path
        self.state: dict[tuple[str, str, str, str], Entry] = {}
        with self._telling("a journal that can be opened"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            # Set before the first access, the lock needs no shared memory: network folders will do.
            self.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            self.connection.executescript(TABLES)
            self.connection.execute("INSERT OR IGNORE INTO about VALUES ('sheet', ?)", (digest,))
            known = self.connection.execute("SELECT value FROM about WHERE name = 'sheet'").fetchone()[0]
            query = "SELECT step, at, person, kind, subject, field, value, undoes FROM actions ORDER BY id"
            rows = self.connection.execute(query).fetchall()
        if known != digest:
            self.close()
            raise InputError(
                path,
                "the journal of the sheet that the workflow has now",
                "another sheet's: the moments were selected anew since scoring began",
                "bring back the config and videos that the scored sheet was made with, or move the journal away",
            )
        self.step = 0
        for step, at, person, *change, undoes in rows:
            self.step = step
            self._keep(Entry(at, person, Change(*change), undoes))

    @contextmanager
    def _telling(self, expected: str):
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            found = getattr(error, "strerror", None) or str(error)
            remedy = {
                "database is locked": "it is open already: go on in that window, or stop that server first",
                "database or disk is full": "free some space on this disk",
            }.get(str(error), "see that the disk has space and that the folder and the file can be written")
            if str(error) in UNLOCKED and (lacking := why_no_locks(self.path.parent)):
                found = f"a file system without locks ({lacking})"
                remedy = "run the app on a folder that keeps locks, such as a local disk's, or mount this one with them"
            raise InputError(self.path, expected, found, remedy) from error

    def _keep(self, entry: Entry) -> None:
        change = entry.change
        owner = "" if change.kind in SHARED else entry.person
        self.state[owner, change.kind, change.subject, change.field] = entry

    def close(self) -> None:
        """Give the file free for another process."""
        self.connection.close()

    def token(self, person: str) -> str:
        """The secret of a person's link, the same each time."""
        with self._telling("room on the disk for one more person"):
            self.connection.execute("INSERT OR IGNORE INTO people VALUES (?, ?)", (person, secrets.token_urlsafe(16)))
        return self.connection.execute("SELECT token FROM people WHERE name = ?", (person,)).fetchone()[0]

    def people(self, kind: str) -> list[str]:
        """Who has done something of a kind."""
        return sorted({entry.person for entry in self.state.values() if entry.change.kind == kind})

    def entry(self, person: str, kind: str, subject: str, field: str = "") -> Entry | None:
        """The last entry about a value; that of whoever, where the value is shared."""
        return self.state.get(("" if kind in SHARED else person, kind, subject, field))

    def value(self, person: str, kind: str, subject: str, field: str = "") -> str:
        """A value as it is now; empty where nobody has set it."""
        entry = self.entry(person, kind, subject, field)
        return entry.change.value if entry else ""

    def values(self, kind: str) -> dict[str, str]:
        """The values of a kind that is everybody's, by their subject."""
        return {subject: entry.change.value for (_, known, subject, _), entry in self.state.items() if known == kind}

    def act(self, person: str, changes: list[Change], undoes: int | None = None) -> None:
        """Write changes that belong together, and return when they are on disk: all of them or none."""
        at, step = datetime.now(UTC).isoformat(timespec="milliseconds"), self.step + 1
        rows = [(step, undoes, at, person, c.kind, c.subject, c.field, c.value) for c in changes]
        with self._telling("room on the disk for one more action"):
            try:
                self.connection.execute("BEGIN IMMEDIATE")
                self.connection.executemany(
                    "INSERT INTO actions (step, undoes, at, person, kind, subject, field, value) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    rows,
                )
                self.connection.execute("COMMIT")
            except sqlite3.Error:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
        self.step = step
        for change in changes:
            self._keep(Entry(at, person, change, undoes))

    def undo(self, person: str, kind: str, among: Container[str] | None = None) -> list[Change]:
        """Take back the person's last step of a kind that still stands; what was set, nothing where none does.

        With `among`, steps about other subjects are left alone. A step stands if it is not undone, and if what it set
        has not been changed since, by another person for example.
        """
        with self._telling("a journal that can be read"):
            steps = self.connection.execute(
                "SELECT DISTINCT step FROM actions WHERE person = ? AND kind = ? AND undoes IS NULL "
                "AND step NOT IN (SELECT undoes FROM actions WHERE undoes IS NOT NULL) ORDER BY step DESC",
                (person, kind),
            ).fetchall()
            tried = ((step, self._former(person, kind, step)) for (step,) in steps)
            seen = (found for found in tried if among is None or all(change.subject in among for change in found[1]))
            step, former = next((found for found in seen if found[1]), (None, []))
        if former:
            self.act(person, former, undoes=step)
        return former

    def _former(self, person: str, kind: str, step: int) -> list[Change]:
        """What the values that a step set were before it; empty if it does not stand."""
        query = "SELECT kind, subject, field, value FROM actions WHERE step = ? AND kind = ? ORDER BY id"
        values = {tuple(subject): value for *subject, value in self.connection.execute(query, (step, kind))}
        former = []
        for subject, value in values.items():
            if self.value(person, *subject) != value:
                return []
            rows = self.connection.execute(
                "SELECT person, value FROM actions WHERE kind = ? AND subject = ? AND field = ? AND step < ? "
                "ORDER BY id DESC",
                (*subject, step),
            )
            before = (then for who, then in rows if kind in SHARED or who == person)
            former.append(Change(*subject, value=next(before, "")))
        return former

    def log(self, person: str, kinds: tuple[str, ...], most: int) -> list[Entry]:
        """The person's last actions of some kinds, the latest first."""
        with self._telling("a journal that can be read"):
            rows = self.connection.execute(
                "SELECT at, person, kind, subject, field, value, undoes FROM actions WHERE person = ? "
                f"AND kind IN ({','.join('?' * len(kinds))}) ORDER BY id DESC LIMIT ?",
                (person, *kinds, most),
            ).fetchall()
        return [Entry(at, who, Change(*change), undoes) for at, who, *change, undoes in rows]
