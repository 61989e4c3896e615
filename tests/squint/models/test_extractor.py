"""The frozen part of a network: pictures to features, normalised as the settings say, and always the same."""

import numpy as np
import pytest

from squint.models import extractor
from squint.models.backend import load_keras
from squint.models.extractor import backbone_seed, build_extractor, compute_features
from squint.models.networks import build_network
from tests.scales import SCALE

IMAGES = np.random.default_rng(1).integers(0, 256, (3, 8, 8, 3), np.uint8)
SETTINGS = {"backbone": "MobileNet", "weights": "none", "normalisation": "none"}
NETWORK = SETTINGS | {"backbone": "compact", "output": "regression", "views": "one", "head": [], "dropout": 0.0}
NETWORK |= {"scale": SCALE}


@pytest.fixture
def seeing(keras, monkeypatch):
    """A function that builds an extractor of a backbone that shows what comes to it."""
    same = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Identity()])
    monkeypatch.setattr(extractor, "build_backbone", lambda *_: same)
    return lambda mean=None, **changes: build_extractor(keras, SETTINGS | changes, 8, None, mean)


def test_a_seed_is_that_of_its_backbone():
    seeds = [backbone_seed(1, "compact"), backbone_seed(1, "VGG16"), backbone_seed(2, "compact")]
    assert len(set(seeds)) == 3
    assert backbone_seed(1, "compact") == seeds[0]
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_pictures_come_to_the_backbone_as_they_are(seeing):
    assert np.array_equal(np.asarray(seeing()(IMAGES)), IMAGES.astype(np.float32))


def test_the_mean_colour_is_taken_from_each_channel(seeing):
    mean = np.array([10.0, 20.0, 30.0])
    assert np.asarray(seeing(mean)(IMAGES)) == pytest.approx(IMAGES - mean, abs=1e-3)


def test_pictures_are_normalised_as_the_backbone_was_trained(seeing):
    found = np.asarray(seeing(normalisation="imagenet")(IMAGES))
    assert found == pytest.approx(IMAGES / 127.5 - 1, abs=1e-4)


def test_features_of_a_backbone_are_its_last_layers(keras):
    model = build_extractor(keras, SETTINGS | {"backbone": "compact"}, 16, None, None)
    assert model.input_shape == (None, 16, 16, 3) and model.output_shape == (None, 96)


def test_a_trained_networks_backbone_is_taken_whatever_else_is_said(keras, tmp_path):
    network = build_network(keras, NETWORK, 16, np.array([100.0, 110.0, 120.0]))
    path = str(tmp_path / "network.keras")
    network.save(path)
    model = build_extractor(load_keras(1, 2), NETWORK | {"backbone": "none such"}, 16, path, np.zeros(3))
    images = np.random.default_rng(1).integers(0, 256, (2, 16, 16, 3)).astype(np.float32)
    features = np.asarray(model(images))
    kernel, bias = network.get_layer("score").get_weights()
    assert features.shape == (2, 96)
    assert features @ kernel + bias == pytest.approx(np.asarray(network(images)), abs=1e-4)


class Mean:
    """Stands in for an extractor: says the mean of each picture."""

    def predict_on_batch(self, images):
        return images.mean(axis=(1, 2, 3))[:, None]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (3, [3]), (64, [64]), (130, [64, 64, 2])])
def test_features_come_part_by_part_in_the_order_of_the_pictures(count, sizes):
    images = np.arange(count, dtype=np.uint8)[:, None, None, None] * np.ones((4, 4, 3), np.uint8)
    parts = list(compute_features(Mean(), images))
    assert [len(part) for part in parts] == sizes
    assert [value for part in parts for value in part[:, 0]] == list(range(count))
    assert all(part.dtype == np.float32 for part in parts)
