"""Finds where the animals of a rack are: the regions in which a video changes, one box each."""

import cv2
import numpy as np

from squint.domain.regions import Region

WIDTH = 480  # px, of the pictures in which is searched
MOVED = 18.0  # grey levels between a pixel's brightest and darkest
MARGIN = 0.03  # of a box's side, around what moved
SMALLEST_SHARE = 0.004  # of the frame, that an animal's movement covers
CLOSED = 0.04  # of the frame's width: gaps in what one animal moved over that are closed


def find_regions(pictures: list[np.ndarray], most: int) -> list[Region]:
    """The boxes of a rack, at most `most`, in reading order, by what moves in some uint8 RGB `pictures` of one size.

    ASSUME a camera and boxes that stand still, one animal in a box, and pictures from so far apart that each has moved.
    """
    height, width = pictures[0].shape[:2]
    scale = width / WIDTH
    small = [cv2.resize(picture, (WIDTH, round(height / scale)), interpolation=cv2.INTER_AREA) for picture in pictures]
    stack = np.stack([cv2.GaussianBlur(picture, (0, 0), 1.5) for picture in small]).astype(np.int16)
    middle = np.median(stack, axis=0)
    moved = (np.abs(stack - middle).max(axis=(0, 3)) > MOVED).astype(np.uint8)
    side = max(3, round(CLOSED * WIDTH)) | 1
    moved = cv2.morphologyEx(moved, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    joined = cv2.morphologyEx(moved, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    sizes = sorted((stats[mark].tolist() for mark in range(1, count)), key=lambda found: -found[4])
    found = [box[:4] for box in sizes[:most] if box[4] >= SMALLEST_SHARE * joined.size]
    grown = [grow(box, [other for other in found if other is not box], WIDTH, joined.shape[0]) for box in found]
    regions = [
        Region(*(round(value * scale) for value in (left, top, right - left, bottom - top)))
        for left, top, right, bottom in grown
    ]
    return in_reading_order(regions)


def in_reading_order(regions: list[Region]) -> list[Region]:
    """Regions row by row, from left to right: in a row are those whose middle is above the end of its highest one."""
    ordered: list[Region] = []
    left = sorted(regions, key=lambda region: region.top)
    while left:
        end = left[0].top + left[0].height
        row = [region for region in left if region.top + region.height / 2 < end]
        ordered += sorted(row, key=lambda region: region.left)
        left = [region for region in left if region not in row]
    return ordered


def grow(box: list[int], others: list[list[int]], width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a box with a margin, up to half of the way to the others and to the border."""
    left, top, across, down = box
    right, bottom = left + across, top + down
    reach = round(MARGIN * max(across, down))
    room = [left, top, width - right, height - bottom]
    for x, y, w, h in others:
        beside = min(bottom, y + h) > max(top, y)
        above = min(right, x + w) > max(left, x)
        gaps = (left - x - w, top - y - h, x - right, y - bottom)
        for side, gap in enumerate(gaps):
            if gap >= 0 and (beside if side % 2 == 0 else above):
                room[side] = min(room[side], gap // 2)
    grown = [min(reach, space) for space in room]
    return left - grown[0], top - grown[1], right + grown[2], bottom + grown[3]
