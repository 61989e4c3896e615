"""Items show the frames of all cameras over the faces in them."""

import numpy as np
import pandas as pd
import pytest

from scripts.moments.write_sheet import AROUND_FACE, BACKGROUND, TILE, draw_item, draw_items
from squint.files.crop_names import frame_name
from squint.files.images import read_image, write_image
from tests.scales import ORBITAL
from tests.shown import run_script


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


def frame(number):
    """The frame of a camera, which its grey tells."""
    return np.full((180, 320, 3), 100 + 10 * number, np.uint8)


HEIGHT = TILE * 180 // 320
VIEW = HEIGHT + TILE  # px of a frame over its face


@pytest.mark.parametrize(
    ("cameras", "rows", "columns"),
    [(1, 1, 1), (2, 1, 2), (4, 1, 4), (6, 1, 6), (7, 2, 4), (8, 2, 4), (9, 2, 5), (12, 2, 6)],
)
def test_views_of_many_cameras_stand_in_rows(cameras, rows, columns):
    picture = draw_item([frame(number) for number in range(cameras)], [(100, 60, 40)] * cameras)
    assert picture.shape == (rows * VIEW, columns * TILE, 3) and picture.dtype == np.uint8
    for place in range(rows * columns):
        top, left = VIEW * (place // columns), TILE * (place % columns)
        shown = 100 + 10 * place if place < cameras else BACKGROUND
        assert (picture[top : top + VIEW, left : left + TILE] == shown).all()


def test_a_camera_without_a_frame_keeps_its_place():
    picture = draw_item([None, *[frame(number) for number in range(1, 8)]], [None] * 8)
    assert (picture[:VIEW, :TILE] == BACKGROUND).all()
    assert picture[VIEW + 5, 5, 0] == 140  # the fifth camera's, in the second row


@pytest.fixture
def moments(tmp_path):
    """Two items of cameras whose names are in another order than the rig."""
    cameras = ("top_2", "C10", "C9", "left")
    (tmp_path / "frames").mkdir()
    rows = []
    for item in (1, 2):
        for number, camera in enumerate(cameras):
            row = {"item": item, "camera": camera, "frame_num": 10 * item + number, "sync_index": item}
            rows.append(row | {"det_lbl": 1, "det_prb": 0.99, "box_x": 100, "box_y": 60, "box_size": 40})
            write_image(tmp_path / "frames" / frame_name(camera, 10 * item + number), frame(number))
    pd.DataFrame(rows).to_parquet(tmp_path / "moments.parquet")
    return {"moments": str(tmp_path / "moments.parquet"), "frames": str(tmp_path / "frames")}


def test_views_stand_in_the_rigs_order(moments, tmp_path):
    draw_items(moments["moments"], moments["frames"], str(tmp_path / "items"), 0.95)
    assert sorted(path.name for path in (tmp_path / "items").iterdir()) == ["I0001.jpg", "I0002.jpg"]
    for path in (tmp_path / "items").iterdir():
        picture = read_image(path)
        assert [picture[5, TILE * place + 5, 0] for place in range(4)] == pytest.approx([100, 110, 120, 130], abs=2)


def test_the_job_asks_for_the_units_of_the_scale(moments, tmp_path):
    made = {"sheet": str(tmp_path / "sheet.csv"), "pictures": str(tmp_path / "items")}
    run_script("moments/write_sheet.py", moments, {"units": list(ORBITAL.units), "min_prob": 0.95}, made)
    header = (tmp_path / "sheet.csv").read_text().splitlines()[0]
    assert header == "item,key,coder,eye,bad_image,done,scored_at"
    assert len(list((tmp_path / "items").iterdir())) == 2
