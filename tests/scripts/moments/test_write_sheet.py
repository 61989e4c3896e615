"""Items show six frames over the faces in them."""

import numpy as np

from scripts.moments.write_sheet import AROUND_FACE, TILE, draw_item


def test_an_item_shows_frames_and_faces():
    frames = [np.full((180, 320, 3), 20 * number, np.uint8) for number in range(1, 7)]
    frames[2][60:100, 140:180] = 255
    picture = draw_item(frames, [None, None, (140, 60, 40), None, None, None])
    height = TILE * 180 // 320
    assert picture.shape == (height + TILE, 6 * TILE, 3)
    assert [picture[5, TILE * number + 5, 0] for number in range(6)] == [20, 40, 60, 80, 100, 120]
    face = picture[height:, 2 * TILE : 3 * TILE, 0]
    assert (face > 200).mean() == np.clip((face > 200).mean(), 0.9 / AROUND_FACE**2, 1.1 / AROUND_FACE**2)
    assert (picture[height:, :TILE] == 40).all()
