"""The face detector’s network and its loss."""

from squint.detection.detector import CELL_OUTPUTS
from squint.detection.windows import RING, UNLABELLED

MOMENTUM = 0.95  # of the running means: training is short
RARE = -4.0  # log odds of a face in a cell before anything is learnt


def build_detector(keras):
    """The detector's network: RGB picture of any size (0 to 255) to grid (rows, columns, 4)."""
    layers = keras.layers
    picture = keras.Input((None, None, 3), name="picture")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="centre")(picture)
    for name, channels in (("half", 12), ("quarter", 24), ("eighth", 48)):
        x = layers.Conv2D(channels, 3, strides=2, padding="same", use_bias=False, name=name)(x)
        x = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(x)
        x = layers.ReLU(name=f"{name}_relu")(x)
    for name in ("context_1", "context_2", "context_3"):
        y = layers.SeparableConv2D(48, 3, padding="same", use_bias=False, name=name)(x)
        y = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(y)
        x = layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([x, y]))
    rare = keras.initializers.Constant(RARE)
    certainty = layers.Conv2D(1, 1, activation="sigmoid", bias_initializer=rare, name="certainty")(x)
    box = layers.Conv2D(CELL_OUTPUTS - 1, 1, name="place")(x)
    return keras.Model(picture, layers.Concatenate(name="grid")([certainty, box]), name="face_detector")


def detection_loss(keras):
    """Weighted binary cross-entropy of the certainty plus absolute error of a face's box.

    A window of an unlabelled frame may show one face at most: all is background but what is around its most certain
    cell, so that the second most certain one, which is wrong, counts most.
    """
    ops = keras.ops
    reach = 2 * (RING + 1) + 1

    def beside_best(certainty):
        best = ops.cast(certainty >= ops.max(certainty, axis=(1, 2), keepdims=True), "float32")
        return 1 - ops.max_pool(best[..., None], reach, strides=1, padding="same")[..., 0]

    def loss(target, grid):
        certainty = ops.clip(grid[..., 0], 1e-6, 1 - 1e-6)
        truth, weight = target[..., 0], target[..., CELL_OUTPUTS]
        weight = ops.where(weight == UNLABELLED, ops.stop_gradient(beside_best(certainty)), weight)
        entropy = -truth * ops.log(certainty) - (1 - truth) * ops.log(1 - certainty)
        box = ops.sum(ops.abs(target[..., 1:CELL_OUTPUTS] - grid[..., 1:]), axis=-1)
        return ops.sum(weight * entropy + truth * box, axis=(1, 2)) / 9

    loss.__name__ = "detection_loss"
    return loss
