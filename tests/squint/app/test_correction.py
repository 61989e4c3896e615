"""Correcting boxes, without a browser."""

import pytest

from squint.app.box_editing import SMALLEST_BOX, fit_box
from squint.app.correction import Correction
from squint.app.sheets import corrections_path
from squint.files.corrections import read_corrections
from tests.squint.app.conftest import NAME, SIZE


@pytest.fixture
def correction(session):
    return Correction(session, "ayse")


def index_of(correction, number):
    return next(index for index, item in enumerate(correction.items) if item.number == number)


def test_each_moment_comes_once(correction):
    assert len(correction.items) == 12


def test_a_box_is_moved_added_removed_and_taken_back(correction, folder):
    correction.go(index_of(correction, 4))
    assert correction.set_box(0, (100.4, 50.6, 40)) and correction.boxes()[0] == (100, 51, 40)
    assert correction.set_box(3, (10, 10, 30)) and correction.boxes()[3] == (10, 10, 30)
    assert correction.set_box(1, None) and correction.boxes()[1] is None
    assert len(read_corrections(str(corrections_path(folder, NAME)))) == 3
    assert correction.set_detected(0) and correction.boxes()[0] == correction.item.views[0].detected
    assert not correction.set_detected(2)
    assert len(read_corrections(str(corrections_path(folder, NAME)))) == 2


def test_what_changes_nothing_is_no_action(correction):
    detected = correction.item.views[0].detected
    assert not correction.set_box(0, detected)
    assert not correction.set_box(4, None)


@pytest.mark.parametrize(
    "box, fitted",
    [
        ((-20, 5, 40), (0, 5, 40)),
        ((310, 170, 40), (SIZE[0] - 40, SIZE[1] - 40, 40)),
        ((5, 5, 900), (5, 0, SIZE[1])),
        ((5, 5, 1), (5, 5, SMALLEST_BOX)),
    ],
)
def test_boxes_stay_within_the_frame(box, fitted):
    assert fit_box(box, SIZE) == fitted


def test_a_camera_without_a_frame_gets_no_box(correction):
    correction.go(index_of(correction, 1))
    assert not correction.set_box(5, (10, 10, 30))


def test_undo_goes_back_to_its_moment(correction):
    correction.go(2)
    before = correction.boxes()
    correction.set_box(1, (5, 5, 30))
    correction.go(4)
    assert correction.undo()
    assert (correction.index, correction.view) == (2, 1) and correction.boxes() == before
    assert not correction.undo()


def test_undo_stays_where_it_is_when_it_cannot_move_on(correction, session, folder):
    correction.go(2)
    correction.set_box(1, (5, 5, 30))
    correction.go(4)
    table = corrections_path(folder, NAME)
    table.unlink()
    table.mkdir()
    assert not correction.undo() and session.trouble
    assert (correction.index, correction.view) == (4, 0)


def test_moments_with_fewer_faces_than_usual_are_found_until_they_were_looked_at(correction):
    lonely = index_of(correction, 2)
    correction.go((lonely + 1) % 12)
    assert correction.usual_faces == 3
    assert correction.missing() == [lonely]
    correction.go(lonely)
    correction.go((lonely + 2) % 12)
    assert correction.missing() == []


def test_the_least_certain_face_comes_first(correction):
    uncertain = index_of(correction, 3)
    correction.go((uncertain + 1) % 12)
    assert correction.uncertain()[0] == uncertain
    assert len(correction.uncertain()) == 12 - correction.count_looked_at() - 1


def test_boxes_of_two_people_are_one_table(session):
    one, other = Correction(session, "ayse"), Correction(session, "berk")
    one.go(index_of(one, 5))
    one.set_box(3, (10, 10, 30))
    other.go(index_of(other, 5))
    assert other.boxes()[3] == (10, 10, 30)
    other.set_box(3, (20, 20, 30))
    assert one.boxes()[3] == (20, 20, 30)
    assert not one.undo()


@pytest.mark.parametrize("cameras", [1, 8])
def test_boxes_of_any_rig_are_corrected_and_read_by_the_workflow(open_session, cameras):
    names = ["front", "left", "right", "top", "C2", "C10", "7", "hall"][:cameras]
    session = open_session(cameras=names)
    correction = Correction(session, "ayse")
    assert correction.usual_faces == min(cameras, 3)
    correction.go(index_of(correction, 4))
    for view in range(cameras):
        assert correction.set_box(view, (10 + view, 20, 30))
    table = read_corrections(str(corrections_path(session.folder, NAME)))
    assert dict(zip(table.camera, table.box_x, strict=True)) == {name: 10 + view for view, name in enumerate(names)}
    assert correction.undo()
    assert correction.view == cameras - 1 and correction.boxes()[-1] == correction.item.views[-1].detected
