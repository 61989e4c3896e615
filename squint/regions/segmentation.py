"""What a region's picture shows, by a trained U-Net under LiteRT."""

from dataclasses import dataclass

import numpy as np

from squint.domain.regions import CLASSES, EARS, EYES
from squint.errors import InputError
from squint.models.litert import LiteNetwork
from squint.regions.eyes import Spot, find_spots
from squint.regions.pictures import shrink


@dataclass(frozen=True)
class Seen:
    """What a segmentation saw in a picture: `labels` of classes, uint8 (height, width) of its own pixels, and spots."""

    labels: np.ndarray
    eyes: list[Spot]
    ears: list[Spot]


class Segmenter:
    """A trained U-Net that sees pictures shrunk by `step`."""

    def __init__(self, network: LiteNetwork, size: tuple[int, int], step: int, name: str = "the segmentation"):
        expected = (size[1] // step, size[0] // step, 1)
        if network.shape != expected:
            found = " × ".join(map(str, network.shape))
            raise InputError(
                name,
                f"a network for pictures of {' × '.join(map(str, expected))}",
                found,
                "take the file as Squint wrote it",
            )
        self.network, self.step = network, step

    def probabilities(self, picture: np.ndarray) -> np.ndarray:
        """The probability of each class, float32 (height, width, classes), in a uint8 picture of the region."""
        return self.network(shrink(picture, self.step)[..., None])

    def see(self, picture: np.ndarray) -> Seen:
        """Labels, eyes and ears of a uint8 picture of the region."""
        return see(self.probabilities(picture), self.step)


def see(probabilities: np.ndarray, step: int) -> Seen:
    """Labels, eyes and ears of what a segmentation says."""
    assert_classes = probabilities.shape[-1]
    if assert_classes != len(CLASSES):
        raise ValueError(f"expected {len(CLASSES)} classes, found {assert_classes}")
    labels = probabilities.argmax(axis=-1).astype(np.uint8)
    return Seen(labels, find_spots(probabilities, EYES, step), find_spots(probabilities, EARS, step))
