import numpy as np

from squint.domain.regions import ANIMAL
from squint.regions.augmentation import vary


def test_a_mask_moves_with_its_picture():
    picture, labels = np.full((90, 120), 40, np.uint8), np.zeros((90, 120), np.uint8)
    picture[30:60, 40:80], labels[30:60, 40:80] = 200, ANIMAL
    shares, sides = [], set()
    for seed in range(20):
        varied, marked = vary(picture, labels, np.random.default_rng(seed))
        assert varied.shape == marked.shape == (90, 120) and varied.dtype == np.float32
        assert varied.min() >= 0 and varied.max() <= 255 and set(np.unique(marked)) <= {0, ANIMAL}
        bright = varied > (varied[marked == ANIMAL].mean() + varied[marked == 0].mean()) / 2
        shares.append((bright == (marked == ANIMAL)).mean())
        sides.add(bool(np.argwhere(marked)[:, 1].mean() > 59.5))
    assert min(shares) > 0.97 and sides == {False, True}


def test_the_same_draw_varies_the_same():
    picture = np.random.default_rng(0).integers(0, 255, (30, 40)).astype(np.uint8)
    one, other = (vary(picture, picture * 0, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one[0], other[0])
