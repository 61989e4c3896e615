"""A new output is a class and a line in the registry: nothing else in the workflow asks for its name."""

import copy

import numpy as np
import pandas as pd
import pytest

from scripts.evaluation.measure_network import measure_network
from scripts.networks.train_network import fit_network, select_items
from squint.config import schema
from squint.config.network_plan import Choices, NetworkPlan
from squint.config.plan import Plan
from squint.config.settings import check_config
from squint.errors import InputError
from squint.learning.batches import fold_batches
from squint.models.networks import build_head
from squint.models.prediction import predict
from squint.outputs import OUTPUTS, make_output
from squint.outputs.label import LabelOutput
from tests.scales import MGS, SCALE
from tests.squint.config.test_plan import DEFAULT, plan_of, waits

SEVERE = 1.5


class Severity(LabelOutput):
    """None, some or severe pain, as three probabilities."""

    name = "severity"
    meaning = "whether there is no, some or severe pain"
    correlates = False

    @property
    def size(self):
        return 3

    @property
    def class_names(self):
        return ["below 0.5", "0.5 to 1.5", "1.5 or more"]

    def balancing_classes(self, scores):
        return np.digitize(scores, [0.5, SEVERE]).astype(float)

    def last_layer(self, keras, features):
        return keras.layers.Dense(3, activation="softmax", dtype="float32", name="score")(features)

    def loss(self, keras, consistency):
        return "sparse_categorical_crossentropy"

    def decode(self, values):
        return pd.DataFrame({"prediction": values.argmax(axis=1).astype(float)})

    def best_constant(self, scores):
        return float(np.bincount(self.balancing_classes(scores).astype(int)).argmax())

    def correct(self, predictions, scores):
        return predictions == self.balancing_classes(scores)

    def accuracy_classes(self, scores):
        return self.balancing_classes(scores).astype(int)


@pytest.fixture
def severity(monkeypatch):
    """The output in the registry, and a config with a network of it that is its own control."""
    monkeypatch.setitem(OUTPUTS, Severity.name, Severity)
    schema.validator.cache_clear()
    config = copy.deepcopy(DEFAULT)
    config["networks"]["severity"] = {"base": "compact_units", "output": "severity", "monitor": "val_loss"}
    for key in ("networks", "controls"):
        config["evaluation"][key] = [*config["evaluation"][key], "severity"]
    yield config
    schema.validator.cache_clear()


def test_the_config_takes_it_and_holds_it_to_what_it_can(severity):
    check_config(severity)
    severity["networks"]["severity"]["monitor"] = "val_mae"
    with pytest.raises(InputError, match="another monitor than val_mae for the output severity"):
        check_config(severity)
    severity["networks"]["severity"] |= {"monitor": "val_loss", "loss": "mae"}
    with pytest.raises(InputError, match="loss auto for the output severity"):
        check_config(severity)


def test_the_config_names_it_among_the_outputs_only_while_it_is_one(severity):
    OUTPUTS.pop("severity")
    schema.validator.cache_clear()
    with pytest.raises(InputError, match="one of regression, units, distribution, classes, binary"):
        check_config(severity)


def test_the_plan_gives_it_its_references_and_its_tables(severity):
    recordings = plan_of().recordings
    networks = NetworkPlan(severity, recordings, {}, Choices(severity["choices"], waits))
    assert networks.references("severity") == ["severity_shuffled", "constant_severity"]
    assert "severity" in [settings["network"] for settings in networks.class_settings()]
    assert networks.table_sets()["severity"] == ["single_view", "multi_camera"]
    tables = Plan(severity, recordings, networks).tables()
    assert "tables/severity/multi_camera" in tables and "tables/severity/correlation" not in tables


def test_it_is_trained_predicted_and_measured(severity, keras):
    settings = severity["network_defaults"] | {"output": "severity", "head": [8], "epochs": 3, "monitor": "val_loss"}
    settings |= {"views": "one", "weights": "imagenet", "batch_normalisation": False, "learning_rate": 0.02}
    settings |= {"scale": SCALE, "bins": list(MGS.score_ranges), "gap": [0.5, 0.5]}
    scores = np.tile(np.linspace(0, 2, 21), 3)
    table = pd.DataFrame({"experiment": "EXP1", "item": range(len(scores)), "score": scores})
    table = table.assign(experiment_creation="EXP1_CORR", **dict.fromkeys(MGS.unit_columns, scores))
    items, targets, classes = select_items(table, settings, "fold 1")
    assert sorted(set(targets[:, 0])) == [0, 1, 2]
    inputs = np.stack([scores, scores**2], axis=1).astype(np.float32)
    batches = {
        subset: fold_batches(keras, inputs, items, targets, classes, 12, name, threads=1)
        for subset, name in (("train", (1, "b")), ("validation", None))
    }
    model, output = build_head(keras, settings, (2,), 1.0), make_output(settings)
    training = fit_network(keras, model, batches, settings, output.loss(keras, {"loss": "mae"}), "severity, fold 1")
    assert {"accuracy", "val_accuracy"} <= set(training.curve.columns)
    said = output.decode(predict(model, inputs, items))
    predictions = table[["experiment", "item", "score"]].assign(camera="C1", sync_index=0, frame_num=0, **said)
    metrics = measure_network(
        "severity", settings | {"gaps": []}, {"CORR": {1: predictions}}, 100, 0.95, {"EXP1": "mouse1"}, 1
    )
    assert set(metrics.metric) == {"accuracy"} and set(metrics.output) == {"severity"}
    right = (said.prediction == np.digitize(scores, [0.5, SEVERE])).mean()
    plain = metrics[(metrics.view == "single") & ~metrics.balanced.astype(bool) & (metrics.fold == "1")]
    assert plain.value.tolist() == pytest.approx([right])
