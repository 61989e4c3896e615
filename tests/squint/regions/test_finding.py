import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.regions import Region
from squint.regions.finding import find_regions, grow, in_reading_order


def rack(places: list[tuple[int, int]], size=(480, 270), moves: bool = True) -> list[np.ndarray]:
    """Pictures of bright animals that move about in boxes of 90 by 60 px at some places."""
    generator, pictures = np.random.default_rng(0), []
    for _ in range(24):
        picture = np.full((size[1], size[0], 3), (150, 40, 40), np.uint8)
        for left, top in places:
            x, y = generator.uniform(0, 1, 2) if moves else (0.5, 0.5)
            cv2.ellipse(
                picture, (int(left + 22 + 46 * x), int(top + 15 + 30 * y)), (20, 12), 0, 0, 360, (220, 220, 215), -1
            )
        pictures.append(cv2.add(picture, generator.integers(0, 5, picture.shape).astype(np.uint8)))
    return pictures


BOXES = [(60, 30), (260, 30), (60, 160), (260, 160)]


def test_each_box_in_which_something_moves_is_found_in_reading_order():
    regions = find_regions(rack(BOXES), 4)
    assert len(regions) == 4
    for region, (left, top) in zip(regions, BOXES, strict=True):
        assert region.left <= left + 6 and region.top <= top + 6
        assert region.left + region.width >= left + 84 and region.top + region.height >= top + 54
        assert region.fault(480, 270) == ""


def test_regions_do_not_lie_over_each_other():
    regions = find_regions(rack(BOXES), 4)
    for number, one in enumerate(regions):
        for other in regions[number + 1 :]:
            across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
            down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
            assert across <= 1 or down <= 1


def test_only_the_largest_are_taken_and_what_stands_still_is_none():
    assert len(find_regions(rack(BOXES), 2)) == 2
    assert find_regions(rack(BOXES, moves=False), 4) == []


def test_larger_pictures_have_larger_regions():
    large = [cv2.resize(picture, None, fx=3, fy=3) for picture in rack(BOXES[:1])]
    (region,) = find_regions(large, 4)
    (small,) = find_regions(rack(BOXES[:1]), 4)
    assert abs(region.width - 3 * small.width) < 20 and abs(region.left - 3 * small.left) < 20


@given(st.integers(0, 300), st.integers(0, 200), st.integers(5, 100), st.integers(5, 60))
def test_a_region_grows_within_the_picture(left, top, across, down):
    grown = grow([left, top, across, down], [], 480, 270)
    assert Region(grown[0], grown[1], grown[2] - grown[0], grown[3] - grown[1]).left == grown[0]
    assert 0 <= grown[0] <= left and 0 <= grown[1] <= top
    assert left + across <= grown[2] <= max(480, left + across) and top + down <= grown[3] <= max(270, top + down)


def test_boxes_of_a_row_that_are_found_at_other_heights_stay_in_their_order():
    """Where animals moved tells heights and middles: they differ within a row."""
    rows = [Region(10, 804, 300, 400), Region(400, 790, 300, 400), Region(20, 10, 300, 380), Region(410, 40, 300, 420)]
    assert in_reading_order(rows) == [rows[2], rows[3], rows[0], rows[1]]
    assert in_reading_order([]) == []
