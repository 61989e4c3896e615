import numpy as np
import pytest

from squint.regions.archive import load_region_scorer
from squint.regions.scorer import NO_ANIMAL, NO_EYE, RegionScorer
from tests.scripts.regions.data import make_store


@pytest.fixture(scope="module")
def scorer(region_scorer) -> RegionScorer:
    return load_region_scorer(str(region_scorer))[1]


def test_a_score_is_the_mean_of_the_eyes_with_its_interval(scorer):
    store = make_store()
    for picture, mask in zip(store.pictures, store.masks, strict=True):
        said = scorer.score(picture)
        assert len(said.eyes) == len(said.scores) == 2 and said.abstained == ""
        assert said.score == pytest.approx(np.mean(said.scores)) and 0 <= said.low <= said.score <= said.high <= 9
        assert said.high - said.low <= 2 * scorer.margin + 1e-9
        if mask.max() < 255:
            assert np.array_equal(said.labels, mask)


def test_without_an_eye_or_an_animal_nothing_is_scored_and_why_is_told(scorer):
    picture = make_store().pictures[0].copy()
    picture[picture == 80] = 150
    said = scorer.score(picture)
    assert said.abstained == NO_EYE and np.isnan([said.score, said.low, said.high]).all() and said.eyes == []
    assert scorer.score(np.full(picture.shape, 30, np.uint8)).abstained == NO_ANIMAL


def test_a_picture_is_scored_alike_whatever_came_before(scorer):
    store = make_store()
    first = scorer.score(store.pictures[3]).score
    scorer.score(store.pictures[7])
    assert scorer.score(store.pictures[3]).score == first
