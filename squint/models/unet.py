"""The U-Net of live scoring: what each pixel of a region shows (Kopaczka et al., 2.2; Ronneberger et al. 2015)."""

from squint.domain.regions import CLASSES

MOMENTUM = 0.95  # of the running means: training is short


def build_unet(keras, width: int, depth: int, height_px: int, width_px: int):
    """A picture (height, width, 1) of 0 to 255 to the probability of each class, (height, width, 4).

    `depth` times the picture is halved, so that its sides are multiples of 2 to that power; `width` channels at the
    full size, twice as many at each half. Each level has two convolutions, and a shortcut to its way up.
    """
    layers = keras.layers
    picture = keras.Input((height_px, width_px, 1), name="picture")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="centre")(picture)

    def convolve(x, channels: int, name: str):
        for number in (1, 2):
            x = layers.Conv2D(channels, 3, padding="same", use_bias=False, name=f"{name}_{number}")(x)
            x = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_{number}_norm")(x)
            x = layers.ReLU(name=f"{name}_{number}_relu")(x)
        return x

    shortcuts = []
    for level in range(depth):
        x = convolve(x, width << level, f"down_{level}")
        shortcuts.append(x)
        x = layers.MaxPooling2D(name=f"half_{level}")(x)
    x = convolve(x, width << depth, "bottom")
    for level in reversed(range(depth)):
        x = layers.Conv2DTranspose(width << level, 2, strides=2, name=f"double_{level}")(x)
        x = layers.Concatenate(name=f"shortcut_{level}")([x, shortcuts[level]])
        x = convolve(x, width << level, f"up_{level}")
    shown = layers.Conv2D(len(CLASSES), 1, activation="softmax", name="classes")(x)
    return keras.Model(picture, shown, name="unet")


def segmentation_loss(keras, weights: list[float]):
    """Cross-entropy, each pixel weighed by the weight of its class, plus one minus the mean Dice of the classes.

    Dice counts a class of few pixels, as the eyes, as much as one of many. Targets are (…, height, width) of classes.
    """
    ops = keras.ops

    def loss(target, predicted):
        said = ops.reshape(predicted, (-1, len(CLASSES)))
        truth = ops.one_hot(ops.reshape(ops.cast(target, "int32"), (-1,)), len(CLASSES))
        common = truth * said
        weighed = truth @ ops.convert_to_tensor([[weight] for weight in weights], "float32")
        entropy = -ops.mean(weighed[:, 0] * ops.log(ops.clip(ops.sum(common, axis=-1), 1e-6, 1.0)))
        sizes = ops.sum(truth + said, axis=0)
        return entropy + 1 - ops.mean((2 * ops.sum(common, axis=0) + 1) / (sizes + 1))

    loss.__name__ = "segmentation_loss"
    return loss
