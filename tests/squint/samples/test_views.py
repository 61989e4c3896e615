"""Which crops are shown together, and how they become a network's inputs."""

import numpy as np
import pandas as pd
import pytest

from squint.domain.seeds import named_generator
from squint.samples.views import (
    LEAST_VIEWS,
    NO_VIEW,
    PARTIAL_SHARE,
    hide_views,
    pad_sets,
    read_inputs,
    read_views,
    single_views,
    view_sets,
)


def crops(*rows):
    """Crops of recordings and items, made in some way."""
    return pd.DataFrame(rows, columns=["experiment", "item", "experiment_creation"])


def filled(*sets, width=0):
    """Sets from the places that are there, as wide as the largest or as `width`, but not narrower than the least."""
    width = max(width, LEAST_VIEWS, *map(len, sets))
    return np.array([[*places, *[NO_VIEW] * (width - len(places))] for places in sets])


def test_crops_are_shown_together_if_of_one_moment_and_made_in_one_way():
    table = crops(
        ("EXP2", 1, "EXP2_ORGN"),
        ("EXP1", 2, "EXP1_ORGN"),
        ("EXP1", 1, "EXP1_CORR"),
        ("EXP1", 1, "EXP1_ORGN"),
        ("EXP1", 1, "EXP1_SYMM"),
        ("EXP1", 2, "EXP1_ORGN"),
    )
    sets = view_sets(table)
    assert sorted(map(tuple, sets.tolist())) == sorted(map(tuple, filled([0], [1, 5], [2], [3], [4]).tolist()))


def test_augmented_crops_are_shown_together_by_their_number_whatever_was_done_to_them():
    table = crops(*[("A_1", 1, f"A_1_A{number:02d}{kind}") for kind in "RB" for number in (0, 1, 10)])
    assert view_sets(table).tolist() == filled([0, 3], [1, 4], [2, 5]).tolist()


@pytest.mark.parametrize("cameras", [1, 2, 4, 6, 8, 12])
def test_a_moment_that_all_cameras_saw_fills_its_set(cameras):
    sets = view_sets(crops(*[("EXP1", 1, "EXP1_CORR")] * cameras))
    assert sets.tolist() == filled(list(range(cameras))).tolist()


def test_recordings_of_other_rigs_are_filled_up_to_the_largest():
    table = crops(("EXP1", 1, "EXP1_CORR"), *[("EXP2", 1, "EXP2_CORR")] * 4, *[("EXP3", 1, "EXP3_CORR")] * 2)
    assert view_sets(table).tolist() == filled([0], [1, 2, 3, 4], [5, 6]).tolist()


def test_a_table_without_crops_has_no_sets():
    assert view_sets(crops().astype({"experiment_creation": object})).shape == (0, LEAST_VIEWS)


def test_rows_of_the_same_keys_are_one_set_in_the_order_of_the_keys():
    table = pd.DataFrame({"animal": ["b", "a", "b", "a", "a"], "day": [1, 2, 1, 1, 2]}, index=[9, 9, 4, 3, 0])
    assert pad_sets(table, ["animal", "day"]).tolist() == filled([3], [1, 4], [0, 2]).tolist()
    assert pad_sets(table, ["day"]).tolist() == filled([0, 2, 3], [1, 4]).tolist()
    assert pad_sets(table.iloc[:0], ["day"]).shape == (0, LEAST_VIEWS)


def test_places_count_rows_whatever_the_tables_index_is():
    table = crops(("EXP1", 1, "EXP1_CORR"), ("EXP1", 2, "EXP1_CORR"), ("EXP1", 1, "EXP1_CORR"))
    assert view_sets(table.set_axis([7, 7, 3])).tolist() == filled([0, 2], [1]).tolist()


def test_hiding_views_leaves_the_sets_themselves_as_they_are():
    sets = filled(*[[0, 1, 2]] * 50)
    kept = sets.copy()
    hidden = hide_views(sets, named_generator(1, "hide"))
    assert np.array_equal(sets, kept) and not np.array_equal(hidden, kept)


def test_the_share_of_sets_that_are_drawn_keep_any_number_of_views_alike():
    """Of the drawn share, a third keep all three views of a set, so five sixths of the rest hide some."""
    hidden = hide_views(filled(*[[0, 1, 2]] * 6000), named_generator(1, "hide"))
    counts = np.bincount((hidden != NO_VIEW).sum(axis=1), minlength=4) / len(hidden)
    third = PARTIAL_SHARE / 3
    assert counts == pytest.approx([0, third, third, 1 - 2 * third], abs=0.02)
    kept_alone = hidden[(hidden != NO_VIEW).sum(axis=1) == 1].max(axis=1)
    assert np.bincount(kept_alone) / len(kept_alone) == pytest.approx([1 / 3] * 3, abs=0.05)


@pytest.mark.parametrize("width", [1, 6])
def test_a_set_of_one_view_keeps_it(width):
    sets = filled(*[[number] for number in range(40)], width=width)
    assert np.array_equal(hide_views(sets, named_generator(1, "hide")), sets)


def test_views_are_read_into_their_places():
    images = np.arange(1, 4, dtype=np.uint8)[:, None, None] * np.ones((2, 3), np.uint8)
    values, seen = read_views(images, filled([2, 0], [1], width=6))
    assert values.shape == (2, 6, 2, 3) and values.dtype == seen.dtype == np.float32
    assert values[:, :, 0, 0].tolist() == [[3, 1, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0]]
    assert seen.tolist() == [[1, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]]


@pytest.mark.parametrize("cameras", [1, 2, 4, 8, 12])
def test_sets_of_any_size_are_read(cameras):
    images = np.arange(1, cameras + 1, dtype=np.uint8)[:, None]
    values, seen = read_views(images, filled(list(range(cameras)), [0]))
    assert values[..., 0][:, :cameras].tolist() == [list(range(1, cameras + 1)), [1, *[0] * (cameras - 1)]]
    assert seen.sum(axis=1).tolist() == [cameras, 1]


def test_single_views_are_read_as_they_are_stored():
    half = np.arange(8, dtype=np.float16).reshape(4, 2)
    read = read_inputs(half, np.array([3, 0, 3]))
    assert read.dtype == np.float16
    assert read.tolist() == [[6, 7], [0, 1], [6, 7]]


def test_sets_are_read_as_views():
    values, seen = read_inputs(np.array([[5.0], [6.0]]), filled([1], [0, 1]))
    assert values[:, :2, 0].tolist() == [[6, 0], [5, 6]]
    assert seen.sum(axis=1).tolist() == [1, 2]


def test_crops_one_by_one_are_places_or_sets_of_one_view():
    assert single_views(3, {"views": "one"}).tolist() == [0, 1, 2]
    assert single_views(3, {"views": "all"}).tolist() == filled([0], [1], [2]).tolist()
    assert single_views(0, {"views": "one"}).shape == (0,)
    assert single_views(0, {"views": "all"}).shape == (0, LEAST_VIEWS)
