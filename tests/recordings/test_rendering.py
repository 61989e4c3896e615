"""Rendered faces: each action unit changes the picture, and the truth tells nothing of the units."""

import numpy as np
import pytest

from scripts.crops.cutting import cut
from scripts.recordings.mouse import draw_animal, head_frame
from scripts.recordings.rendering import Camera, Painter, draw_scene, face_box
from scripts.recordings.simulate_camera import Timing, describe_frame, draw_timing
from scripts.seeds import named_generator


def painter(index=0):
    return Painter(
        Camera(index, 320, 180),
        draw_animal(named_generator(1, "animal")),
        draw_scene(named_generator(1, "scene")),
        named_generator(1, "background"),
    )


def state(heading=0.0, grooming=0.0, units=(0, 0, 0, 0, 0)):
    return {
        "position": np.array([1.0, 0.0]),
        "heading": heading,
        "head_yaw": 0.0,
        "head_pitch": -0.1,
        "grooming": grooming,
        "units": np.array(units, float),
    }


def face(units, heading=0.5):
    mouse = painter()
    return cut(mouse.paint(state(heading, units=units)), face_box(mouse.camera, head_frame(state(heading)))).astype(int)


@pytest.mark.parametrize("unit", range(5))
def test_each_unit_changes_the_face_and_more_with_its_score(unit):
    def changed(score):
        units = np.zeros(5)
        units[unit] = score
        return np.abs(face(units) - face(np.zeros(5))).mean()

    assert 0 == changed(0) < changed(1) < changed(2)


def test_the_box_does_not_tell_the_units():
    camera = Camera(0, 320, 180)
    assert face_box(camera, head_frame(state(units=(0,) * 5))) == face_box(camera, head_frame(state(units=(2,) * 5)))


def test_a_face_is_seen_by_the_cameras_in_front_of_it_only():
    seen = [describe_frame(Camera(i, 320, 180), state(), True)["face"] for i in range(6)]
    assert seen == [True, True, False, False, False, True]
    eyes = [describe_frame(Camera(i, 320, 180), state(), True)["eyes"] for i in range(6)]
    assert eyes == [2, 1, 0, 0, 0, 1]


def test_paws_and_darkness_hide_a_face():
    camera = Camera(0, 320, 180)
    assert describe_frame(camera, state(), True)["face"]
    assert not describe_frame(camera, state(grooming=1.0), True)["face"]
    assert not describe_frame(camera, state(), False)["face"]


def test_the_sensor_adds_noise_and_the_dark_is_dark():
    mouse = painter()
    picture = mouse.paint(state())
    lit = mouse.expose(picture, 1.0, named_generator(1, "sensor"))
    assert lit.shape == (180, 320, 3)
    assert lit.dtype == np.uint8
    assert 0 < np.abs(lit.astype(int) - picture).mean() < 6
    assert mouse.expose(picture, 0.02, named_generator(1, "sensor")).mean() < 10


def test_cameras_start_at_their_own_moment_and_share_the_light():
    timings = [draw_timing(1, "EXP1", camera, 25, 10, 1.5, 50) for camera in ("C1", "C2")]
    assert timings[0].start_s != timings[1].start_s
    assert timings[0].dark == timings[1].dark
    for timing in timings:
        (off_s, on_s), (off_again_s, on_again_s) = timing.dark
        assert timing.start_s < off_s < on_s < off_again_s < on_again_s < timing.time_s(timing.frames - 1)
        assert off_again_s - on_s == pytest.approx(10)
        assert 0 < abs(timing.step_s * 25 - 1) < 50e-6


def test_frames_are_lit_for_a_share_of_their_exposure():
    timing = Timing(start_s=0, step_s=1, dark=((2, 4.25), (8, 9)), frames=12)
    assert [timing.light(number) for number in range(12)] == [1, 1, 0.5, 0, 0.25, 1, 1, 1, 0.5, 0.5, 1, 1]


def test_full_hd_frames_are_the_same_scene_enlarged():
    large = Painter(
        Camera(0, 1920, 1080),
        draw_animal(named_generator(1, "animal")),
        draw_scene(named_generator(1, "scene")),
        named_generator(1, "background"),
    ).paint(state())
    assert large.shape == (1080, 1920, 3)
    boxes = [face_box(Camera(0, *size), head_frame(state())) for size in ((1920, 1080), (320, 180))]
    assert boxes[0][2] / boxes[1][2] == pytest.approx(6, abs=0.1)
    enlarged, small = (
        cut(frame, box).mean() for frame, box in ((large, boxes[0]), (painter().paint(state()), boxes[1]))
    )
    assert enlarged == pytest.approx(small, rel=0.05)
