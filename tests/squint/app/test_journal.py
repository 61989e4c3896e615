"""The journal: on disk before it counts, the same after a crash, undone step by step."""

import errno
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from squint.app.journal import Change, Journal
from squint.errors import InputError
from tests.conftest import ROOT


def score(item, unit, value):
    return Change("score", item, unit, value)


def box(frame, value):
    return Change("box", frame, "", value)


def test_people_do_not_overwrite_each_other(journal):
    journal.act("ayse", [score("k1", "eye", "2")])
    journal.act("berk", [score("k1", "eye", "0")])
    assert journal.value("ayse", "score", "k1", "eye") == "2"
    assert journal.value("berk", "score", "k1", "eye") == "0"
    assert journal.people("score") == ["ayse", "berk"]


def test_boxes_belong_to_all(journal):
    journal.act("ayse", [box("C1/5", "1,2,30")])
    assert journal.value("berk", "box", "C1/5") == "1,2,30"


def test_tokens_stay_and_differ(journal):
    assert journal.token("ayse") == journal.token("ayse") != journal.token("berk")
    assert len(journal.token("ayse")) >= 20


def test_undo_takes_back_one_step_after_the_other(journal):
    journal.act("ayse", [score("k1", "eye", "1")])
    journal.act("ayse", [score("k1", "eye", "2")])
    journal.act("ayse", [score("k1", "eye", ""), score("k1", "ear", "")])
    values = []
    while journal.undo("ayse", "score"):
        values.append(journal.value("ayse", "score", "k1", "eye"))
    assert values == ["2", "1", ""]


def test_undo_leaves_what_another_person_has_changed_since(journal):
    journal.act("ayse", [box("C1/5", "1,2,30")])
    journal.act("berk", [box("C1/5", "none")])
    assert journal.undo("ayse", "box") == []
    assert journal.value("ayse", "box", "C1/5") == "none"
    journal.act("ayse", [box("C2/5", "1,2,30")])
    journal.act("ayse", [box("C3/5", "1,2,30")])
    journal.act("berk", [box("C3/5", "")])
    # The step before can still be undone; and the last one again, when the other person has undone theirs.
    assert journal.undo("ayse", "box") == [box("C2/5", "")]
    assert journal.undo("berk", "box") == [box("C3/5", "1,2,30")]
    assert journal.undo("ayse", "box") == [box("C3/5", "")]


def test_commits_wait_for_the_disk(journal):
    assert journal.connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL: a pulled plug loses nothing
    assert journal.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "scores").write_text("a file")
    with pytest.raises(InputError, match="File exists"):
        Journal(tmp_path / "scores" / "j", "sheet")


def test_the_journal_of_another_sheet_is_refused(tmp_path):
    Journal(tmp_path / "j", "one sheet").close()
    with pytest.raises(InputError, match="selected anew"):
        Journal(tmp_path / "j", "another sheet")


def test_a_second_server_is_refused(journal):
    program = (
        "from pathlib import Path; from squint.app.journal import Journal; "
        f"Journal(Path({str(journal.path)!r}), {'x'!r})"
    )
    other = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert other.returncode == 1
    assert "database is locked" in other.stderr and "it is open already" in other.stderr


def test_what_cannot_be_written_does_not_count(journal):
    journal.act("ayse", [score("k1", "eye", "1")])
    pages = journal.connection.execute("PRAGMA page_count").fetchone()[0]
    journal.connection.execute(f"PRAGMA max_page_count = {pages}")  # SQLite's own word for a full disk
    with pytest.raises(InputError, match=r"database or disk is full(.|\n)*free some space"):
        for number in range(10_000):
            journal.act("ayse", [score(f"k{number}", "ear", "2")])
    kept = {entry.change.subject for entry in journal.state.values() if entry.change.field == "ear"}
    rows = journal.connection.execute("SELECT DISTINCT subject FROM actions WHERE field = 'ear'")
    assert kept == {row[0] for row in rows} and len(kept) == number
    journal.connection.execute("PRAGMA max_page_count = 100000")
    journal.act("ayse", [score("k1", "ear", "2")])
    assert journal.value("ayse", "score", "k1", "ear") == "2"


def test_a_killed_process_has_kept_all_that_it_said_was_kept(tmp_path):
    program = (
        "import os; from pathlib import Path; from squint.app.journal import Change, Journal\n"
        f"journal = Journal(Path({str(tmp_path / 'j')!r}), 'sheet')\n"
        "for number in range(1000):\n"
        "    journal.act('ayse', [Change('score', f'k{number}', 'eye', '1')])\n"
        "    print(number, flush=True)\n"
        "    if number == 57: os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.returncode == -9 and killed.stdout.split()[-1] == "57"
    again = Journal(tmp_path / "j", "sheet")
    assert [again.value("ayse", "score", f"k{number}", "eye") for number in (0, 57, 58)] == ["1", "1", ""]
    again.close()


def test_actions_have_their_times_in_a_plain_table(journal):
    journal.act("ayse", [score("k1", "eye", "1")])
    journal.close()
    rows = sqlite3.connect(journal.path).execute("SELECT person, field, value, at FROM actions").fetchall()
    assert rows[0][:3] == ("ayse", "eye", "1") and rows[0][3].endswith("+00:00")


people, subjects = st.sampled_from(["ayse", "berk"]), st.sampled_from(["k1", "k2"])
steps = st.one_of(
    st.tuples(people, st.lists(st.tuples(subjects, st.sampled_from(["0", "1", ""])), min_size=1, max_size=2)),
    st.tuples(people, st.just("undo")),
)


@settings(max_examples=50)
@given(st.lists(steps, max_size=14))
def test_undo_is_a_stack_and_a_reopened_journal_is_the_same(history):
    stacks = {"ayse": [{}], "berk": [{}]}  # what each one's scores were after each step not undone
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "j", "sheet")
        for person, what in history:
            stack = stacks[person]
            if what == "undo":
                journal.undo(person, "score")
                stacks[person] = stack[:-1] or stack
            else:
                journal.act(person, [score(subject, "eye", value) for subject, value in what])
                stack.append(stack[-1] | dict(what))
        for again in (False, True):
            for person, stack in stacks.items():
                for subject in ("k1", "k2"):
                    assert journal.value(person, "score", subject, "eye") == stack[-1].get(subject, "")
            if not again:
                journal.close()
                journal = Journal(Path(folder) / "j", "sheet")
        journal.close()


def test_a_file_system_without_locks_is_told_from_a_journal_that_is_open(tmp_path, monkeypatch):
    """SQLite calls both locked, or some a fault of the disk."""
    held = Journal(tmp_path / "EXP1.sqlite", "digest")
    with pytest.raises(InputError, match="it is open already"):
        Journal(tmp_path / "EXP1.sqlite", "digest")

    def lockf(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("squint.app.journal.fcntl.lockf", lockf)
    with pytest.raises(InputError, match=r"a file system without locks \(No locks available\)"):
        Journal(tmp_path / "EXP1.sqlite", "digest")
    held.close()
