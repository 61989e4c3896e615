"""Targets of networks, and the control's shuffled labels."""

import numpy as np
import pandas as pd
import pytest

from scripts.job import InputError
from scripts.networks.predict_constant import best_constant
from scripts.networks.targets import pain_labels, shuffle_scores, training_classes
from scripts.networks.train_network import loss_name, select_trainable
from scripts.seeds import named_generator

BINARY = {"output": "binary", "gap": [0.5, 1.0]}


def test_shuffled_labels_keep_moments_together_and_their_distribution():
    table = pd.DataFrame(
        {"experiment": "EXP1", "itemno": np.repeat(range(50), 4), "score": np.repeat(np.arange(50) / 25, 4)}
    )
    shuffled = shuffle_scores(table, named_generator(1, "shuffle"))
    per_moment = pd.Series(shuffled).groupby(table.itemno)
    assert (per_moment.nunique() == 1).all()
    assert sorted(per_moment.first()) == sorted(table.score.unique())
    assert abs(np.corrcoef(shuffled, table.score)[0, 1]) < 0.3


def test_pain_labels_leave_the_gap_out():
    labels = pain_labels([0.0, 0.49, 0.5, 0.99, 1.0, 2.0], (0.5, 1.0))
    assert labels[[0, 1]].tolist() == [0, 0]
    assert np.isnan(labels[[2, 3]]).all()
    assert labels[[4, 5]].tolist() == [1, 1]


def test_moments_in_the_gap_are_not_trained():
    places, targets = select_trainable(np.array([0.2, 0.7, 1.2]), BINARY)
    assert places.tolist() == [0, 2]
    assert targets.tolist() == [0, 1]
    with pytest.raises(InputError, match="one class only"):
        select_trainable(np.array([1.2, 1.4]), BINARY)


def test_classes_for_the_sampler():
    regression = {"output": "regression", "bins": [0, 0.5, 1.0, 1.5, 2.0]}
    assert training_classes(np.array([0.0, 0.5, 2.0]), regression).tolist() == [0, 1, 3]
    assert training_classes(np.array([0.2, 1.2]), BINARY).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("settings", "selected", "expected"),
    [
        ({"output": "binary", "loss": "auto"}, "mae", "binary_crossentropy"),
        ({"output": "regression", "loss": "auto"}, "mae", "mean_absolute_error"),
        ({"output": "regression", "loss": "auto"}, "mse", "mean_squared_error"),
        ({"output": "regression", "loss": "mse"}, "mae", "mean_squared_error"),
    ],
)
def test_the_loss_is_given_or_selected_by_consistency(settings, selected, expected):
    assert loss_name(settings, {"loss": selected}) == expected


def test_the_constant_is_the_best_one():
    scores = np.array([0.0, 0.2, 1.0, 1.2, 2.0])
    value = best_constant(scores, "regression", (0.5, 0.5))
    errors = [np.abs(scores - other).mean() for other in np.linspace(0, 2, 41)]
    assert np.abs(scores - value).mean() == pytest.approx(min(errors))
    assert best_constant(scores, "binary", (0.5, 0.5)) == pytest.approx(0.6)
