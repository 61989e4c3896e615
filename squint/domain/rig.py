"""The rig: the cameras that film an animal at once, from 1 to 12, by the lab's own names."""

import math
import re

MOST_CAMERAS = 12
# A camera's name stands in the names of files, and between hyphens in those of crops.
CAMERA_NAME = re.compile(r"[A-Za-z0-9_]{1,32}")
PLACEHOLDER = "{camera}"  # in a pattern of paths
CHAPTER = "{chapter}"  # in one too: a number, where a camera wrote several files one after the other
# What all cameras of a recording are called together, where the name of one stands otherwise.
ALL_CAMERAS = "all"
# Columns of a timeline beside those of its cameras.
TIMELINE_COLUMNS = ("sync_index", "time_s", "faces", "fused", "spread", "low", "high")
TIMELINE_COLUMNS += ("smoothed", "smoothed_low", "smoothed_high", "abstained")
NOT_CAMERAS = (ALL_CAMERAS, *TIMELINE_COLUMNS)  # what no camera can be called
MOST_COLUMNS = 6  # of pictures side by side


def can_be_camera(name: str) -> bool:
    """Whether a camera can be called so: nothing else is, in files and in tables with a column a camera."""
    return bool(CAMERA_NAME.fullmatch(name)) and name.lower() not in NOT_CAMERAS


def half_of(cameras: int) -> int:
    """In how many of some cameras a face is seen at least in a moment: half of them, rounded up.

    That is 3 of 6, as in the thesis's Table 5.2; 1 of 1 or 2, 2 of 3 or 4, 4 of 8, 6 of 12.
    """
    return (cameras + 1) // 2


def screen_columns(cameras: int) -> int:
    """Columns of a grid with a view of each camera on a screen, which is wider than it is high: 3 for 6, 4 for 8."""
    rows = max(1, round(math.sqrt(cameras / 1.5)))
    return math.ceil(cameras / rows)


def strip_columns(cameras: int) -> int:
    """Columns of a strip of views, as many in each row as can be: 6 for 6, 4 for 8."""
    return math.ceil(cameras / math.ceil(cameras / MOST_COLUMNS))


def natural_order(name: str) -> tuple[list[tuple[int, str]], str]:
    """A key that sorts names with numbers in them as people do: C2 before C10."""
    parts = [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name) if part]
    return parts, name
