"""The regression network of live scoring for small patches, exactly as it was published (Kopaczka et al., Table 1)."""

import tempfile
from pathlib import Path

import h5py

from squint.domain.regions import PATCH

POOLED = 5  # cells a side that any map is averaged to
DROPOUT = 0.25
# Those of PyTorch, in which theirs was built.
MOMENTUM, EPSILON = 0.9, 1e-5
CONVOLUTIONS = ("convolution_1", "convolution_2")  # layers that pre-training hands on


def build_eye_network(keras, channels: int, classes: int = 0):
    """Patches (50, 50, channels) of 0 to 255 to one score, or for pre-training to the probabilities of `classes`.

    ASSUME what Table 1 leaves open: convolutions without padding, and patches from −1 to 1.
    """
    layers = keras.layers
    patch = keras.Input((PATCH, PATCH, channels), name="patch")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="centre")(patch)
    for name, filters in zip(CONVOLUTIONS, (6, 16), strict=True):
        x = layers.Conv2D(filters, 5, activation="relu", name=name)(x)
        x = layers.MaxPooling2D(2, 2, name=f"{name}_pool")(x)
    x = layers.AdaptiveAveragePooling2D(POOLED, name="pool")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(120, name="fc_1")(x)
    x = layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON, name="fc_1_norm")(x)
    x = layers.ReLU(name="fc_1_relu")(x)
    x = layers.Dropout(DROPOUT, name="dropout")(x)
    x = layers.Dense(84, name="fc_2")(x)
    x = layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON, name="fc_2_norm")(x)
    x = layers.ReLU(name="fc_2_relu")(x)
    last = layers.Dense(classes or 1, activation="softmax" if classes else None, name="classes" if classes else "score")
    return keras.Model(patch, last(x), name="eye_network")


def export_folds(keras, weights: str, channels: int) -> dict[str, bytes]:
    """The networks in a file of weights, a group a fold (see train_eye_network), for LiteRT, by fold."""
    model = build_eye_network(keras, channels)
    exported = {}
    with h5py.File(weights) as file, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.tflite"
        for fold, values in file.items():
            model.set_weights([values[name][:] for name in sorted(values)])
            model.export(str(path), format="litert", verbose=False)
            exported[fold] = path.read_bytes()
    return exported
