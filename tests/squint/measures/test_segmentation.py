import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from squint.domain.regions import CLASSES
from squint.measures.segmentation import count_overlap, dice, iou, match_centres

LABELS = arrays(np.uint8, (3, 6, 5), elements=st.integers(0, len(CLASSES) - 1))


@given(LABELS, LABELS)
def test_overlap_is_that_of_sets_of_pixels(marked, found):
    counts = count_overlap(marked, found)
    for row in range(3):
        for value in range(len(CLASSES)):
            ours, theirs = (set(np.flatnonzero(labels[row] == value)) for labels in (marked, found))
            assert counts[row, value].tolist() == [len(ours & theirs), len(ours), len(theirs)]
            if ours | theirs:
                assert iou(counts[row, value]) == len(ours & theirs) / len(ours | theirs)
                assert dice(counts[row, value]) == 2 * len(ours & theirs) / (len(ours) + len(theirs))
            else:
                assert np.isnan(iou(counts[row, value])) and np.isnan(dice(counts[row, value]))


def test_dice_follows_from_iou():
    counts = np.array([[3, 5, 7], [0, 2, 4], [4, 4, 4]])
    assert np.allclose(dice(counts), 2 * iou(counts) / (1 + iou(counts)))


def test_each_centre_is_matched_once_and_the_nearest_first():
    true, found = np.array([[0.0, 0.0], [8.0, 0.0]]), np.array([[5.0, 0.0]])
    distances = match_centres(true, found)
    assert np.isnan(distances[0]) and distances[1] == 3
    assert match_centres(true, np.array([[1.0, 0.0], [8.0, 2.0]])).tolist() == [1, 2]


def test_what_is_too_far_is_not_found():
    assert np.isnan(match_centres(np.array([[0.0, 0.0]]), np.array([[10.1, 0.0]]))).all()
    assert np.isnan(match_centres(np.array([[0.0, 0.0]]), np.zeros((0, 2)))).all()
    assert len(match_centres(np.zeros((0, 2)), np.array([[0.0, 0.0]]))) == 0
