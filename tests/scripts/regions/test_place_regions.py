import numpy as np
import pandas as pd
import pytest

from scripts.regions.place_regions import place, place_regions, read_frames
from squint.errors import InputError
from squint.files.video import index_frames
from tests.squint.live.fakes import write_film

FOUND = [["a", "m1", None, None, None, None], ["b", "m2", None, None, None, None]]


def test_regions_are_found_and_told_in_the_order_of_the_sheet(tmp_path):
    film = write_film(tmp_path / "film.mp4", seconds=4)
    paths = [str(tmp_path / name) for name in ("frames.parquet", "places.csv", "places.png")]
    place_regions(str(film), FOUND, *paths)
    table = pd.read_csv(paths[1])
    assert table.region.tolist() == ["a", "b"] and table.animal.tolist() == ["m1", "m2"]
    assert (table.left + table.width <= 320).all() and table.left[0] < 80 < table.left[0] + table.width[0]
    assert len(pd.read_parquet(paths[0])) == 80 and (tmp_path / "places.png").stat().st_size > 1000


def test_regions_of_the_sheet_are_taken_as_they_are(tmp_path):
    picture = np.zeros((180, 320, 3), np.uint8)
    table = place("film.mp4", [["a", "m1", 5, 6, 100, 80]], [picture])
    assert table.iloc[0].tolist() == ["a", "m1", 5, 6, 100, 80]
    with pytest.raises(InputError, match="a region within the frames"):
        place("film.mp4", [["a", "m1", 300, 6, 100, 80]], [picture])


def test_regions_that_lie_over_each_other_are_told():
    places = [["a", "m1", 0, 0, 100, 80], ["b", "m2", 99, 0, 100, 80]]
    with pytest.raises(InputError, match="'a' and 'b'"):
        place("film.mp4", places, [np.zeros((180, 320, 3), np.uint8)])
    places[1][2] = 100
    assert len(place("film.mp4", places, [np.zeros((180, 320, 3), np.uint8)])) == 2


def test_more_or_fewer_that_move_than_animals_are_told(tmp_path):
    film = str(write_film(tmp_path / "film.mp4", seconds=4))
    pictures = read_frames(film, index_frames(film))
    with pytest.raises(InputError, match="3 places in which something moves"):
        place(film, [*FOUND, ["c", "m3", None, None, None, None]], pictures)


def test_a_video_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="the video of a rack"):
        place_regions(str(tmp_path / "film.mp4"), FOUND, "", "", "")
