"""Training keeps the best weights, tells of losses that are no numbers, and needs no particular backend."""

import importlib.util
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml

from scripts.networks.train_network import build_model, fit_network, select_items, spread_of
from squint.config.networks import fill_networks
from squint.errors import InputError
from squint.learning import training
from squint.learning.batches import fold_batches
from squint.learning.training import BEFORE_TRAINING, STEPS
from squint.models.backend import load_keras
from squint.models.networks import build_head, build_network, trained_backbone
from squint.outputs import make_output
from squint.outputs.units import masked_loss
from squint.samples.views import LEAST_VIEWS, NO_VIEW
from tests.conftest import ENVIRONMENT, ROOT
from tests.scales import MGS, ORBITAL, SCALE

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
    "patience": 2,
    "epochs": 3,
    "scale": SCALE,
}


FILLED = fill_networks(yaml.safe_load((ROOT / "config.yaml").read_text()))


def labelled(scores, scale=MGS):
    scores = np.asarray(scores, float)
    table = pd.DataFrame(
        {"experiment": "EXP1", "item": range(len(scores)), "experiment_creation": "EXP1_CORR", "score": scores}
    )
    return table.assign(**dict.fromkeys(scale.unit_columns, scores))


def subset(keras, inputs, table, settings, name):
    items = select_items(table, settings, "fold 1")
    return fold_batches(keras, inputs, *items, 8, name, threads=1)


def prepare(keras, settings, change=lambda inputs: inputs, label=labelled):
    """A network, and batches of a fold that it can learn."""
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(64, 5)).astype(np.float32)
    table = label(np.clip(1 + inputs[:, 0] * 0.6, 0, 2))
    batches = {
        "train": subset(keras, change(inputs[:48]), table[:48], settings, (1, "b")),
        "validation": subset(keras, inputs[48:], table[48:], settings, None),
    }
    keras.utils.set_random_seed(1)
    return build_head(keras, settings, (5,), 1.0), batches


def train(settings=SETTINGS, loss="mean_squared_error", **how):
    """A trained network with what it was shown; what rounding does to a squared error stays small."""
    keras = load_keras(1, 1)
    model, batches = prepare(keras, settings, **how)
    kind = type(batches["train"])  # of this very data set
    start, shown, read = model.get_weights(), [], kind.__getitem__

    def spy(self, step):
        inputs, targets = read(self, step)
        shown.append(inputs)
        return inputs, targets

    kind.__getitem__ = spy
    found = fit_network(keras, model, batches, settings, loss, "a network, fold 1")
    about = {"batches": batches, "start": start, "shown": shown}
    return SimpleNamespace(model=model, curve=found.curve, best=found.best_epoch, **about)


@pytest.fixture(scope="module")
def trained():
    return train()


def assert_same_training(one, other):
    """The same batches, and weights that differ by far less than training moved them."""
    assert np.array_equal(one.shown, other.shown)
    assert np.allclose(one.curve, other.curve, rtol=1e-3)
    for start, a, b in zip(one.start, one.model.get_weights(), other.model.get_weights(), strict=True):
        assert np.abs(a - b).max() <= 1e-3 * np.abs(a - start).max()
        assert not np.array_equal(a, start)


def test_the_best_epoch_is_that_of_the_least_validation_loss(trained):
    assert trained.curve.val_loss.idxmin() == trained.best
    said = trained.model.evaluate(trained.batches["validation"], verbose=0)[0]
    assert said == pytest.approx(trained.curve.val_loss.min(), rel=1e-4)


@pytest.mark.parametrize(
    ("started", "losses", "best", "epochs"),
    [
        (False, [3.0, 1.0, 2.0, 2.0], 1, 4),
        (False, [4.0, 3.0, 2.0, 1.0], 3, 4),
        (False, [1.0, 3.0, 2.0, 0.5], 0, 3),  # stops after two epochs that were no better
        (True, [4.0, 3.0, 1.0, 2.0, 2.0], 1, 4),
        (
            True,
            [1.0, 3.0, 2.0, 4.0, 4.0],
            BEFORE_TRAINING,
            4,
        ),  # no epoch is better than the start, which is left as it was
        (True, [1.0, 1.0, 1.0, 1.0, 0.5], BEFORE_TRAINING, 3),
    ],
)
def test_the_best_weights_are_kept(keras, started, losses, best, epochs):
    """With given validation losses, of the start too where there is one: a real training's are as they happen."""
    settings = SETTINGS | {"epochs": 4}
    model, batches = prepare(keras, settings)
    weights, left = [], iter(losses)

    def evaluate(*_, **__):
        weights.append(model.get_weights())
        return {"loss": next(left), "mae": 0.0}

    model.evaluate = evaluate
    found = fit_network(keras, model, batches, settings, "mean_squared_error", "a network, fold 1", started)
    curve = found.curve
    assert (found.best_epoch, len(curve)) == (best, epochs)
    assert curve.val_loss.tolist() == losses[started : started + epochs]
    for number, kept in enumerate(weights, start=BEFORE_TRAINING if started else 0):
        same = [np.array_equal(a, b) for a, b in zip(kept, model.get_weights(), strict=True)]
        assert all(same) if number == best else not any(same)


@pytest.mark.parametrize("steps", [1, 3, 7])
def test_steps_between_returns_to_python_change_nothing(trained, monkeypatch, steps):
    assert len(trained.batches["train"]) == 7 < STEPS
    monkeypatch.setattr(training, "STEPS", steps)
    assert_same_training(trained, train())


def test_training_twice_gives_the_same_weights(trained):
    assert_same_training(trained, train())


def test_a_loss_that_is_no_number_is_an_input_error():
    with pytest.raises(InputError, match=r"(?s)a network, fold 1, epoch 1.*nan"):
        train(change=lambda inputs: inputs * np.float32(np.nan))


def test_unobserved_units_do_not_disturb_training(keras):
    loss = masked_loss(keras, "mae")
    truth = np.array([[np.nan, 1, 1, 1, np.nan, 1.0]], np.float32)
    said = np.zeros((2, 6), np.float32)
    said[1, [0, 4]] = 5, -7  # of what was not observed
    assert np.asarray(loss(np.repeat(truth, 2, axis=0), said)).tolist() == [2, 2]

    def label(scores):
        table = labelled(scores)
        table.loc[::2, MGS.unit_columns[0]] = np.nan
        table.loc[::5, MGS.unit_columns] = np.nan
        return table

    run = train(SETTINGS | {"output": "units"}, loss, label=label)
    assert np.isfinite(run.curve.to_numpy()).all()
    assert all(np.isfinite(weights).all() for weights in run.model.get_weights())


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
from squint.models.backend import load_keras
from squint.config.networks import fill_network
from squint.learning.batches import fold_batches
from squint.models.networks import build_network
from squint.outputs import make_output
from scripts.networks.train_network import fit_network
from tests.scripts.networks.test_train_network import labelled
import yaml

keras = load_keras(1, 1)
config = yaml.safe_load(open("config.yaml"))
for name in ("compact_regression", "compact_units", "compact_distribution"):
    settings = fill_network(config, name) | {"epochs": 1, "weights": "none", "trainable": True}
    scores = np.linspace(0, 2, 32)
    images = np.random.default_rng(1).integers(0, 256, (32, 32, 32, 3), np.uint8)
    data = images, np.arange(32), make_output(settings).targets(labelled(scores)), (scores > 1).astype(int), 8
    batches = {"train": fold_batches(keras, *data, (1, "b"), 1), "validation": fold_batches(keras, *data, None, 1)}
    model = build_network(keras, settings, 32, np.array([90.0, 90.0, 90.0]))
    loss = make_output(settings).loss(keras, {"loss": "mae"})
    training = fit_network(keras, model, batches, settings, loss, name)
    assert np.isfinite(training.curve.to_numpy()).all()
print(keras.backend.backend())
"""


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_compact_network_trains_on_another_backend(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    found = subprocess.run(
        [sys.executable, "-c", OTHER_BACKEND],
        env=ENVIRONMENT | {"KERAS_BACKEND": backend},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[-1] == backend


STARTED = [name for name, values in FILLED.items() if values["weights"] in FILLED]


@pytest.mark.parametrize("name", STARTED)
def test_each_network_of_the_default_starts_from_its_source(keras, tmp_path, name):
    """A head over the features of its source has its backbone there, and may have none of its layers."""
    settings, size = FILLED[name] | {"shuffled_labels": False}, 32
    source = build_network(keras, FILLED[settings["weights"]] | {"weights": "none"}, size, None)
    source.save(tmp_path / "source.keras")
    width = trained_backbone(keras, source).output_shape[1:]
    inputs = np.random.default_rng(1).random((8, *width), dtype=np.float32)
    model = build_model(keras, settings, None, inputs, str(tmp_path / "source.keras"), name)
    assert model.count_params() > 0


def test_a_network_that_is_trained_as_a_whole_has_something_of_its_source(keras, tmp_path):
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="other")])
    other.save(tmp_path / "other.keras")
    settings = FILLED["compact_units"] | {"shuffled_labels": False}
    images = np.zeros((2, 32, 32, 3), np.uint8)
    with pytest.raises(InputError, match=r"(?s)compact_units.*none"):
        build_model(keras, settings, None, images, str(tmp_path / "other.keras"), "compact_units")


@pytest.mark.parametrize("output", ["units", "distribution", "regression"])
def test_a_scale_of_one_unit_in_ten_steps_is_learnt(keras, output):
    of_scale = {"scale": ORBITAL.values, "bins": [0, 4.5, 9.0]}
    settings = SETTINGS | of_scale | {"output": output, "loss": "auto", "epochs": 20}
    kind = make_output(settings)

    def label(scores):
        return labelled(scores * 4.5, ORBITAL)

    run = train(settings, kind.loss(keras, {"loss": "mse"}), label=label)
    assert run.model.output_shape == (None, kind.size + (output == "units"))
    inputs = np.random.default_rng(2).normal(size=(200, 5)).astype(np.float32)
    said = kind.decode(run.model.predict(inputs, verbose=0)).prediction
    truth = np.clip(1 + inputs[:, 0] * 0.6, 0, 2) * 4.5
    assert np.corrcoef(said, truth)[0, 1] > 0.8 and np.abs(said - truth).mean() < 2


@pytest.mark.parametrize("cameras", [("front",), ("left", "right"), tuple(f"top_{number}" for number in range(8))])
def test_sets_are_as_wide_as_the_rig_that_filmed_them(cameras):
    table = pd.concat([labelled([0.1, 1.9])] * len(cameras), ignore_index=True)
    table = table.assign(camera=np.repeat(cameras, 2))
    items, targets, _ = select_items(table, SETTINGS | {"views": "all"}, "fold 1")
    assert items.shape == (2, max(len(cameras), LEAST_VIEWS))
    shown = items[:, : len(cameras)]
    assert table["item"].to_numpy()[shown].tolist() == [[0] * len(cameras), [1] * len(cameras)]
    assert (items[:, len(cameras) :] == NO_VIEW).all()
    assert targets[:, 0].tolist() == pytest.approx([0.1, 1.9])
