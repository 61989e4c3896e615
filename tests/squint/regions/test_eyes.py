import numpy as np
import pytest

from squint.domain.regions import CLASSES, EARS, EYES
from squint.regions.eyes import find_spots


def probabilities(shape: tuple[int, int] = (40, 50)) -> np.ndarray:
    said = np.zeros((*shape, len(CLASSES)), np.float32)
    said[..., 0] = 0.9
    return said


def add_disc(said: np.ndarray, kind: int, x: float, y: float, radius: float, certainty: float = 0.95) -> None:
    rows, columns = np.mgrid[: said.shape[0], : said.shape[1]]
    soft = certainty / (1 + np.exp(3 * (np.hypot(columns - x, rows - y) - radius)))
    said[..., 0] -= soft * said[..., 0]
    said[..., kind] += soft


def test_centres_are_exact_to_a_part_of_a_pixel():
    said = probabilities()
    add_disc(said, EYES, 20.3, 12.7, 2.5)
    (eye,) = find_spots(said, EYES, 3)
    assert abs((eye.x + 0.5) / 3 - 0.5 - 20.3) < 0.1 and abs((eye.y + 0.5) / 3 - 0.5 - 12.7) < 0.1
    assert eye.certainty == pytest.approx(said[..., EYES].max())


def test_the_two_largest_are_eyes_and_specks_are_none():
    said = probabilities()
    for x, radius in ((8, 3.0), (22, 2.0), (36, 1.5)):
        add_disc(said, EYES, x, 20, radius)
    said[2, 2] = 0
    said[2, 2, EYES] = 1
    eyes = find_spots(said, EYES, 1)
    assert [round(eye.x) for eye in eyes] == [8, 22] and eyes[0].cells > eyes[1].cells
    assert len(find_spots(said, EYES, 1, most=5)) == 3


def test_classes_are_told_apart():
    said = probabilities()
    add_disc(said, EARS, 30, 10, 4)
    assert find_spots(said, EYES, 1) == [] and len(find_spots(said, EARS, 1)) == 1


def test_an_eye_at_the_border_is_within_the_picture():
    said = probabilities()
    add_disc(said, EYES, 0, 0, 3)
    (eye,) = find_spots(said, EYES, 1)
    assert 0 <= eye.x < 3 and 0 <= eye.y < 3
