"""The picture of a region: one channel of a video's frame, cut and scaled to the size that networks see."""

from dataclasses import dataclass

import cv2
import numpy as np

from squint.domain.regions import Region

CHANNELS = {"red": 0, "green": 1, "blue": 2}
GREY = "grey"


@dataclass(frozen=True)
class View:
    """How a region is seen in pictures of `size` px, width and height: filled up to their shape, and scaled."""

    region: Region
    size: tuple[int, int]

    @property
    def filled(self) -> tuple[int, int]:
        """Width and height in px of the region, filled up at its sides, or above and below, to the pictures' shape."""
        width, height = self.size
        across = max(self.region.width, round(self.region.height * width / height))
        return across, max(self.region.height, round(across * height / width))

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """Px that are filled up above, below, at the left and at the right."""
        across, down = (
            whole - part for whole, part in zip(self.filled, (self.region.width, self.region.height), strict=True)
        )
        return down // 2, down - down // 2, across // 2, across - across // 2

    @property
    def scale(self) -> float:
        """Px of the video that one of the picture stands for."""
        return self.filled[0] / self.size[0]

    def to_frame(self, x: float, y: float) -> tuple[float, float]:
        """Where a place of the picture is in the video's frames."""
        above, _, left, _ = self.edges
        return (
            (x + 0.5) * self.scale - 0.5 - left + self.region.left,
            (y + 0.5) * self.scale - 0.5 - above + self.region.top,
        )

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """Where a place of the video's frames is in the picture."""
        above, _, left, _ = self.edges
        return (
            (x + 0.5 + left - self.region.left) / self.scale - 0.5,
            (y + 0.5 + above - self.region.top) / self.scale - 0.5,
        )

    def cut(self, frame: np.ndarray) -> np.ndarray:
        """What a frame shows of the region."""
        region = self.region
        return frame[region.top : region.top + region.height, region.left : region.left + region.width]

    def fit(self, cut: np.ndarray) -> np.ndarray:
        """What was cut at the pictures' size, its border going on where it is filled up."""
        if any(self.edges):
            cut = cv2.copyMakeBorder(cut, *self.edges, cv2.BORDER_REPLICATE)
        how = cv2.INTER_AREA if self.scale > 1 else cv2.INTER_LINEAR
        return cut if self.scale == 1 else cv2.resize(cut, self.size, interpolation=how)

    def picture(self, frame: np.ndarray, channel: str) -> np.ndarray:
        """The picture of the region in a uint8 RGB `frame`, uint8 (height, width)."""
        return self.fit(take_channel(self.cut(frame), channel))

    def labels(self, labels: np.ndarray, step: int) -> np.ndarray:
        """The class that each square of `step` px of the picture mostly shows, uint8, of a frame's label image."""
        cut = cv2.copyMakeBorder(self.cut(labels), *self.edges, cv2.BORDER_CONSTANT, value=(0,))
        size = (self.size[0] // step, self.size[1] // step)
        classes = int(cut.max(initial=0)) + 1
        shares = [
            cv2.resize((cut == value).astype(np.float32), size, interpolation=cv2.INTER_AREA)
            for value in range(classes)
        ]
        return np.argmax(shares, axis=0).astype(np.uint8)


def take_channel(picture: np.ndarray, channel: str) -> np.ndarray:
    """One channel of a uint8 RGB picture (height, width, 3), or its brightness: uint8 (height, width).

    Before a red background the red channel shows faces best (Kopaczka et al., 2.1).
    """
    if channel == GREY:
        return cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    return np.ascontiguousarray(picture[..., CHANNELS[channel]])


def shrink(picture: np.ndarray, step: int) -> np.ndarray:
    """A picture as the segmentation sees it: squares of `step` px averaged."""
    height, width = picture.shape
    return cv2.resize(picture, (width // step, height // step), interpolation=cv2.INTER_AREA)
