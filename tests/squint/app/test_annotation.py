"""Annotating frames, without a browser."""

from pathlib import Path

import pytest

from squint.app.annotation import Annotation
from squint.app.frame_set import FrameSet, annotations_path, tables_of_frames
from squint.app.journal import Journal
from squint.app.recording import Item, View
from squint.app.session import Session
from squint.detection.annotations import SHEET_COLUMNS

SIZES = [(320, 180), (640, 360), (320, 180), (320, 180)]


@pytest.fixture
def session(tmp_path):
    """Four frames of two videos of different sizes; a detector has seen a face in the second."""
    items = []
    for number, size in enumerate(SIZES, 1):
        box = (300, 100, 80) if number == 2 else None
        view = View(f"films/{number % 2}.mp4", 10 * number, Path("frame.jpg"), box, 0.8 if box else 0.1, size)
        items.append(Item(number, view.frame, number, (view,)))
    journal = Journal(tmp_path / "annotations" / "faces.journal", "frames")
    yield Session(FrameSet(tuple(items)), journal, tmp_path, tables_of_frames)
    journal.close()


def rows(session) -> list[str]:
    lines = annotations_path(session.folder).read_text().splitlines()
    assert lines[0] == ",".join(SHEET_COLUMNS)
    return lines[1:]


def test_frames_that_were_only_looked_at_are_not_annotated(session):
    annotation = Annotation(session, "ayse")
    annotation.go(1)
    annotation.go(2)
    assert annotation.count_annotated() == 0 and not annotations_path(session.folder).exists()


def test_boxes_and_their_absence_are_annotations(session):
    annotation = Annotation(session, "ayse")
    assert not annotation.confirm()  # there is no box that could be right
    assert annotation.set_box(0, (-5, 20, 40)) and annotation.confirm()
    annotation.go(2)
    assert annotation.say_no_face() and not annotation.say_no_face()
    assert rows(session) == ["films/1.mp4,10,0,20,40", "films/1.mp4,30,0,0,0"]
    assert annotation.count_annotated() == 2 and annotation.count_all() == (2, 1)


def test_a_detectors_box_counts_when_a_person_confirms_it(session):
    annotation = Annotation(session, "ayse")
    annotation.go(1)
    assert annotation.boxes() == [(300, 100, 80)] and not annotation.is_annotated(annotation.item)
    assert annotation.confirm()
    assert rows(session) == ["films/0.mp4,20,300,100,80"]
    assert annotation.set_box(0, (600, 350, 80)) and annotation.boxes() == [(560, 280, 80)]  # within its own frame
    assert annotation.undo() and annotation.boxes() == [(300, 100, 80)] and annotation.is_annotated(annotation.item)
    assert annotation.undo() and not annotation.is_annotated(annotation.item)
    assert rows(session) == []


def test_the_next_frame_is_one_that_nobody_has_annotated(session):
    one, other = Annotation(session, "ayse"), Annotation(session, "berk")
    other.go(1)
    other.say_no_face()
    assert one.next_open() == 2
    one.go(3)
    assert one.next_open() == 0
    for index in (0, 2, 3):
        one.go(index)
        one.say_no_face()
    assert one.next_open() is None


def test_a_person_goes_on_where_they_stopped(session):
    Annotation(session, "ayse").go(2)
    assert Annotation(session, "ayse").index == 2 and Annotation(session, "berk").index == 0


def test_undo_leaves_frames_alone_that_are_not_shown(session):
    annotation = Annotation(session, "ayse")
    annotation.say_no_face()
    others = FrameSet(session.recording.items[1:])
    later = Annotation(Session(others, session.journal, session.folder, tables_of_frames), "ayse")
    assert not later.undo() and rows(session) == ["films/1.mp4,10,0,0,0"]
    later.say_no_face()
    assert later.undo() and rows(session) == ["films/1.mp4,10,0,0,0"]
    assert annotation.undo() and rows(session) == []
