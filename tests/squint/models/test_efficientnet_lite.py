"""EfficientNet-Lite0 with the weights of its package tells what is in pictures, and gives features of any size."""

from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest

from squint.errors import InputError
from squint.files.images import read_image
from squint.models import efficientnet_lite
from squint.models.backbones import build_backbone
from squint.models.efficientnet_lite import build_lite0, build_lite0_middle, list_blocks, load_imagenet, weights_file
from squint.models.torch_file import read_arrays

SAMPLES = Path(matplotlib.get_data_path()) / "sample_data"
MILITARY_UNIFORM, ANALOG_CLOCK = 652, 409  # of ImageNet's classes
SIZE = 224


def shown(name: str) -> np.ndarray:
    """The middle square of a picture, (1, 224, 224, 3), as the network was trained to see it."""
    picture = read_image(SAMPLES / name)
    side = min(picture.shape[:2])
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    square = picture[top : top + side, left : left + side]
    return cv2.resize(square, (SIZE, SIZE), interpolation=cv2.INTER_AREA)[None].astype(np.float32)


@pytest.fixture(scope="module")
def lite():
    from squint.models.backend import load_keras

    keras = load_keras(1, 1)
    model = build_lite0(keras, (SIZE, SIZE, 3))
    load_imagenet(model)
    return model


@pytest.mark.parametrize(("name", "wanted"), [("grace_hopper.jpg", MILITARY_UNIFORM), ("logo2.png", ANALOG_CLOCK)])
def test_a_picture_is_named_rightly_by_the_packages_own_last_layer(lite, name, wanted):
    arrays = read_arrays(weights_file())
    features = np.asarray(lite(shown(name), training=False))
    assert features.shape == (1, 1280)
    scores = features @ arrays["_fc.weight"].T + arrays["_fc.bias"]
    assert scores.argmax() == wanted


def test_the_mirrored_and_the_darker_picture_is_named_alike(lite):
    picture = shown("grace_hopper.jpg")
    arrays = read_arrays(weights_file())
    for changed in (picture[:, :, ::-1], 0.7 * picture):
        scores = np.asarray(lite(changed, training=False)) @ arrays["_fc.weight"].T + arrays["_fc.bias"]
        assert MILITARY_UNIFORM in np.argsort(scores[0])[-3:]


def test_the_network_has_the_papers_blocks():
    blocks = list_blocks()
    assert len(blocks) == 16
    assert blocks[0] == (1, 3, 1, 32, 16) and blocks[-1] == (6, 3, 1, 192, 320)
    assert sum(stride == 2 for _, _, stride, _, _ in blocks) == 4


@pytest.mark.parametrize(("build", "width"), [(build_lite0, 1280), (build_lite0_middle, 112)])
@pytest.mark.parametrize("size", [40, 64])
def test_pictures_of_any_size_have_features(keras, build, width, size):
    model = build(keras, (size, size, 3))
    load_imagenet(model)
    features = np.asarray(model(np.random.default_rng(1).uniform(0, 255, (2, size, size, 3)), training=False))
    assert features.shape == (2, width) and np.isfinite(features).all() and features.std() > 0


def test_the_middle_is_a_part_of_the_whole(keras):
    whole, part = (build(keras, (40, 40, 3)) for build in (build_lite0, build_lite0_middle))
    for model in (whole, part):
        load_imagenet(model)
    for layer in part.layers:
        for ours, theirs in zip(layer.get_weights(), whole.get_layer(layer.name).get_weights(), strict=True):
            assert np.array_equal(ours, theirs)


def test_the_config_asks_for_it_by_name(keras):
    named = build_backbone(keras, "EfficientNetLite0", "imagenet", 40)
    random = build_backbone(keras, "EfficientNetLite0", "none", 40)
    assert not np.array_equal(named.get_layer("stem").get_weights()[0], random.get_layer("stem").get_weights()[0])


def test_a_package_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setattr(efficientnet_lite, "PACKAGE", "no_such_package_here")
    with pytest.raises(InputError, match=r"the package no_such_package_here(?s:.*)make setup"):
        weights_file()


def test_weights_of_another_network_are_told(keras, tmp_path, monkeypatch):
    monkeypatch.setattr(efficientnet_lite, "read_arrays", lambda path: {"_conv_stem.weight": np.zeros((1, 1, 1, 1))})
    with pytest.raises(InputError, match="the weights of EfficientNet-Lite0"):
        load_imagenet(build_lite0(keras, (40, 40, 3)))
