"""The contact sheet: which faces are on it, and that each tile is the face that it says."""

import numpy as np
import pandas as pd
import pytest

from scripts.faces.draw_detected_faces import (
    AROUND_FACE,
    PER_ROW,
    SHOWN,
    TILE,
    choose_faces,
    cut_tiles,
    draw_detected_faces,
)
from squint.domain.seeds import named_generator
from tests.shown import figure_of
from tests.videos import write_pictures

SIZE, FRAMES = (96, 64), 12  # of the video; each of its frames has a left half of its own level and a white right half


def faces(count, experiment="A", camera="C1", prob=None):
    """A table of faces, the later the surer."""
    return pd.DataFrame(
        {
            "frame_num": range(count),
            "box_x": 38,
            "box_y": 20,
            "box_size": 20,
            "det_lbl": 1,
            "det_prb": np.linspace(0.95, 0.99, count) if prob is None else prob,
            "experiment": experiment,
            "camera": camera,
        }
    )


def level(number):
    return 20 + 12 * number


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    pictures = []
    for number in range(FRAMES):
        pictures.append(np.full(SIZE[::-1], level(number), np.uint8))
        pictures[-1][:, SIZE[0] // 2 :] = 235
    path = tmp_path_factory.mktemp("videos") / "C1.mp4"
    return str(write_pictures(path, pictures, options={"crf": "4", "preset": "ultrafast"}))


def generator():
    return named_generator(1, "contact sheet")


def test_of_many_faces_some_are_taken_at_random_and_then_the_least_certain():
    table = faces(100)
    shown, least = choose_faces(table, generator())
    assert len(shown) == len(least) == SHOWN
    assert not set(shown.index) & set(least.index)
    rest = table.drop(index=shown.index)
    assert least.det_prb.tolist() == sorted(rest.det_prb)[:SHOWN]
    # At random means from all over.
    assert shown.index.min() < 30 and shown.index.max() > 70


def test_faces_at_random_stand_in_the_order_of_recordings_cameras_and_frames():
    table = pd.concat([faces(40, "B"), faces(40, "A", "C2"), faces(40, "A", "C1")], ignore_index=True)
    shown, _ = choose_faces(table, generator())
    keys = shown[["experiment", "camera", "frame_num"]].to_numpy().tolist()
    assert keys == sorted(keys)
    assert {tuple(key[:2]) for key in keys} == {("A", "C1"), ("A", "C2"), ("B", "C1")}


def test_the_same_seed_draws_the_same_faces_and_another_others():
    draws = [choose_faces(faces(100), named_generator(seed, "contact sheet"))[0].index.tolist() for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]


def test_of_equally_certain_faces_the_first_are_taken():
    table = pd.concat([faces(30, "B", prob=0.95), faces(30, "A", prob=0.95)], ignore_index=True)
    shown, least = choose_faces(table, generator())
    rest = table.drop(index=shown.index).sort_values(["experiment", "camera", "frame_num"])
    assert least.index.tolist() == rest.index[:SHOWN].tolist()


@pytest.mark.parametrize("count", [0, 1, SHOWN, SHOWN + 3])
def test_of_few_faces_each_is_shown_once(count):
    shown, least = choose_faces(faces(count), generator())
    assert len(shown) == min(count, SHOWN) and len(least) == count - len(shown)
    assert sorted([*shown.index, *least.index]) == list(range(count))


def test_a_tile_is_the_picture_around_its_face(video):
    table = faces(FRAMES).iloc[[7, 2]].set_axis([11, 5])
    tiles = cut_tiles(table, {("A", "C1"): (video, None)})
    assert set(tiles) == {11, 5}
    for index, number in ((11, 7), (5, 2)):
        tile = tiles[index].astype(int)
        assert tile.shape == (TILE, TILE, 3)
        # The middle of the box is where the white half begins.
        assert np.abs(tile[:, : TILE // 2 - 12] - level(number)).max() <= 8
        assert tile[:, TILE // 2 + 12 :].min() > 215


def test_a_tile_shows_somewhat_more_than_the_box(video):
    """A box that ends where the white half begins: the white shows in the last sixth of the tile."""
    table = faces(1).assign(box_x=SIZE[0] // 2 - 24, box_size=24)
    (tile,) = cut_tiles(table, {("A", "C1"): (video, None)}).values()
    bright = tile[TILE // 2].mean(axis=1) > 130
    assert bright.argmax() == pytest.approx(TILE * (1 - (1 - 1 / AROUND_FACE) / 2), abs=4)
    assert bright[-1]


def test_tiles_come_from_the_video_of_their_own_recording_and_camera(video, tmp_path):
    other = write_pictures(tmp_path / "C2.mp4", [np.full(SIZE[::-1], 200, np.uint8)] * 3)
    table = pd.concat([faces(3), faces(3, camera="C2")], ignore_index=True)
    tiles = cut_tiles(table, {("A", "C1"): (video, None), ("A", "C2"): (str(other), None)})
    assert np.abs(tiles[4].astype(int) - 200).max() <= 8
    assert np.abs(tiles[1][:, : TILE // 3].astype(int) - level(1)).max() <= 8


def test_a_face_that_reaches_over_the_border_of_its_frame_has_a_whole_tile(video):
    table = faces(1).assign(box_x=-6, box_y=50, box_size=20)
    (tile,) = cut_tiles(table, {("A", "C1"): (video, None)}).values()
    assert tile.shape == (TILE, TILE, 3)


def number_tiles(table, videos):
    """Tiles that show the frame's number, in place of those of a video."""
    return {row.Index: np.full((TILE, TILE, 3), row.frame_num, np.uint8) for row in table.itertuples()}


def sheet(folder, tables, min_prob=0.95):
    """The figure of faces of some recordings."""
    videos = []
    for number, table in enumerate(tables):
        path = folder / f"{number}.parquet"
        table.drop(columns=["experiment", "camera"]).to_parquet(path)
        videos.append(
            {
                "experiment": table.experiment.iloc[0],
                "camera": table.camera.iloc[0],
                "video": "",
                "index": "",
                "detections": str(path),
                "min_prob": min_prob,
            }
        )
    return figure_of(draw_detected_faces, videos, "x.png", 1, cut_tiles=number_tiles)


def test_each_tile_carries_its_recording_camera_and_certainty(tmp_path):
    figure = sheet(tmp_path, [faces(40), faces(25, "B", "C6")])
    tables = {"A C1": faces(40), "B C6": faces(25, "B", "C6")}
    shown = [axes for axes in figure.axes if axes.images]
    assert len(shown) == 2 * SHOWN
    for axes in shown:
        name, certainty = axes.get_title(loc="center").split("\n")
        number = axes.images[0].get_array()[0, 0, 0]
        assert certainty == f"{tables[name].det_prb[number]:.3f}"


def test_the_second_half_is_of_the_least_certain_ones_in_rising_order(tmp_path):
    figure = sheet(tmp_path, [faces(60)])
    first, second = figure.subfigs
    assert [part.get_suptitle() for part in (first, second)] == ["at random", "least certain of those that count"]
    certainties = [float(axes.get_title(loc="center").split("\n")[1]) for axes in second.axes]
    assert len(certainties) == SHOWN and certainties == sorted(certainties)
    numbers = [[axes.images[0].get_array()[0, 0, 0] for axes in part.axes] for part in (first, second)]
    assert sorted(numbers[0]) == numbers[0]
    assert not set(numbers[0]) & set(numbers[1])


@pytest.fixture(scope="module")
def small_sheet(tmp_path_factory):
    """The figure of a recording with two faces that count, 2 and 3."""
    unsure = faces(5, prob=[0.5, 0.94, 0.95, 0.96, 0.97])
    unsure.loc[4, "det_lbl"] = 0
    return sheet(tmp_path_factory.mktemp("detections"), [unsure])


def test_the_box_is_the_middle_of_the_tile(small_sheet):
    axes = small_sheet.axes[0]
    (box,) = axes.patches
    assert axes.images[0].get_extent() == [0, 1, 1, 0]
    assert box.get_width() == box.get_height() == pytest.approx(1 / AROUND_FACE)
    assert box.get_x() + box.get_width() / 2 == pytest.approx(0.5) == box.get_y() + box.get_height() / 2


def test_faces_that_do_not_count_are_not_shown(small_sheet):
    assert [axes.images[0].get_array()[0, 0, 0] for axes in small_sheet.axes if axes.images] == [2, 3]


def test_places_without_a_face_are_empty(small_sheet):
    assert len(small_sheet.axes) == 2 * SHOWN and SHOWN % PER_ROW == 0
    assert [len(axes.images) for axes in small_sheet.axes] == [1, 1] + [0] * (2 * SHOWN - 2)
    assert not any(axes.axison for axes in small_sheet.axes)


def test_a_sheet_without_any_face_is_empty_and_no_error(tmp_path):
    figure = sheet(tmp_path, [faces(5, prob=0.1)])
    assert not any(axes.images for axes in figure.axes)


def test_a_frame_of_two_moments_gives_both_their_tiles(video):
    table = faces(FRAMES).iloc[[3, 3]].set_axis([8, 9]).assign(box_x=[38, 20])
    tiles = cut_tiles(table, {("A", "C1"): (video, None)})
    assert set(tiles) == {8, 9} and not np.array_equal(tiles[8], tiles[9])
