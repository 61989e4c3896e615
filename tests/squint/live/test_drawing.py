import cv2
import numpy as np

from squint.live.drawing import FACE, MARK, annotate, describe, tile
from squint.live.messages import RegionScored


def said(**changes) -> RegionScored:
    about = {"region": "a", "score": 3.04, "low": 2.0, "high": 4.0, "abstained": "", "marks": [(60.0, 40.0, 0.9)]}
    return RegionScored(**(about | changes))


def shows(picture: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((np.abs(picture.astype(int) - colour).sum(axis=2) < 30).any())


def test_eyes_faces_and_masks_are_marked_and_the_picture_stays():
    picture = np.full((90, 120), 50, np.uint8)
    assert shows(annotate(picture, said()), MARK) and not shows(annotate(picture, None), MARK)
    face = annotate(picture, said(box=(20, 20, 40)))
    assert shows(face, FACE) and not shows(face, MARK)
    labels = np.zeros((30, 40), np.uint8)
    labels[10:20, 10:20] = 3
    tinted = annotate(picture, said(marks=[], mask=cv2.imencode(".png", labels)[1].tobytes()))
    assert tinted[45, 45].tolist() != [50, 50, 50] and tinted[5, 5].tolist() == [50, 50, 50]
    assert (picture == 50).all()


def test_what_is_said_is_told_in_few_letters():
    assert describe(said()) == "3.0 (2.0 to 4.0)"
    assert describe(said(score=None, abstained="no eye in sight")) == "no eye in sight"
    assert describe(said(low=None, high=None)) == "3.0"


def test_pictures_of_several_sizes_are_laid_side_by_side():
    whole = tile(
        [np.full((20, 30, 3), 1, np.uint8), np.full((10, 40, 3), 2, np.uint8), np.full((5, 5, 3), 3, np.uint8)]
    )
    assert whole.shape == (40, 80, 3)
    assert [int(whole[place][0]) for place in ((0, 0), (0, 40), (20, 0), (39, 79))] == [1, 2, 3, 0]
    assert tile([np.zeros((4, 6, 3), np.uint8)]).shape == (4, 6, 3)
