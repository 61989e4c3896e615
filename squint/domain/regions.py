"""Regions of a video, one animal in each, and what their pixels show (Kopaczka et al., sections 2.1 and 2.2)."""

import re
from dataclasses import dataclass

# What a pixel shows, in the order of a segmentation network's outputs and of the values of a label image.
CLASSES = ("background", "animal", "ears", "eyes")
BACKGROUND, ANIMAL, EARS, EYES = range(len(CLASSES))
MOST_REGIONS = 4  # of one video: a rack holds so many boxes
REGION_NAME = re.compile(r"[A-Za-z0-9_]{1,32}")
SMALLEST = 16  # px, of a side of a region
PATCH = 50  # px, of a side of what is seen of an eye (Kopaczka et al., 2.3)


@dataclass(frozen=True)
class Region:
    """A rectangle of a video's frames as players show them, in px, in which one animal is."""

    left: int
    top: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.left},{self.top},{self.width},{self.height}"

    def overlaps(self, other: "Region") -> bool:
        """Whether both have pixels in common."""
        across = min(self.left + self.width, other.left + other.width) > max(self.left, other.left)
        return across and min(self.top + self.height, other.top + other.height) > max(self.top, other.top)

    def fault(self, width: int, height: int) -> str:
        """What is wrong with it in frames of `width` by `height` px, in words; empty for nothing."""
        if min(self.width, self.height) < SMALLEST:
            return f"{self.width} by {self.height} px, smaller than {SMALLEST} by {SMALLEST}"
        if self.left < 0 or self.top < 0 or self.left + self.width > width or self.top + self.height > height:
            return f"{self} (left, top, width, height) in frames of {width} by {height} px"
        return ""


def read_region(text: str) -> Region:
    """The region of `left,top,width,height`. Raises ValueError for other text."""
    if not re.fullmatch(r"\s*[0-9]{1,5}(\s*,\s*[0-9]{1,5}){3}\s*", text):
        raise ValueError(f"{text!r} is no left,top,width,height in px")
    return Region(*map(int, text.split(",")))
