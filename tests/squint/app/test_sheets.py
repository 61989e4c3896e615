"""The tables that the workflow takes, as it reads them."""

import errno
import os
from pathlib import Path

import pytest

from squint.app.journal import Change
from squint.app.sheets import corrections_path, read_box, scores_path, scores_text, take_over, write_all, write_whole
from squint.errors import InputError
from squint.files.corrections import read_corrections
from squint.files.score_sheets import read_scores, sheet_columns
from tests.scales import MGS, UNITS, WHOLE_ORBITAL
from tests.squint.app.conftest import NAME


def give(journal, recording, item, values, person="ayse"):
    key = recording.items[item].key
    journal.act(person, [Change("score", key, field, value) for field, value in values.items()])


def test_scores_come_back_as_they_were_given(session, journal, recording, folder):
    give(journal, recording, 0, dict(zip(UNITS, "012X2", strict=True)))
    give(journal, recording, 1, {"eye": "1"})
    give(journal, recording, 2, {"bad_image": "1"})
    write_all(journal, session.tables)
    scores = read_scores(str(scores_path(folder, NAME, "ayse")), str(recording.sheet), MGS)
    assert scores.loc[0, UNITS].tolist()[:3] == [0, 1, 2]
    assert scores.loc[0, UNITS].isna().tolist() == [False, False, False, True, False]
    assert scores.done.tolist()[:4] == [True, False, True, False]
    assert scores.bad_image.tolist()[:4] == [False, False, True, False]
    assert set(scores.coder) == {"ayse"} and len(scores) == 14


def test_a_sheet_has_a_column_for_each_unit_of_the_scale(journal, recording, open_session):
    assert scores_text(journal, recording, "ayse").splitlines()[0] == ",".join(sheet_columns(UNITS))
    other = open_session(scale=WHOLE_ORBITAL, cameras=["front"])
    give(other.journal, other.recording, 0, {"eye": "9"})
    give(other.journal, other.recording, 1, {"eye": "X"})
    lines = scores_text(other.journal, other.recording, "ayse").splitlines()
    assert lines[0] == "item,key,coder,eye,bad_image,done,scored_at"
    assert [line.split(",")[3:6] for line in lines[1:4]] == [["9", "0", "1"], ["", "0", "1"], ["", "0", "0"]]


def test_corrections_are_the_boxes_that_are_not_the_detectors(session, journal, recording, folder):
    views = recording.items[3].views
    for view, value in ((views[0], "10,20,30"), (views[1], "none"), (views[2], "166,60,36"), (views[4], "0,0,50")):
        journal.act("ayse", [Change("box", view.frame, "", value)])
    write_all(journal, session.tables)
    table = read_corrections(str(corrections_path(folder, NAME)))
    found = {row.camera: (row.box_x, row.box_y, row.box_size) for row in table.itertuples()}
    assert found == {"C1": (10, 20, 30), "C2": (0, 0, 0), "C5": (0, 0, 50)}  # C3's is what the detector says too
    assert set(table.frame_num) == {115, 116, 119}


@pytest.mark.parametrize(
    "value, box", [("", (1, 2, 3)), ("none", None), ("4,5,6", (4, 5, 6))], ids=["untouched", "removed", "drawn"]
)
def test_boxes_are_read_from_the_journal(value, box):
    assert read_box(value, (1, 2, 3)) == box


def test_a_table_of_which_the_journal_knows_nothing_is_not_overwritten(session, journal, recording, folder):
    path = scores_path(folder, NAME, "ayse")
    path.write_text("somebody's work")
    with pytest.raises(InputError, match="knows nothing"):
        take_over(journal, session.tables, ["ayse"])
    assert path.read_text() == "somebody's work"
    assert take_over(journal, session.tables, ["berk"]) == []


def test_tables_that_were_edited_by_hand_are_all_kept(session, journal, recording, folder):
    give(journal, recording, 0, {"eye": "2"})
    write_all(journal, session.tables)
    path = scores_path(folder, NAME, "ayse")
    written = path.read_text()
    for number, edited in ((1, written.replace(",2,", ",1,").encode()), (2, written.encode("utf-16"))):
        path.write_bytes(edited)
        kept = path.with_name(f"{NAME}.ayse.before{number}.csv")
        assert [str(kept) in told for told in take_over(journal, session.tables, ["ayse"])] == [True]
        assert path.read_text() == written and kept.read_bytes() == edited
    assert take_over(journal, session.tables, ["ayse"]) == []


def test_a_table_that_is_edited_while_the_server_runs_is_kept(session, recording, folder, capsys):
    key = recording.items[0].key
    session.act("ayse", [Change("score", key, "eye", "2")])
    path = scores_path(folder, NAME, "ayse")
    path.write_text("somebody's work")
    session.act("ayse", [Change("score", key, "ear", "1")])
    assert "ayse,2,1," in path.read_text()
    assert path.with_name(f"{NAME}.ayse.before1.csv").read_text() == "somebody's work"
    assert "is not taken over" in capsys.readouterr().out


def test_a_table_that_is_edited_before_anything_was_done_is_kept(session, folder):
    session.take_over(["ayse"])
    path = corrections_path(folder, NAME)
    path.write_text("somebody's work")
    session.act("ayse", [Change("box", session.recording.items[3].views[0].frame, "", "10,20,30")])
    assert path.with_name(f"{NAME}.before1.csv").read_text() == "somebody's work"


def test_corrections_are_there_from_the_start(session, journal, recording, folder):
    for _ in range(2):
        assert take_over(journal, session.tables, ["ayse"]) == []
        assert read_corrections(str(corrections_path(folder, NAME))).empty


def test_a_table_that_says_the_same_keeps_its_time(tmp_path):
    path = tmp_path / "t.csv"
    write_whole(path, "same")
    os.utime(path, (1, 1))
    write_whole(path, "same")
    assert path.stat().st_mtime == 1
    write_whole(path, "new")
    assert path.stat().st_mtime > 1


def test_a_table_that_cannot_be_written_leaves_the_former_one(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    write_whole(path, "former")
    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(InputError, match=r"No space left(.|\n)*the journal has all"):
        write_whole(path, "new")
    assert path.read_text() == "former"


def full_disk(path, text):
    """Writes a part, and then there is no space."""
    path.write_bytes(text[:1].encode())
    raise OSError(errno.ENOSPC, "No space left on device")
