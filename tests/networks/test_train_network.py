"""Training keeps the best weights, tells of losses that are no numbers, and needs no particular backend."""

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from scripts.backend import load_keras
from scripts.job import InputError
from scripts.networks import train_network
from scripts.networks.batches import fold_batches
from scripts.networks.build import build_head
from scripts.networks.targets import UNIT_COLUMNS, masked_loss
from scripts.networks.train_network import START, fit, select_items, spread_of
from tests.conftest import ROOT

SETTINGS = {
    "output": "regression",
    "views": "one",
    "weights": "imagenet",
    "head": [8],
    "batch_normalisation": False,
    "slope": 0.1,
    "dropout": 0.0,
    "learning_rate": 0.02,
    "decay": 0.0,
    "bins": [0, 1.0, 2.0],
    "gap": [0.5, 1.0],
    "monitor": "val_loss",
    "patience": 3,
    "epochs": 12,
}


@pytest.fixture(scope="module")
def keras():
    return load_keras(1, 1)


def labelled(scores):
    scores = np.asarray(scores, float)
    table = pd.DataFrame({"experiment": "EXP1", "itemno": range(len(scores)), "exp_name": "EXP1_CORR", "score": scores})
    return table.assign(**dict.fromkeys(UNIT_COLUMNS, scores))


def subset(keras, inputs, scores, settings, name):
    items = select_items(labelled(scores), settings, "fold 1")
    return fold_batches(keras, inputs, *items, 8, name, threads=1)


def train(keras, settings, loss="mean_absolute_error", change=lambda inputs: inputs):
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(64, 5)).astype(np.float32)
    scores = np.clip(1 + inputs[:, 0] * 0.6, 0, 2)
    batches = {
        "train": subset(keras, change(inputs[:48]), scores[:48], settings, (1, "b")),
        "validation": subset(keras, inputs[48:], scores[48:], settings, None),
    }
    keras.utils.set_random_seed(1)
    model = build_head(keras, settings, (5,), 1.0)
    curve, best = fit(keras, model, batches, settings, loss, "a network, fold 1")
    return model, curve, best, batches


def test_the_best_weights_are_kept(keras):
    model, curve, best, batches = train(keras, SETTINGS)
    assert curve.val_loss.idxmin() == best
    assert model.evaluate(batches["validation"], verbose=0)[0] == pytest.approx(curve.val_loss.min(), abs=1e-5)
    assert curve.val_loss.min() < 0.3 < curve.val_loss.iloc[0]


def test_a_network_is_left_as_it_started_where_no_epoch_is_better(keras):
    model, _, _, batches = train(keras, SETTINGS)
    start = model.get_weights()
    rash = SETTINGS | {"learning_rate": 10.0, "epochs": 2}
    curve, best = fit(keras, model, batches, rash, "mean_absolute_error", "a network, fold 1", started=True)
    assert best == START
    assert model.evaluate(batches["validation"], verbose=0)[0] < curve.val_loss.min()
    for a, b in zip(start, model.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_a_start_that_is_as_good_is_kept(keras):
    settings = SETTINGS | {"monitor": "val_loss", "learning_rate": 1e-12, "epochs": 1, "dropout": 0.0}
    model, _, _, batches = train(keras, settings)
    _, best = fit(keras, model, batches, settings, "mean_absolute_error", "a network, fold 1", started=True)
    assert best == START


@pytest.mark.parametrize("steps", [1, 3, 7])
def test_steps_between_returns_to_python_change_nothing(keras, monkeypatch, steps):
    expected, curve, _, batches = train(keras, SETTINGS)
    assert len(batches["train"]) == 7
    monkeypatch.setattr(train_network, "STEPS", steps)
    model, same, _, _ = train(keras, SETTINGS)
    assert np.allclose(curve, same, atol=1e-6)
    for a, b in zip(expected.get_weights(), model.get_weights(), strict=True):
        assert np.allclose(a, b, atol=1e-6)


def test_training_twice_gives_the_same_weights(keras):
    first, second = train(keras, SETTINGS)[0], train(keras, SETTINGS)[0]
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        assert np.allclose(a, b, atol=1e-6)


def test_a_loss_that_is_no_number_is_an_input_error(keras):
    with pytest.raises(InputError, match=r"(?s)a network, fold 1, epoch 1.*nan"):
        train(keras, SETTINGS, change=lambda inputs: inputs * np.float32(np.nan))


def test_unobserved_units_do_not_disturb_training(keras):
    settings = SETTINGS | {"output": "units"}
    loss = masked_loss(keras, "mae")
    truth = np.array([[np.nan, 1, 1, 1, np.nan, 1.0]], np.float32)
    said = np.zeros((1, 6), np.float32)
    assert float(np.asarray(loss(truth, said))[0]) == pytest.approx(2.0)
    _, curve, _, _ = train(keras, settings, loss)
    assert np.isfinite(curve.to_numpy()).all() and curve.val_loss.min() < curve.val_loss.iloc[0]


def test_moments_in_the_gap_are_not_shown():
    items, targets, classes = select_items(labelled([0.1, 0.7, 1.2]), SETTINGS | {"output": "binary"}, "fold 1")
    assert items.tolist() == [0, 2]
    assert targets[:, 0].tolist() == classes.tolist() == [0, 1]
    with pytest.raises(InputError, match=r"(?s)fold 1.*none with a score below 0.5"):
        select_items(labelled([1.2, 1.4]), SETTINGS | {"output": "binary"}, "fold 1")


def test_the_spread_of_features_is_measured_all_over():
    inputs = np.concatenate([np.zeros((5000, 2)), np.full((5000, 2), 4.0)])
    assert spread_of(inputs) == pytest.approx(2.0, rel=0.01)
    assert spread_of(np.ones((10, 2))) == 1.0


OTHER_BACKEND = """
import numpy as np
from scripts.backend import load_keras
from scripts.network_settings import fill_network
from scripts.networks.batches import fold_batches
from scripts.networks.build import build_network
from scripts.networks.targets import choose_loss, make_targets
from scripts.networks.train_network import fit
from tests.networks.test_train_network import labelled
import yaml

keras = load_keras(1, 1)
config = yaml.safe_load(open("config.yaml"))
for name in ("compact_regression", "compact_units", "compact_distribution"):
    settings = fill_network(config, name) | {"epochs": 1, "weights": "none", "trainable": True}
    scores = np.linspace(0, 2, 32)
    images = np.random.default_rng(1).integers(0, 256, (32, 32, 32, 3), np.uint8)
    data = images, np.arange(32), make_targets(labelled(scores), settings), (scores > 1).astype(int), 8
    batches = {"train": fold_batches(keras, *data, (1, "b"), 1), "validation": fold_batches(keras, *data, None, 1)}
    model = build_network(keras, settings, 32, np.array([90.0, 90.0, 90.0]))
    curve, _ = fit(keras, model, batches, settings, choose_loss(keras, settings, {"loss": "mae"}), name)
    assert np.isfinite(curve.to_numpy()).all()
print(keras.backend.backend())
"""


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_compact_network_trains_on_another_backend(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    found = subprocess.run(
        [sys.executable, "-c", OTHER_BACKEND],
        env=os.environ | {"KERAS_BACKEND": backend},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[-1] == backend
