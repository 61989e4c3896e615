"""What stands for one animal stands for no other: not by its path, a link, or what is in it."""

import pytest

from squint.config.copies import check_copies
from squint.config.recordings import Recording
from squint.errors import InputError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def recording(name: str, subject: str, **others) -> Recording:
    values = {"videos": f"{name}/{{camera}}.mp4", "cameras": ("C1", "C2"), "scores": f"{name}.csv"} | others
    return Recording(name=name, subject=subject, condition="pain", role="rotate", **values)


def film(folder, *names: str) -> None:
    """Files that hold their own name."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def told(*recordings: Recording) -> str:
    with pytest.raises(InputError) as error:
        check_copies({one.name: one for one in recordings}, "sheet.tsv", "pictures.csv")
    return str(error.value)


def test_animals_with_films_of_their_own_are_right(folder):
    film(folder, "A/C1.mp4", "A/C2.mp4", "B/C1.mp4", "B/C2.mp4", "A.csv", "B.csv")
    simulated = recording("D", "dan", videos="simulated")
    recordings = [recording("A", "ada"), recording("B", "bob", corrections=""), simulated]
    check_copies({one.name: one for one in recordings}, "sheet.tsv", "")


@pytest.mark.parametrize("way", ["link", "copy", "folder"])
def test_one_film_of_two_animals_is_told(folder, way):
    film(folder, "A/C1.mp4", "A/C2.mp4", "B/C1.mp4")
    if way == "folder":
        (folder / "E").symlink_to("A")
        found = told(recording("A", "ada"), recording("E", "eve"))
        assert "'A/C1.mp4' for A, camera C1 and 'E/C1.mp4' for E, camera C1, which holds the same" in found
        return
    if way == "link":
        (folder / "B/C2.mp4").symlink_to("../A/C1.mp4")
    else:
        (folder / "B/C2.mp4").write_text("A/C1.mp4")
    found = told(recording("A", "ada"), recording("B", "bob"))
    assert "sheet.tsv, experiment 'B'" in found
    assert "'A/C1.mp4' for A, camera C1 and 'B/C2.mp4' for B, camera C2, which holds the same" in found


def test_one_path_of_two_animals_is_told_before_it_is_there():
    found = told(recording("A", "ada", videos="all/{camera}.mp4"), recording("B", "bob", videos="./all/{camera}.mp4"))
    assert "for A, camera C1 and" in found and "for B" in found


def test_one_film_of_two_cameras_is_told(folder):
    film(folder, "A/C1.mp4")
    (folder / "A/C2.mp4").write_text("A/C1.mp4")
    assert "camera C1 and 'A/C2.mp4' for A, camera C2, which holds the same" in told(recording("A", "ada"))


def test_one_film_may_be_two_recordings_of_one_animal(folder):
    film(folder, "A/C1.mp4", "A/C2.mp4")
    recordings = [recording("A", "ada"), recording("B", "ada", videos="A/{camera}.mp4")]
    check_copies({one.name: one for one in recordings}, "sheet.tsv", "")


@pytest.mark.parametrize("scores", ["A.csv", "./A.csv", "copy.csv", "b.csv, A.csv"])
def test_scores_of_two_recordings_are_told(folder, scores):
    film(folder, "A.csv", "b.csv")
    (folder / "copy.csv").write_text("A.csv")
    found = told(recording("A", "ada"), recording("B", "ada", scores=scores))
    assert "expected: scores of its own for each recording" in found and "column `scores`" in found


@pytest.mark.parametrize("scores", ["A.csv, A.csv", "A.csv, copy.csv"])
def test_scores_of_two_coders_of_a_recording_are_told(folder, scores):
    film(folder, "A.csv")
    (folder / "copy.csv").write_text("A.csv")
    assert "for A, coder 1 and" in told(recording("A", "ada", scores=scores))


def test_one_picture_of_two_animals_is_told(folder):
    film(folder, "one.jpg", "two.jpg")
    (folder / "copy.jpg").write_text("one.jpg")
    pictured = {"videos": "pictures", "cameras": (), "scores": ""}
    ada = recording("A", "ada", files=("one.jpg", "two.jpg"), **pictured)
    found = told(ada, recording("B", "bob", files=("copy.jpg",), **pictured))
    assert "pictures.csv, experiment 'B'" in found
    assert "'one.jpg' for A and 'copy.jpg' for B, which holds the same" in found
