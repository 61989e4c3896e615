"""Networks are built from the config's values alone; wrong values are told."""

import numpy as np
import pytest

from scripts.backend import load_keras
from scripts.job import InputError
from scripts.networks.build import build_backbone, build_head, build_network, preprocess
from scripts.networks.extract_features import compute_features
from scripts.networks.train_network import balanced_dataset

SETTINGS = {
    "output": "regression",
    "backbone": "compact",
    "weights": "none",
    "normalisation": "none",
    "head": [8, 4],
    "batch_normalisation": True,
    "slope": 0.1,
    "dropout": 0.2,
}


@pytest.fixture(scope="module")
def keras():
    return load_keras(1, 1)


def names(model):
    return [layer.name for layer in model.layers]


def test_layers_are_named_and_the_output_is_one_value(keras):
    model = build_network(keras, SETTINGS, 32, np.array([100.0, 110.0, 120.0]))
    assert names(model)[:3] == ["image", "normalise", "compact"]
    assert [n for n in names(model) if n.startswith("fc_2")] == ["fc_2", "fc_2_norm", "fc_2_relu", "fc_2_dropout"]
    assert model.output_shape == (None, 1)
    assert model.get_layer("score").activation is keras.activations.linear


def test_a_binary_network_says_a_probability(keras):
    settings = SETTINGS | {"output": "binary", "head": []}
    model = build_head(keras, settings, (2, 2, 5), 0.5)
    assert names(model) == ["features", "scale", "flatten", "dropout", "score"]
    assert names(build_head(keras, settings | {"weights": "imagenet"}, (2, 2, 5), 0.5)) == [
        "features",
        "flatten",
        "dropout",
        "score",
    ]
    assert model.get_layer("score").activation is keras.activations.sigmoid


def test_the_compact_backbone_does_not_see_exposure_or_tone(keras):
    model = build_backbone(keras, "compact", "none", 32)
    images = np.random.default_rng(1).integers(40, 120, (2, 32, 32, 3)).astype(np.float32)
    plain, toned = model(images), model(images * np.array([1.3, 1.2, 1.1], np.float32) + 20)
    assert np.asarray(plain) == pytest.approx(np.asarray(toned), abs=1e-3)


def test_random_weights_are_seeded(keras):
    first, again = (
        compute_features(
            load_keras(1, 7),
            build_backbone(keras, "MobileNetV3Small", "none", 32),
            "MobileNetV3Small",
            "none",
            np.full((1, 32, 32, 3), 90, np.uint8),
        )
        for _ in range(2)
    )
    assert np.array_equal(first, again)


def test_imagenet_preprocessing_is_the_backbones_own(keras):
    images = np.full((1, 4, 4, 3), 255, np.float32)
    assert preprocess(keras, "InceptionV3", "imagenet", images.copy()).max() == pytest.approx(1.0)
    assert preprocess(keras, "InceptionV3", "none", images).max() == 255


@pytest.mark.parametrize(
    ("backbone", "weights", "message"),
    [
        ("VGG61", "none", "found:    'VGG61'"),
        ("MobileNetV3Small", "/nowhere/x.weights.h5", "no such file"),
        ("compact", "imagenet", "set `weights: none`"),
    ],
)
def test_wrong_backbones_and_weights_are_input_errors(keras, backbone, weights, message):
    with pytest.raises(InputError, match=message):
        build_backbone(keras, backbone, weights, 32)


def test_a_failed_download_says_so(keras, monkeypatch):
    def refuse(*args, **kwargs):
        raise Exception("URL fetch failure on https://…: None -- no route to host")

    # The module of the same name as the package's function is where the application looks its downloader up.
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", refuse)
    with pytest.raises(InputError, match="to download Keras's imagenet weights") as error:
        build_backbone(keras, "MobileNetV3Small", "imagenet", 64)
    assert "URL fetch failure" in str(error.value)


def test_weights_files_are_loaded(keras, tmp_path):
    model = build_backbone(load_keras(1, 1), "compact", "none", 32)
    path = str(tmp_path / "compact.weights.h5")
    model.save_weights(path)
    other = build_backbone(load_keras(1, 2), "compact", path, 32)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), other.get_weights(), strict=True))
    with pytest.raises(InputError, match="weights of MobileNetV3Small without top"):
        build_backbone(keras, "MobileNetV3Small", path, 32)


def test_a_trained_application_keeps_its_preprocessing_when_it_is_stored(keras, tmp_path):
    settings = SETTINGS | {"backbone": "MobileNet", "normalisation": "imagenet", "head": []}
    model = build_network(keras, settings, 32, None)
    model.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras", compile=False)
    images = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3)).astype(np.float32)
    assert np.asarray(loaded(images)) == pytest.approx(np.asarray(model(images)))
    plain = build_network(keras, settings | {"normalisation": "none"}, 32, None)
    plain.set_weights(model.get_weights())
    assert np.asarray(plain(preprocess(keras, "MobileNet", "imagenet", images.copy()))) == pytest.approx(
        np.asarray(model(images))
    )


def test_training_batches_are_shuffled_anew_each_epoch_and_by_name(keras):
    inputs, targets, classes = np.arange(40.0)[:, None], np.zeros(40), np.repeat([0, 1], 20)
    seen = {}
    for run in ("first", "again"):
        dataset = balanced_dataset(keras, inputs, targets, classes, 8, (1, "batches", "network", "1"))
        seen[run] = []
        remember = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs, run=run, dataset=dataset: seen[run].append(np.concatenate(dataset.batches))
        )
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(dataset, epochs=3, callbacks=[remember], verbose=0, shuffle=False)
    assert len(seen["first"]) == 3
    assert not np.array_equal(seen["first"][0], seen["first"][1])
    assert all(np.array_equal(a, b) for a, b in zip(seen["first"], seen["again"], strict=True))
    assert sorted(seen["first"][2]) == list(range(40))
