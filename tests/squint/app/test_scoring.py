"""Scoring key by key, without a browser."""

import pytest

from squint.app.correction import Correction
from squint.app.journal import Journal
from squint.app.scoring import Scoring
from squint.app.session import Session
from squint.app.sheets import scores_path
from squint.files.score_sheets import read_scores
from tests.scales import ORBITAL, UNITS, WHOLE_ORBITAL
from tests.squint.app.conftest import NAME


@pytest.fixture
def scoring(session):
    return Scoring(session, "ayse")


def test_digits_go_from_unit_to_unit_and_then_nowhere(scoring):
    for value in "012X1":
        assert scoring.score(value)
    assert scoring.answers() == dict(zip(UNITS, "012X1", strict=True))
    assert scoring.done() and scoring.unit is None
    assert not scoring.score("2")
    assert scoring.answers()["whiskers"] == "1"


def test_an_answered_unit_is_changed_when_it_is_marked(scoring):
    for value in "00000":
        scoring.score(value)
    scoring.choose_unit(1)
    assert scoring.unit == 0
    scoring.score("1")
    scoring.choose_unit(-1)
    assert scoring.unit == 4
    scoring.score("2")
    assert scoring.answers()["whiskers"] == "2" and scoring.unit is None


def test_the_next_open_unit_is_marked(scoring):
    scoring.score("1", 3)
    assert scoring.unit == 4
    scoring.score("1")
    assert scoring.unit == 0


def test_bad_images_are_done_and_taken_back(scoring):
    scoring.call_bad()
    assert scoring.bad() and scoring.done() and scoring.count_done() == 1
    scoring.call_bad()
    assert not scoring.bad() and not scoring.done()


def test_an_emptied_item_is_not_evaluated_and_undo_brings_it_back(scoring):
    for value in "01201":
        scoring.score(value)
    scoring.clear()
    assert set(scoring.answers().values()) == {""} and scoring.unit == 0
    scoring.go(3)
    assert scoring.undo()
    assert scoring.index == 0 and scoring.answers() == dict(zip(UNITS, "01201", strict=True))


def test_the_last_answer_is_taken_back_or_the_marked_one(scoring):
    assert not scoring.take_back()
    scoring.score("1")
    scoring.score("2")
    scoring.take_back()
    assert scoring.answers()["eye"] == "1" and scoring.answers()["ear"] == "" and scoring.unit == 1
    for value in "2000":
        scoring.score(value)
    scoring.take_back()  # none is marked: the last one
    assert scoring.answers()["whiskers"] == "" and scoring.unit == 4
    scoring.choose_unit(1)
    scoring.take_back()
    assert scoring.answers()["eye"] == ""


def test_the_zoom_tells_not_which_items_show_the_same(scoring):
    items = {item.number: index for index, item in enumerate(scoring.items)}
    faces = {}
    for number in (2, 14):  # the same moment
        scoring.index = items[number]
        faces[number] = scoring.faces()
    (left, top, size), detected = faces[2][0], scoring.items[items[2]].views[0].detected
    assert faces[2][0] != faces[14][0] and faces[2][1] is faces[14][1] is None
    assert max(abs(new - old) for new, old in zip((left, top, size), detected, strict=True)) <= 0.05 * detected[2] + 1


def test_next_open_items_wrap_around(scoring):
    last = len(scoring.items) - 1
    scoring.go(last)
    for value in "00000":
        scoring.score(value)
    assert scoring.next_open() == 0
    for index in range(last):
        scoring.go(index)
        scoring.call_bad()
    assert scoring.next_open() is None


def test_reopening_resumes_at_the_same_item(scoring, session, folder, recording):
    scoring.go(5)
    scoring.score("2")
    session.journal.close()
    again = Journal(folder / "scores" / f"{NAME}.journal", recording.digest)
    resumed = Scoring(Session(recording, again, folder), "ayse")
    assert resumed.index == 5 and resumed.answers()["eye"] == "2" and resumed.unit == 1
    assert Scoring(Session(recording, again, folder), "berk").index == 0
    again.close()


def test_two_pages_of_one_coder_keep_each_others_scores(session):
    one, other = Scoring(session, "ayse"), Scoring(session, "ayse")
    one.score("1")
    other.score("2")  # the eyes have an answer, so its mark is on the ears
    assert one.answers()["eye"] == "1" and one.answers()["ear"] == "2"


def test_after_a_failed_write_nothing_is_accepted_until_it_is_mended(scoring, session, folder, capsys):
    scoring.score("1")
    table = scores_path(folder, NAME, "ayse")
    table.unlink()
    table.mkdir()  # nothing can be written there
    assert not scoring.score("2")
    assert "Is a directory" in session.trouble and NAME not in session.trouble and "ayse" not in session.trouble
    assert str(table) in capsys.readouterr().err
    # What came to the journal before the table failed is kept and shown.
    assert scoring.answers()["ear"] == "2"
    assert not scoring.score("2") and not scoring.go(3)
    assert scoring.answers()["nose"] == ""
    session.try_again("ayse")
    assert session.trouble
    table.rmdir()
    session.try_again("ayse")
    assert not session.trouble
    assert "ayse,1,2," in table.read_text()


def test_the_history_tells_what_was_done_on_this_page_alone(scoring, session):
    scoring.score("2")
    scoring.call_bad()
    Correction(session, "ayse").go(3)  # its moments are no items
    scoring.go(6)
    scoring.undo()
    told = [what for _, what in scoring.history(10)]
    assert told == [
        "went to item 1",
        "item 1: no bad image (undo)",
        "went to item 7",
        "item 1: bad image",
        "item 1: orbital tightening High",
    ]
    assert len(scoring.history(2)) == 2


def test_what_is_prepared_is_what_comes_next(scoring):
    scoring.go(4)
    assert [scoring.items.index(item) for item in scoring.ahead()] == [5, 3]


def test_pace_is_the_median_of_the_last_items_without_breaks(scoring, session, monkeypatch):
    minutes = dict(zip([item.key for item in scoring.items[:5]], [0, 1, 2, 30, 32], strict=True))
    ends = {key: f"2026-01-01T10:{minute:02d}:00+00:00" for key, minute in minutes.items()}
    monkeypatch.setattr(scoring, "_ended", lambda item: ends.get(item.key, ""))
    assert scoring.seconds_an_item() == 60


@pytest.fixture
def orbital(open_session):
    """Scoring of one unit from 0 to 9, filmed by two cameras."""
    return Scoring(open_session(cameras=["left", "right"], scale=WHOLE_ORBITAL), "ayse")


def test_a_unit_can_be_given_the_scores_of_its_scale(scoring, orbital):
    assert scoring.units == UNITS and scoring.values == ["0", "1", "2", "X"]
    assert orbital.units == ["eye"] and orbital.values == [*"0123456789X"]


@pytest.mark.parametrize("value", [*"0123456789X"])
def test_one_unit_is_scored_by_one_key(orbital, value):
    assert orbital.unit == 0 and not orbital.done()
    assert orbital.score(value)
    assert orbital.answers() == {"eye": value}
    assert orbital.done() and orbital.unit is None and orbital.count_done() == 1
    assert not orbital.score("5")
    assert orbital.answers() == {"eye": value}


def test_one_unit_is_marked_from_both_sides_and_changed(orbital):
    orbital.score("9")
    for step in (1, -1):
        orbital.choose_unit(step)
        assert orbital.unit == 0
    orbital.score("4")
    assert orbital.answers() == {"eye": "4"} and orbital.unit is None
    orbital.take_back()
    assert orbital.answers() == {"eye": ""} and orbital.unit == 0
    assert orbital.undo() and orbital.answers() == {"eye": "4"}


def test_a_recording_on_another_scale_is_scored_to_its_end_and_read_by_the_workflow(orbital):
    given = {}
    for place, value in enumerate("0123456789X012"):
        orbital.go(place)
        orbital.score(value)
        given[orbital.item.number] = value
    assert orbital.next_open() is None and orbital.count_done() == 14
    session = orbital.session
    path = scores_path(session.folder, NAME, "ayse")
    table = read_scores(str(path), str(session.recording.sheet), ORBITAL).set_index("item")
    assert {item: "X" if score != score else f"{score:g}" for item, score in table.eye.items()} == given
    assert table.done.all()


def test_the_history_of_another_scale_tells_its_steps(orbital):
    orbital.score("7")
    orbital.undo()
    orbital.score("X")
    assert [what for _, what in orbital.history(10)][:3] == [
        "item 1: orbital tightening Not observable",
        "item 1: orbital tightening without an answer (undo)",
        "item 1: orbital tightening 7",
    ]


@pytest.mark.parametrize("cameras", [1, 2, 4, 8, 12])
def test_faces_are_shown_in_the_views_of_any_rig(open_session, cameras):
    scoring = Scoring(open_session(cameras=[f"view_{number}" for number in range(cameras)]), "ayse")
    assert len(scoring.faces()) == len(scoring.item.views) == cameras
    scoring.go(next(index for index, item in enumerate(scoring.items) if item.number == 5))
    assert [face is not None for face in scoring.faces()] == [number < 3 for number in range(cameras)]
