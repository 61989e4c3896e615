"""Rendered faces: each action unit changes the picture, and the truth tells nothing of the units."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from squint.domain.seeds import named_generator
from squint.samples.cropping import cut
from squint.simulation.behaviour import simulate_behaviour
from squint.simulation.camera import Timing, describe_frame, sample_timing
from squint.simulation.mouse import head_frame, sample_animal
from squint.simulation.rendering import (
    BLEND_CM,
    CAST_TOGETHER,
    FAR,
    MISSED,
    Camera,
    Painter,
    add_highlight,
    cast,
    face_box,
    melt,
    sample_scene,
)


def painter(index=0):
    return Painter(
        Camera(index, 320, 180),
        sample_animal(named_generator(1, "animal")),
        sample_scene(named_generator(1, "scene")),
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


@pytest.mark.parametrize("cameras", [1, 2, 3, 4, 6, 8, 12])
def test_cameras_stand_around_the_animal_at_equal_angles(cameras):
    places = [Camera(index, 320, 180, cameras).location for index in range(cameras)]
    assert places[0] == pytest.approx(Camera(0, 320, 180).location)
    turned = np.unwrap([np.arctan2(y, x) for x, y, _ in [*places, places[0]]])
    assert np.diff(turned) % (2 * np.pi) == pytest.approx(np.full(cameras, 2 * np.pi / cameras) % (2 * np.pi), abs=1e-9)
    assert len({round(float(np.hypot(x, y)), 6) for x, y, _ in places}) == 1
    assert len({round(float(z), 6) for *_, z in places}) == 1


@pytest.mark.parametrize(("cameras", "seeing"), [(1, [0]), (2, [0]), (4, [0]), (8, [0, 1, 7]), (12, [0, 1, 2, 10, 11])])
def test_a_face_is_seen_by_those_cameras_of_any_rig_that_are_in_front_of_it(cameras, seeing):
    seen = [describe_frame(Camera(i, 320, 180, cameras), state(), True)["face"] for i in range(cameras)]
    assert [index for index, face in enumerate(seen) if face] == seeing


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
    timings = [sample_timing(1, "EXP1", camera, 25, 10, 1.5, 50) for camera in ("C1", "C2")]
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
        sample_animal(named_generator(1, "animal")),
        sample_scene(named_generator(1, "scene")),
        named_generator(1, "background"),
    ).paint(state())
    assert large.shape == (1080, 1920, 3)
    boxes = [face_box(Camera(0, *size), head_frame(state())) for size in ((1920, 1080), (320, 180))]
    assert boxes[0][2] / boxes[1][2] == pytest.approx(6, abs=0.1)
    enlarged, small = (
        cut(frame, box).mean() for frame, box in ((large, boxes[0]), (painter().paint(state()), boxes[1]))
    )
    assert enlarged == pytest.approx(small, rel=0.05)


def ellipsoids(generator, count):
    """Ellipsoids of any form and place as one camera sees them, each in a window that may miss it."""
    turns = np.linalg.qr(generator.normal(size=(count, 3, 3)))[0]
    axes = turns * np.exp(generator.uniform(np.log(0.08), np.log(3), (count, 1, 3)))
    starts = generator.integers(0, 300, (count, 2))
    sizes = generator.integers(1, 90, (count, 2))
    inverse = np.linalg.inv(axes @ axes.transpose(0, 2, 1)).astype(np.float32)
    centres = (starts + sizes * generator.uniform(-0.5, 1.5, (count, 2))).astype(np.float32)
    depths = generator.uniform(25, 45, count).astype(np.float32)
    scales = generator.uniform(10, 80, count).astype(np.float32)
    sight = SimpleNamespace(
        inverse=inverse,
        centres=centres,
        depths=depths,
        scales=scales,
        starts=starts.astype(np.float32),
        windows=np.concatenate([starts, starts + sizes], axis=1).tolist(),
    )
    return sight, [
        near_surface(*of_one) for of_one in zip(inverse, centres, depths, scales, starts, sizes, strict=True)
    ]


def near_surface(shape, centre, depth, scale, start, size):
    """The formula of `cast`, as it stands in textbooks."""
    columns, rows = (np.arange(low, low + length, dtype=np.float32) for low, length in zip(start, size, strict=True))
    x = ((columns - centre[0]) / scale)[None, :]
    y = ((rows - centre[1]) / scale)[:, None]
    linear = shape[0, 2] * x + shape[1, 2] * y
    constant = shape[0, 0] * x * x + (2 * shape[0, 1]) * (x * y) + (shape[1, 1] * y * y - 1)
    discriminant = linear * linear - shape[2, 2] * constant
    surface = depth - (linear + np.sqrt(np.maximum(discriminant, 0))) / shape[2, 2]
    return np.where(discriminant > 0, surface, np.float32(MISSED))


@effort(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_ellipsoids_are_cast_to_the_last_bit_whatever_is_cast_with_them(seed, count):
    sight, surfaces = ellipsoids(np.random.default_rng(seed), count)
    chosen = list(range(0, count, 2))
    for index, surface in zip(chosen, cast(sight, chosen), strict=True):
        np.testing.assert_array_equal(surface, surfaces[index])


def test_small_windows_are_cast_together_and_large_ones_alone():
    sight, surfaces = ellipsoids(np.random.default_rng(1), 20)
    areas = [surface.size for surface in surfaces]
    assert min(areas) < CAST_TOGETHER < max(areas)
    assert any((surface < MISSED).any() for surface in surfaces)
    for surface, expected in zip(cast(sight, list(range(20))), surfaces, strict=True):
        np.testing.assert_array_equal(surface, expected)


@effort(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 30))
def test_fur_melts_where_it_meets_and_nowhere_else(seed, height, width):
    generator = np.random.default_rng(seed)
    first, second = generator.uniform(30, 32, (2, height, width)).astype(np.float32)
    first[generator.random((height, width)) < 0.3] = FAR
    second[generator.random((height, width)) < 0.3] = MISSED
    depth = np.full((height + 2, width + 2), 31, np.float32)
    depth[1:-1, 1:-1] = first
    melt(depth[1:-1, 1:-1], second, BLEND_CM)
    closeness = np.maximum(BLEND_CM - np.abs(first - second), 0)
    expected = np.minimum(first, second) - closeness * closeness * (0.25 / BLEND_CM)
    np.testing.assert_array_equal(depth[1:-1, 1:-1], expected)
    depth[1:-1, 1:-1] = 31
    assert (depth == 31).all()


@effort(deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=7, max_size=7), min_size=1, max_size=9))
def test_an_eyes_highlight_lies_above_its_middle(mask):
    front = np.array(mask)
    if not front.any():
        return
    colour = np.zeros((*front.shape, 3), np.float32)
    add_highlight(colour, np.where(front, 255, 0).astype(np.uint8))
    rows, columns = np.nonzero(front)
    y, x = np.quantile(rows, 0.22), np.median(columns)
    all_rows, all_columns = np.indices(front.shape)
    near = front & (np.abs(all_rows - y) < 1) & (np.abs(all_columns - x) < 1)
    np.testing.assert_array_equal(colour, np.where(near[:, :, None], 70, [0, 0, 0]))


def test_many_moments_are_what_each_is_by_itself():
    behaviour = simulate_behaviour(named_generator(4, "behaviour"), 40, "pain")
    assert 0 < (behaviour.grooming > 0.5).mean() < 1  # with paws on the floor and on the face
    times_s = np.arange(0, 40, 2.3)
    states = behaviour.at(times_s)
    lit = np.arange(len(times_s)) % 3 > 0
    for index in (0, 4):
        mouse = painter(index)
        truth = describe_frame(mouse.camera, states, lit)
        for number, sight in enumerate(mouse.look(states)):
            state = behaviour.at(times_s[number])
            np.testing.assert_array_equal(mouse.draw(sight), mouse.paint(state))
            for name, value in describe_frame(mouse.camera, state, lit[number]).items():
                assert float(truth[name][number]) == pytest.approx(float(value))
