"""What is wanted next is what the detector does not know, and never twice the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from squint.detection.wanted import choose_wanted, spread


def test_the_least_certain_and_the_most_unlike_come_in_turn():
    certainty = np.array([0.99, 0.5, 0.01, 0.45, 0.9])
    features = np.array([[0.0], [0.1], [9.0], [0.2], [-5.0]])
    assert choose_wanted(certainty, features, np.array([[0.0]]), 4) == [
        (1, "uncertain"),
        (2, "unlike"),
        (3, "uncertain"),
        (4, "unlike"),
    ]


def test_of_two_frames_that_show_the_same_one_is_enough():
    features = np.array([[0.0], [9.0], [9.0], [-5.0]])
    chosen = choose_wanted(np.array([0.5, 0.01, 0.01, 0.01]), features, np.zeros((1, 1)), 4)
    assert [row for row, why in chosen if why == "unlike"] == [1, 3]


@given(st.integers(0, 30), st.integers(0, 20), st.integers(0, 2**32 - 1))
def test_each_frame_is_wanted_once(frames, count, seed):
    draws = np.random.default_rng(seed)
    chosen = choose_wanted(draws.random(frames), draws.random((frames, 3)), draws.random((4, 3)), count)
    assert len({row for row, _ in chosen}) == len(chosen) == min(frames, count)


@given(st.integers(0, 50), st.integers(0, 60), st.integers(0, 99))
def test_one_of_each_equal_part_is_chosen(values, count, offset):
    chosen = spread(range(values), count, offset / 100)
    parts = min(values, count)
    assert len(chosen) == len(set(chosen)) == parts
    assert all(part * values / parts - 1 < place < (part + 1) * values / parts for part, place in enumerate(chosen))
