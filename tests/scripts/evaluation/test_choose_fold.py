"""The fold whose errors are nearest to the mean of all is chosen, and those that are as near are told."""

import json

import pandas as pd

from scripts.evaluation.choose_fold import choose_fold


def choose(folder, errors):
    """What is chosen by errors (fold to that of each of the four tests)."""
    rows = [
        {"network": "a", "fold": fold, "view": "single", "test": test, "balanced": balanced}
        | {"metric": "mae", "value": value, "discarded": ""}
        for fold, values in errors.items()
        for (test, balanced), value in zip(
            [("ORGN", False), ("ORGN", True), ("CORR", False), ("CORR", True)], values, strict=True
        )
    ]
    path = folder / "metrics.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    choose_fold([str(path)], str(folder / "choice.json"))
    return json.loads((folder / "choice.json").read_text())


def test_the_nearest_fold_is_chosen(tmp_path):
    errors = {1: [0.1] * 4, 2: [0.5] * 4, 3: [0.4] * 4, 4: [0.2] * 4, "mean": [0.5] * 4}  # their mean is 0.3
    assert choose(tmp_path, errors | {5: [0.32] * 4}) == {"fold": 5, "tied": []}


def test_folds_that_are_as_near_are_told_and_the_first_is_chosen(tmp_path):
    assert choose(tmp_path, {1: [0.0] * 4, 2: [0.75] * 4, 3: [0.25] * 4, 4: [1.0] * 4}) == {"fold": 2, "tied": [2, 3]}


def test_of_folds_that_are_as_near_the_one_whose_distances_are_alike_is_chosen(tmp_path):
    """Folds 1 and 2 are 0.25 away in the mean: the first by 0 and 0.5, the second by 0.25 everywhere."""
    errors = {1: [1.0, 1.5, 1.0, 1.5], 2: [1.25] * 4, 3: [0.75, 0.25, 0.75, 0.25]}
    assert choose(tmp_path, errors) == {"fold": 2, "tied": [1, 2]}


def test_folds_are_counted_as_numbers_and_not_as_words(tmp_path):
    errors = {fold: [0.5 + (0.1 if fold % 2 else -0.1)] * 4 for fold in range(1, 13)}
    assert choose(tmp_path, errors) == {"fold": 1, "tied": list(range(1, 13))}
