import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.regions import ANIMAL, CLASSES, EARS, EYES, Region
from squint.files.frames import picture
from squint.files.video import Video
from squint.regions.masks import mark_centres
from squint.simulation.rack import (
    Box,
    build_painter,
    close_eyes,
    make_boxes,
    place_boxes,
    sample_blinks,
    simulate_box,
    simulate_rack,
)
from squint.simulation.rendering import Camera, sample_scene
from squint.simulation.units import SEVEREST


@given(st.integers(1, 4), st.integers(160, 960), st.integers(90, 540))
def test_boxes_stand_apart_within_the_video(count, half_width, half_height):
    width, height = 2 * half_width, 2 * half_height
    boxes = place_boxes(count, width, height)
    assert len(boxes) == count and all(box.fault(width, height) == "" for box in boxes)
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart = one.left + one.width <= other.left or one.top + one.height <= other.top
            assert apart


def test_a_box_stands_where_it_is_told_or_where_the_rack_has_it():
    about = {"animal": "m", "condition": "pain", "coat": "black"}
    boxes = make_boxes(
        [{"name": "1", "region": "", **about}, {"name": "2", "region": "4,6,160,120", **about}], 640, 360
    )
    assert boxes[0].region == place_boxes(2, 640, 360)[0] and boxes[1].region == Region(4, 6, 160, 120)


def test_blinks_are_shorter_than_half_a_second_and_the_lids_close():
    blinks = sample_blinks(np.random.default_rng(0), 600)
    lengths = np.diff(blinks, axis=1)
    assert 60 < len(blinks) < 180 and lengths.min() >= 0.1 and lengths.max() <= 0.4
    times = np.arange(0, 600, 1 / 30)
    units, blinking = close_eyes(np.full((len(times), 5), 0.5), times, blinks)
    assert blinking.any() and np.allclose(units[blinking, 0], SEVEREST) and np.allclose(units[:, 1:], 0.5)
    far = np.abs(times[:, None, None] - blinks).min(axis=(1, 2)) > 0.5
    assert np.allclose(units[far, 0], 0.5)
    same, none = close_eyes(units, times, np.zeros((0, 2)))
    assert same is units and not none.any()


BOXES = [
    Box(str(number), region, f"m{number}", "pain", coat)
    for number, region, coat in ((1, Region(8, 6, 208, 156), "white"), (2, Region(236, 6, 208, 156), "black"))
]


@pytest.fixture(scope="module")
def rack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rack")
    how = {"seed": 3, "width": 480, "height": 270, "fps": 10, "seconds": 5, "mask_every": 5}
    simulate_rack(str(folder / "a.mp4"), str(folder / "a.parquet"), str(folder / "a"), "R1", BOXES, **how)
    return folder


def test_the_truth_has_a_row_a_frame_and_box(rack):
    truth = pd.read_parquet(rack / "a.parquet")
    assert len(truth) == 100 and truth.groupby("region").frame_num.nunique().tolist() == [50, 50]
    assert truth.eye.between(0, 2).all() and truth.eyes.isin([0, 1, 2]).all()
    assert (truth.eye_0_px >= truth.eye_1_px).all()
    assert (truth.eye_0_x.notna() == (truth.eyes > 0)).all()


def test_masks_tell_what_the_video_shows(rack):
    """The animal is brighter or darker than the red card, and eyes lie where the truth has them."""
    truth = pd.read_parquet(rack / "a.parquet").set_index(["frame_num", "region"])
    paths = sorted((rack / "a").iterdir())
    assert [int(path.stem[1:]) for path in paths] == list(range(0, 50, 5))
    with Video(str(rack / "a.mp4")) as video:
        frames = {number: picture(frame) for number, frame in video.read(range(0, 50, 5))}
    shown = set()
    for path in paths:
        number, labels = int(path.stem[1:]), cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert labels.shape == (270, 480) and labels.max() < len(CLASSES)
        shown |= set(np.unique(labels))
        for box, brighter in zip(BOXES, (True, False), strict=True):
            place = np.s_[box.region.top : box.region.top + 156, box.region.left : box.region.left + 208]
            ours, red = labels[place], frames[number][place][..., 0].astype(float)
            apart = red[ours == ANIMAL].mean() - red[ours == 0].mean()
            assert apart > 25 if brighter else apart < -50
            centres = mark_centres(ours == EYES)[:2]
            row = truth.loc[(number, box.name)]
            assert len(centres) == row.eyes
            if centres:
                assert (row.eye_0_x, row.eye_0_y) == pytest.approx(centres[0][:2])
    assert shown == {0, ANIMAL, EARS, EYES}


def test_the_same_seed_renders_the_same(rack, tmp_path):
    how = {"seed": 3, "width": 480, "height": 270, "fps": 10, "seconds": 1, "mask_every": 5}
    for name in ("one", "other"):
        simulate_rack(
            str(tmp_path / f"{name}.mp4"), str(tmp_path / f"{name}.parquet"), str(tmp_path / name), "R1", BOXES, **how
        )
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "other.mp4").read_bytes()


def test_tightening_narrows_the_eye_that_is_seen():
    scene = sample_scene(np.random.default_rng(0))
    painter = build_painter(1, "R1", Box("1", Region(0, 0, 640, 480), "m", "pain", "black"), scene)
    states, _ = simulate_box(1, "R1", Box("1", Region(0, 0, 640, 480), "m", "pain", "black"), np.array([0.0]))
    areas = []
    for score in (0.0, 1.0, 2.0):
        state = {name: values.copy() for name, values in states.items()}
        state["units"][:, 0], state["heading"][:], state["grooming"][:] = score, 0.0, 0.0
        (sight,) = painter.look(state)
        areas.append((painter.label(sight) == EYES).sum())
    assert areas[0] > 1.5 * areas[1] > 2 * areas[2] > 0


def test_a_longer_lens_shows_less():
    near, far = Camera(0, 640, 480, cameras=1), Camera(0, 640, 480, cameras=1, focal_length=3.0)
    points = np.array([[0.0, 1.0, 2.4], [0.0, -1.0, 2.4]])
    widths = [np.ptp(camera.project(points)[0][:, 0]) for camera in (near, far)]
    assert widths[1] == pytest.approx(widths[0] * 3.0 / 1.48)
