"""The moments of each range are counted, and a class without one stops everything before any training."""

import h5py
import numpy as np
import pandas as pd
import pytest

from scripts.networks.check_classes import check_fold, count_ranges
from squint.errors import InputError
from squint.files.stores import write_columns
from tests.scales import MGS, ORBITAL, SCALE

CLASSES = {"network": "ranges", "output": "classes", "bins": [0, 0.5, 1.5, 2.0], "gap": [0.5, 0.5], "scale": SCALE}
BINARY = {"network": "pain", "output": "binary", "bins": [0, 1.0, 2.0], "gap": [0.5, 1.0], "scale": SCALE}


def fold(folder, scores, subset="train", views=2, experiment="EXP1"):
    """A fold whose moments have some scores, each with as many crops."""
    table = pd.DataFrame({"experiment": experiment, "item": range(len(scores)), "score": np.array(scores, float)})
    path = folder / f"LOSOCV-3-{subset}.h5"
    with h5py.File(path, "w") as file:
        write_columns(file, pd.concat([table] * views))
    return str(path)


def test_scores_are_counted_in_their_ranges():
    counts = count_ranges(pd.Series([0.0, 0.4, 0.5, 1.4, 1.5, 2.0, 2.0]), MGS)
    assert counts == {"0–0.5": 2, "0.5–1": 1, "1–1.5": 1, "1.5–2": 3}
    assert set(count_ranges(pd.Series([], dtype=float), MGS).values()) == {0}


def test_a_row_counts_moments_and_not_crops(tmp_path):
    row = check_fold(fold(tmp_path, [0.2, 0.2, 0.7, 1.9], views=5), [CLASSES, BINARY], MGS)
    assert row == {"fold": "LOSOCV-3-train", "moments": 4, "0–0.5": 2, "0.5–1": 1, "1–1.5": 0, "1.5–2": 1}


def test_moments_of_two_recordings_with_one_number_are_two(tmp_path):
    path = fold(tmp_path, [0.2, 0.7], views=1)
    with h5py.File(path, "w") as file:
        write_columns(file, pd.DataFrame({"experiment": ["EXP1", "EXP2"], "item": [1, 1], "score": [0.2, 1.9]}))
    assert check_fold(path, [], MGS)["moments"] == 2


@pytest.mark.parametrize(
    ("network", "scores", "name", "empty"),
    [(CLASSES, [0.2, 0.7], "ranges", "1.5 to 2.0"), (BINARY, [0.2, 0.7], "pain", "1.0 or more")],
)
def test_a_class_without_a_training_moment_is_told_with_its_network(tmp_path, network, scores, name, empty):
    path = fold(tmp_path, scores)
    with pytest.raises(InputError) as error:
        check_fold(path, [network], MGS)
    assert f"  file:     {path}, for the network {name}" in str(error.value)
    assert f"  found:    none with a score {empty}" in str(error.value)
    assert "`bins` or `gap`" in str(error.value)


def test_for_validation_two_classes_are_enough(tmp_path):
    assert check_fold(fold(tmp_path, [0.2, 0.7], "validation"), [CLASSES], MGS)["moments"] == 2
    with pytest.raises(InputError, match=r"none with a score 0\.5 to 1\.5"):
        check_fold(fold(tmp_path, [0.2, 0.3], "validation"), [CLASSES], MGS)


def test_a_network_of_scores_has_no_class_to_miss(tmp_path):
    scores = CLASSES | {"network": "score", "output": "regression"}
    assert check_fold(fold(tmp_path, [0.2]), [scores], MGS)["moments"] == 1


def test_ranges_are_those_of_the_scale(tmp_path):
    row = check_fold(fold(tmp_path, [0, 2, 3, 9, 9]), [], ORBITAL)
    assert row == {"fold": "LOSOCV-3-train", "moments": 5, "0–2.25": 2, "2.25–4.5": 1, "4.5–6.75": 0, "6.75–9": 2}
    classes = CLASSES | {"bins": [0, 4.5, 9.0], "scale": ORBITAL.values}
    with pytest.raises(InputError, match=r"none with a score 4\.5 to 9\.0"):
        check_fold(fold(tmp_path, [0, 4]), [classes], ORBITAL)
