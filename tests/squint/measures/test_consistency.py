"""Coder consistency decides the loss (thesis, 4.8.4)."""

import numpy as np
import pandas as pd
import pytest

from squint.measures.consistency import choose_loss, duplicate_differences


def test_the_thesis_own_numbers_take_mae():
    # 5.2: MAE 0.169 and RMSE 0.251, so a ratio of 1.485, above 1.375.
    share = (0.169 / 0.251) ** 2
    differences = np.where(np.arange(1000) < 1000 * share, 0.169 / share, 0.0)
    record = choose_loss(differences)
    assert record["ratio"] == pytest.approx(0.251 / 0.169, abs=0.01)
    assert record["loss"] == "mae"


def test_normal_differences_take_mse():
    record = choose_loss(np.random.default_rng(1).normal(0, 0.2, 5000))
    assert record["ratio"] == pytest.approx(1.25, abs=0.02)
    assert record["loss"] == "mse"


@pytest.mark.parametrize("differences", [[], [0.0, 0.0]])
def test_without_differences_the_thesis_choice_is_taken(differences):
    record = choose_loss(np.array(differences))
    assert record["loss"] == "mae"
    assert record["ratio"] is None


def test_differences_are_between_accepted_pairs():
    scored = pd.DataFrame(
        {
            "item": [1, 2, 3, 4, 5, 6],
            "coder": "one",
            "duplicate_of": [0, 0, 1, 2, 0, 5],
            "score": [1.0, 0.5, 1.4, 0.5, 2.0, 0.0],
            "accepted": [True, True, True, True, False, True],
        }
    )
    assert duplicate_differences(scored) == pytest.approx([0.4, 0.0])


def test_duplicates_are_compared_within_each_coder():
    scored = pd.DataFrame(
        {
            "item": [1, 2, 1, 2],
            "coder": ["one", "one", "two", "two"],
            "duplicate_of": [0, 1, 0, 1],
            "score": [1.0, 1.2, 0.0, 0.1],
            "accepted": True,
        }
    )
    assert duplicate_differences(scored) == pytest.approx([0.2, 0.1])
