"""Moments of a recording: which are shown, and that each frame has its own face and score."""

import numpy as np
import pandas as pd
import pytest

from scripts.figures.draw_moments import SHOWN_WIDTH, choose_moments, draw_moments
from squint.files.crop_names import frame_name
from squint.files.images import write_image
from tests.shown import figure_of
from tests.videos import CAMERAS

WIDTH, HEIGHT = 96, 54


def labels(scores):
    """Labels of items 1, 2 …"""
    return pd.DataFrame({"item": range(1, len(scores) + 1), "score": scores})


def grey(item, camera):
    return 20 * item + 5 * camera


@pytest.fixture
def draw(tmp_path):
    """The figure of moments whose frames tell item and camera by their grey; `changes` are of (item, camera)."""

    def drawn(scores, changes=None, min_prob=0.9, cameras=CAMERAS):
        rows = []
        (tmp_path / "frames").mkdir()
        for item in range(1, len(scores) + 1):
            for number, camera in enumerate(cameras):
                row = {"item": item, "camera": camera, "frame_num": 1000 * item + number, "det_lbl": 1, "det_prb": 0.95}
                row |= {"box_x": 10 * item, "box_y": number, "box_size": 20} | (changes or {}).get((item, camera), {})
                rows.append(row)
                if row["frame_num"] >= 0:
                    picture = np.full((HEIGHT, WIDTH, 3), grey(item, number), np.uint8)
                    write_image(tmp_path / "frames" / frame_name(camera, row["frame_num"]), picture)
        pd.DataFrame(rows).to_parquet(tmp_path / "moments.parquet")
        labels(scores).to_parquet(tmp_path / "labels.parquet")
        paths = [str(tmp_path / name) for name in ("moments.parquet", "labels.parquet", "frames")]
        return figure_of(draw_moments, *paths, "x.svg", min_prob)

    return drawn


def rows_of(figure, cameras=6):
    return [figure.axes[first : first + cameras] for first in range(0, len(figure.axes), cameras)]


def test_the_lowest_the_middle_and_the_highest_score_are_shown():
    assert choose_moments(labels([1.0, 0.2, 2.0, 0.4, 1.6])).score.tolist() == [0.2, 1.0, 2.0]


def test_of_equal_scores_the_lowest_item_comes_first():
    assert choose_moments(labels([1.0, 1.0, 1.0, 1.0, 1.0]))["item"].tolist() == [1, 3, 5]
    assert choose_moments(labels([2.0, 0.0, 0.0, 2.0])[::-1])["item"].tolist()[0] == 2


@pytest.mark.parametrize(("scores", "items"), [([0.6], [1]), ([1.2, 0.6], [2, 1]), ([2.0, 0.6, 1.0], [2, 3, 1])])
def test_few_moments_are_all_shown_once(scores, items):
    assert choose_moments(labels(scores))["item"].tolist() == items


def test_each_row_is_a_moment_with_its_score_and_each_column_a_camera(draw):
    rows = rows_of(draw([1.0, 0.2, 2.0]))
    assert len(rows) == 3
    assert [row[0].get_ylabel() for row in rows] == ["score 0.2", "score 1.0", "score 2.0"]
    assert [axes.get_title(loc="center") for axes in rows[0]] == list(CAMERAS)
    for item, row in zip((2, 1, 3), rows, strict=True):
        for number, axes in enumerate(row):
            (image,) = axes.images
            assert np.abs(image.get_array().astype(int) - grey(item, number)).max() <= 2


@pytest.mark.parametrize(
    "cameras", [("front",), ("left", "right"), tuple(f"top_{n}" for n in (10, 2, 1, 3, 4, 5, 6, 7))]
)
def test_each_camera_of_the_rig_has_a_column_in_its_order(draw, cameras):
    rows = rows_of(draw([1.0, 0.2], cameras=cameras), len(cameras))
    assert [row[0].get_ylabel() for row in rows] == ["score 0.2", "score 1.0"]
    assert [axes.get_title(loc="center") for axes in rows[0]] == list(cameras)
    for item, row in zip((2, 1), rows, strict=True):
        for number, axes in enumerate(row):
            assert np.abs(axes.images[0].get_array().astype(int) - grey(item, number)).max() <= 2


def test_a_box_is_drawn_where_the_face_is_in_the_full_frame(draw):
    rows = rows_of(draw([0.5, 1.5]))
    for item, row in zip((1, 2), rows, strict=True):
        for number, axes in enumerate(row):
            (box,) = axes.patches
            assert (box.get_xy(), box.get_width(), box.get_height()) == ((10 * item, number), 20, 20)
            (image,) = axes.images
            assert image.get_extent() == [0, WIDTH, HEIGHT, 0]
            assert image.get_array().shape == (round(SHOWN_WIDTH * HEIGHT / WIDTH), SHOWN_WIDTH, 3)


def test_a_face_that_does_not_count_has_no_box(draw):
    changes = {(1, "C1"): {"det_prb": 0.89}, (1, "C2"): {"det_prb": 0.9}, (1, "C3"): {"det_lbl": 0}}
    (row,) = rows_of(draw([1.0], changes))
    assert [len(axes.patches) for axes in row] == [0, 1, 0, 1, 1, 1]
    assert all(len(axes.images) == 1 for axes in row)


def test_a_camera_without_a_frame_is_an_empty_place(draw):
    (row,) = rows_of(draw([1.0], {(1, "C1"): {"frame_num": -1, "det_lbl": 0}}))
    assert [len(axes.images) for axes in row] == [0, 1, 1, 1, 1, 1]
    assert not row[0].patches
    # The score stands beside the row all the same.
    assert row[0].get_ylabel() == "score 1.0"
