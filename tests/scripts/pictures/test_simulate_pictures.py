"""Simulated pictures show the action units of their rows, and each is drawn by its own name."""

import numpy as np
import pandas as pd
import pytest

from scripts.pictures.simulate_pictures import JITTER, SIZE, shown_units, simulate_pictures
from squint.domain.seeds import named_generator
from squint.files.images import read_image
from squint.files.picture_sheets import read_pictures
from squint.simulation.units import SEVEREST
from squint.simulation.units import UNITS as DRAWN
from tests.scales import MGS, ORBITAL, UNITS


def pictures_of(folder, *rows, scale=MGS):
    """The pictures of a sheet that the workflow renders into `folder`."""
    pd.DataFrame([{"subject": "ada"} | row for row in rows]).to_csv(folder / "sheet.csv", index=False)
    return read_pictures(str(folder / "sheet.csv"), "results/simulated/pictures", scale)


def mean_units(scale, score, **units):
    """The mean of many draws of what is shown of a row."""
    row = pd.Series({"score": score} | {unit: units.get(unit, np.nan) for unit in scale.units})
    draws = [shown_units(row, scale, named_generator(1, number)) for number in range(400)]
    assert np.min(draws) >= 0 and np.max(draws) <= SEVEREST
    return np.mean(draws, axis=0)


CLOSE = 4 * JITTER / 20  # of 400 draws


def test_each_unit_is_drawn_around_its_score():
    shown = mean_units(MGS, 1, eye=1, ear=1, nose=1, cheek=1, whiskers=1)
    assert shown == pytest.approx(np.ones(5), abs=CLOSE)
    apart = mean_units(MGS, 1, eye=2, ear=0, nose=1, cheek=2, whiskers=0)
    assert np.round(apart).tolist() == [2, 0, 1, 2, 0]


def test_units_that_were_not_observed_are_drawn_around_the_score():
    shown = mean_units(MGS, 0.75, eye=1.5)
    assert shown == pytest.approx([1.5, *[0.75] * 4], abs=CLOSE)


def test_the_scores_of_another_scale_are_those_of_the_drawn_mouse():
    assert mean_units(ORBITAL, 4.5, eye=4.5) == pytest.approx(np.ones(5), abs=CLOSE)
    assert mean_units(ORBITAL, 4.5, eye=6.75) == pytest.approx([1.5, *[1] * 4], abs=CLOSE)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rendered(table, seed=1):
    """The pictures of a set by file, rendered anew."""
    folder = table.path.iloc[0].rpartition("/")[0]
    simulate_pictures(table, MGS, folder, seed)
    return {row.file: read_image(row.path) for row in table.itertuples()}


ROWS = [{"file": f"ada/{name}.jpg", "score": score} for name, score in (("a", 0), ("b", 2), ("c", 1))]


def test_each_picture_of_a_set_is_a_face_of_its_own(here):
    found = rendered(pictures_of(here, *ROWS))
    assert {picture.shape for picture in found.values()} == {(SIZE, SIZE, 3)}
    assert min(picture.std() for picture in found.values()) > 10
    assert len({picture.tobytes() for picture in found.values()}) == 3
    assert sorted(path.name for path in (here / "results/simulated/pictures/ada").iterdir()) == [
        *("a.jpg", "b.jpg", "c.jpg")
    ]


def test_a_picture_is_the_same_in_each_run_whatever_stands_beside_it(here):
    table = pictures_of(here, *ROWS)
    first = rendered(table)
    (here / "results").rename(here / "before")
    again = rendered(table[table.file != "ada/a.jpg"])
    assert set(again) == {"ada/b.jpg", "ada/c.jpg"}
    assert all(np.array_equal(picture, first[file]) for file, picture in again.items())


def test_another_seed_gives_other_pictures(here):
    table = pictures_of(here, ROWS[0])
    (one,) = rendered(table).values()
    (here / "results").rename(here / "before")
    (other,) = rendered(table, seed=2).values()
    assert not np.array_equal(one, other)


def test_all_drawn_units_are_those_of_the_mouse_grimace_scale():
    assert list(DRAWN) == UNITS
