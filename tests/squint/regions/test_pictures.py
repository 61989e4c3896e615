import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.regions import EYES, Region
from squint.regions.pictures import View, shrink, take_channel

SIZES = st.sampled_from([(48, 36), (96, 96), (480, 360)])
REGIONS = st.builds(Region, st.integers(0, 50), st.integers(0, 40), st.integers(16, 200), st.integers(16, 150))


@given(REGIONS, SIZES, st.floats(0, 1), st.floats(0, 1))
def test_places_go_there_and_back(region, size, across, down):
    view = View(region, size)
    x, y = across * size[0], down * size[1]
    assert view.to_picture(*view.to_frame(x, y)) == pytest.approx((x, y))


@given(REGIONS, SIZES)
def test_a_region_is_filled_up_to_the_shape_of_pictures_and_never_stretched(region, size):
    view = View(region, size)
    above, below, left, right = view.edges
    assert (region.width + left + right, region.height + above + below) == view.filled
    assert min(above, below, left, right) >= 0
    assert abs(view.filled[0] / view.filled[1] - size[0] / size[1]) < 0.05 * size[0] / size[1]
    assert view.filled == (region.width, region.height) or not (above + below and left + right) or max(view.edges) <= 1


def test_the_channel_that_is_asked_for_is_taken():
    picture = np.zeros((2, 3, 3), np.uint8)
    picture[..., 0], picture[..., 1], picture[..., 2] = 10, 20, 30
    assert [take_channel(picture, name)[0, 0] for name in ("red", "green", "blue")] == [10, 20, 30]
    assert take_channel(picture, "grey")[0, 0] == 18


def test_what_is_seen_of_a_dot_is_where_it_was():
    frame = np.zeros((200, 300, 3), np.uint8)
    frame[120:126, 210:216, 0] = 255
    view = View(Region(150, 90, 120, 60), (96, 96))
    picture = view.picture(frame, "red")
    rows, columns = np.nonzero(picture > 100)
    x, y = view.to_frame(columns.mean(), rows.mean())
    assert abs(x - 212.5) < 1 and abs(y - 122.5) < 1
    assert picture.shape == (96, 96)


def test_labels_are_those_of_most_pixels_of_a_square_and_beyond_the_region_none():
    labels = np.zeros((60, 60), np.uint8)
    labels[30:36, 30:36] = EYES
    view = View(Region(20, 10, 40, 20), (40, 40))  # filled up above and below
    seen = view.labels(labels, 2)
    assert seen.shape == (20, 20) and set(np.unique(seen)) == {0}  # the mark is below the region
    view = View(Region(20, 20, 40, 40), (40, 40))
    assert np.argwhere(view.labels(labels, 2) == EYES).tolist() == [[r, c] for r in (5, 6, 7) for c in (5, 6, 7)]


def test_a_picture_is_shrunk_by_averages():
    picture = np.arange(24, dtype=np.uint8).reshape(4, 6)
    assert shrink(picture, 2).tolist() == [[4, 6, 8], [16, 18, 20]] or np.allclose(
        shrink(picture, 2), picture.reshape(2, 2, 3, 2).mean(axis=(1, 3)), atol=0.5
    )
