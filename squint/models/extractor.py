"""The frozen part of a network, from pictures to features."""

from collections.abc import Iterator

import numpy as np

from squint.domain.seeds import named_seed
from squint.models.backbones import build_backbone, normalise
from squint.models.backend import apply_model
from squint.models.load import load_network
from squint.models.networks import trained_backbone


def backbone_seed(seed: int, backbone: str) -> int:
    """The seed of a backbone's random weights, the same wherever it is built."""
    return named_seed(seed, "backbone", backbone)


def build_extractor(keras, settings: dict, image_size: int, source: str | None, mean: np.ndarray | None):
    """The frozen part of a network, from images (0 to 255) to features.

    `source` is the trained network whose backbone it is, if any; `mean` (3,) the training images' mean colour where
    `normalisation` is `dataset`.
    """
    if source:
        return trained_backbone(keras, load_network(keras, source))
    backbone = build_backbone(keras, settings["backbone"], settings["weights"], image_size)
    image = keras.Input((image_size, image_size, 3), name="image")
    return keras.Model(image, backbone(normalise(keras, settings, image, mean)))


def compute_features(model, images) -> Iterator[np.ndarray]:
    """Outputs of `model` for rows of images (n, size, size, 3) uint8, part by part: arrays (up to 64, …) float32."""
    return apply_model(model, lambda rows: images[rows], np.arange(len(images)))
