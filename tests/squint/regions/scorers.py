"""A scorer of regions whose segmentation tells classes by their shades, and whose network for patches knows nothing."""

from pathlib import Path

import numpy as np

from squint.models.eye_network import build_eye_network
from squint.regions.archive import write_region_scorer
from tests.scales import WHOLE_ORBITAL
from tests.scripts.regions.data import SIZE, STEP

SHADES = (30.0, 150.0, 190.0, 80.0)  # of background, animal, ears, eyes
ABOUT = {
    "name": "eye_digits",
    "scale": WHOLE_ORBITAL,
    "size": list(SIZE),
    "channel": "red",
    "step": STEP,
    "patches": ["eye"],
    "margins": {"frame": 1.0, "curve": 0.5},
    "coverage": 0.9,
    "window_s": 1.0,
    "threshold": 2.25,
    "closed": 6.75,
    "blink_s": 0.5,
    "errors": {"m1": [0.1, -0.2], "m2": [0.3]},
    "animals": ["m1", "m2"],
    "simulated": True,
    "metrics": {"a frame": {"mae": 0.7}},
    "versions": {"squint": "1.0"},
    "licence": "MIT",
}


def build_shades(keras):
    """A network that tells classes by their shades: the one whose shade is nearest is the most probable."""
    layers = keras.layers
    picture = keras.Input((SIZE[1] // STEP, SIZE[0] // STEP, 1))
    classes = layers.Conv2D(len(SHADES), 1, activation="softmax")
    model = keras.Model(picture, classes(picture))
    shades = np.array(SHADES, np.float32)
    classes.set_weights([(2 * shades / 100)[None, None, None], -(shades**2) / 100])
    return model


def make_region_scorer(keras, path: Path, **changes) -> Path:
    """Write such a scorer."""
    keras.utils.set_random_seed(3)
    parts = {"MODEL_CARD.md": "# eye_digits\n", "LICENSE": "MIT\n"}
    for name, model in (("segmentation", build_shades(keras)), ("eyes", build_eye_network(keras, 1))):
        file = path.with_name(f"{name}.tflite")
        model.export(str(file), format="litert", verbose=False)
        parts[f"{name}.tflite"] = file
    write_region_scorer(str(path), ABOUT | changes, parts)
    return path
