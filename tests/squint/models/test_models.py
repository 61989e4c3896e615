"""Networks are built from the config's values alone; wrong values are told."""

import numpy as np
import pytest

from squint.errors import InputError
from squint.models import networks
from squint.models.backbones import build_backbone, preprocess
from squint.models.backend import load_keras
from squint.models.networks import build_head, build_network, start_from, trained_backbone
from squint.samples.views import read_views
from tests.scales import ORBITAL, SCALE

SETTINGS = {
    "output": "regression",
    "scale": SCALE,
    "views": "one",
    "bins": [0, 0.5, 1.5, 2.0],
    "backbone": "compact",
    "weights": "none",
    "normalisation": "none",
    "head": [8, 4],
    "batch_normalisation": True,
    "slope": 0.1,
    "dropout": 0.2,
}


def near(values):
    """What equals a network's outputs but for a processor's rounding; a dead network's are told from none."""
    size = float(np.abs(values).max())
    assert size > 0
    return pytest.approx(values, abs=1e-4 * size)


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
    assert np.asarray(toned) == near(np.asarray(plain))
    assert np.asarray(model(images[:, ::-1])) != near(np.asarray(plain))


def test_random_weights_are_seeded():
    first, again, other = (
        build_backbone(load_keras(1, seed), "MobileNetV3Small", "none", 32).get_weights() for seed in (7, 7, 8)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


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


APPLICATION = SETTINGS | {"backbone": "MobileNet", "normalisation": "imagenet", "head": []}


def stored(keras, model, folder):
    """A network as it is read again."""
    model.save(folder / "network.keras")
    return keras.models.load_model(folder / "network.keras", compile=False)


def test_a_trained_application_is_stored_with_its_weights(keras, tmp_path):
    model = build_network(keras, APPLICATION, 32, None)
    loaded = stored(keras, model, tmp_path)
    assert loaded.to_json() == model.to_json()
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), loaded.get_weights(), strict=True))


def test_a_trained_application_keeps_its_preprocessing_when_it_is_stored(keras, tmp_path, monkeypatch):
    """What comes to the backbone; behind so deep a network of random weights nothing could be judged."""
    same = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Identity()])
    monkeypatch.setattr(networks, "build_backbone", lambda *_: same)
    model = build_network(keras, APPLICATION, 8, None)
    images = np.random.default_rng(1).integers(0, 256, (2, 8, 8, 3)).astype(np.float32)
    expected = preprocess(keras, "MobileNet", "imagenet", images.copy()).reshape(2, -1)
    assert expected.max() == pytest.approx(1, abs=0.1)
    for network in (model, stored(keras, model, tmp_path)):
        assert np.asarray(trained_backbone(keras, network)(images)) == near(expected)


@pytest.mark.parametrize(
    ("output", "size", "total"),
    [("units", 6, None), ("distribution", 20, None), ("classes", 3, 1.0), ("binary", 1, None)],
)
def test_each_output_has_its_size(keras, output, size, total):
    model = build_head(keras, SETTINGS | {"output": output, "head": []}, (7,), 1.0)
    said = np.asarray(model(np.random.default_rng(1).normal(size=(4, 7))))
    assert said.shape == (4, size)
    if total:
        assert said.sum(axis=1) == pytest.approx(np.full(4, total), abs=1e-5)


def test_units_come_with_their_mean(keras):
    model = build_head(keras, SETTINGS | {"output": "units"}, (7,), 1.0)
    said = np.asarray(model(np.random.default_rng(1).normal(size=(4, 7))))
    assert said[:, 5] == near(said[:, :5].mean(axis=1))


def test_one_unit_is_its_own_mean(keras):
    model = build_head(keras, SETTINGS | {"output": "units", "scale": ORBITAL.values}, (7,), 1.0)
    said = np.asarray(model(np.random.default_rng(1).normal(size=(4, 7))))
    assert said.shape == (4, 2) and said[:, 1] == near(said[:, 0])


SETS = np.array([[0, 1, 2, -1, -1, -1], [3, -1, -1, -1, -1, -1]])


def test_a_network_of_all_views_sees_those_that_are_there_in_any_order(keras):
    model = build_head(keras, SETTINGS | {"views": "all"}, (7,), 1.0)
    generator = np.random.default_rng(1)
    # Attention starts equal; weights that are not are what training makes of it.
    model.set_weights([weights + generator.normal(0, 0.5, weights.shape) for weights in model.get_weights()])
    features = generator.normal(size=(4, 7)).astype(np.float32)
    said = np.asarray(model(read_views(features, SETS)))
    assert said[0] != near(said[1])
    turned = np.asarray(model(read_views(features, SETS[:, [5, 2, 4, 0, 3, 1]])))
    assert turned == near(said)
    values, seen = read_views(features, SETS)
    values[seen == 0] = 9.0
    assert np.asarray(model((values, seen))) == near(said)


def test_before_training_all_views_weigh_the_same(keras):
    settings = SETTINGS | {"head": [], "dropout": 0.0}
    one, together = (build_head(keras, settings | {"views": views}, (7,), 1.0) for views in ("one", "all"))
    start_from(together, one, "a network", required=True)
    features = np.random.default_rng(1).normal(size=(4, 7)).astype(np.float32)
    said = np.asarray(one(features))
    expected = np.array([said[:3].mean(axis=0), said[3]])
    assert np.asarray(together(read_views(features, SETS))) == near(expected)


RIGS = pytest.mark.parametrize("views", [1, 4, 8])


def sets_of(views: int, width: int = 0) -> np.ndarray:
    """Two sets, one of all views and one of the last alone, as wide as that or wider."""
    width = width or views
    return np.array([[*range(views), *[-1] * (width - views)], [views - 1, *[-1] * (width - 1)]])


def test_a_head_of_all_views_can_be_stored_and_trained_with_sets_of_any_size(keras, tmp_path):
    model = build_head(keras, SETTINGS | {"views": "all"}, (2, 2, 5), 1.0)
    features = np.random.default_rng(1).normal(size=(8, 2, 2, 5)).astype(np.float32)
    first = model.get_layer("fc_1")
    before = first.get_weights()[0].copy()
    model.compile("adam", "mse")
    for views in (4, 1, 8):
        model.fit(read_views(features, sets_of(views)), np.ones((2, 1)), verbose=0)
    assert not np.array_equal(before, first.get_weights()[0])
    loaded = stored(keras, model, tmp_path)
    assert names(loaded) == names(model)
    for views in (1, 4, 8):
        inputs = read_views(features, sets_of(views))
        assert np.asarray(loaded(inputs)) == near(np.asarray(model(inputs)))
    loaded.compile("adam", "mse")
    loaded.fit(read_views(features, sets_of(4)), np.ones((2, 1)), verbose=0)


@RIGS
@pytest.mark.parametrize("shape", [(7,), (2, 2, 5)], ids=["features", "maps"])
def test_a_head_of_all_views_says_the_same_of_a_set_whatever_it_is_padded_with(keras, tmp_path, views, shape):
    model = build_head(keras, SETTINGS | {"views": "all", "batch_normalisation": False}, shape, 1.0)
    generator = np.random.default_rng(1)
    model.set_weights([weights + generator.normal(0, 0.5, weights.shape) for weights in model.get_weights()])
    features = generator.normal(size=(8, *shape)).astype(np.float32)
    for network in (model, stored(keras, model, tmp_path)):
        said = np.asarray(network(read_views(features, sets_of(views))))
        for width in (views + 1, 12):
            values, seen = read_views(features, sets_of(views, width))
            values[seen == 0] = 9.0
            assert np.asarray(network((values, seen))) == near(said)


def test_heads_of_single_and_of_all_views_have_the_same_layers_but_those_that_pool(keras):
    one, together = (build_head(keras, SETTINGS | {"views": views}, (2, 2, 5), 1.0) for views in ("one", "all"))
    shapes = {layer.name: [tuple(w.shape) for w in layer.weights] for layer in one.layers if layer.weights}
    assert shapes == {
        layer.name: [tuple(w.shape) for w in layer.weights] for layer in together.layers if layer.name in shapes
    }


def test_the_backbone_of_a_trained_network_gives_what_its_head_takes(keras, tmp_path):
    model = build_network(keras, SETTINGS | {"head": []}, 16, np.array([100.0, 110.0, 120.0]))
    images = np.random.default_rng(1).integers(0, 256, (2, 16, 16, 3)).astype(np.float32)
    features = np.asarray(trained_backbone(keras, model)(images))
    assert features.shape == (2, 96)
    kernel, bias = model.get_layer("score").get_weights()
    assert features @ kernel + bias == near(np.asarray(model(images)))


def test_a_network_starts_from_another_where_shapes_are_the_same(keras):
    source = build_head(keras, SETTINGS, (7,), 1.0)
    model = build_head(keras, SETTINGS | {"head": [8, 6]}, (7,), 1.0)
    last = [w.copy() for w in model.get_layer("score").get_weights()]
    start_from(model, source, "a network", required=True)
    for name in ("fc_1", "fc_1_norm"):
        for a, b in zip(model.get_layer(name).get_weights(), source.get_layer(name).get_weights(), strict=True):
            assert np.array_equal(a, b)
    assert np.array_equal(model.get_layer("score").get_weights()[0], last[0])
