"""Renders one camera of a simulated recording: an H.264 file, and the truth about each of its frames.

All cameras of a recording see the same animal and the same light; each starts at its own moment.
The truth is read by the simulated coder, the detector's training set and tests, by nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
import pandas as pd

from squint.domain.seeds import named_generator
from squint.jobs.job import progress
from squint.simulation.behaviour import simulate_behaviour
from squint.simulation.mouse import COVERING_GROOMING, EYE_TURN, head_frame, sample_animal
from squint.simulation.rendering import (
    NOISE_OFFSETS,
    ONE_EYE_VIEW,
    WIDEST_VIEW,
    Camera,
    Painter,
    face_box,
    sample_scene,
)
from squint.simulation.units import UNITS

LATEST_START_S = 1.5  # cameras are switched on by hand, one after the other
BRIGHT_S = 0.5  # of light before it goes off, at least
END_S = 1.0  # of light after it has come on for the last time, at least
DARK_LIGHT = 0.02  # light that is left in the dark
FULLY_LIT = 0.99  # of a frame's exposure
BLOCK = 16  # frames
# Paws hide the face while the mouse grooms more than this.
HIDING_GROOMING = 0.4
# From this angle between the snout and the camera on, neither eye looks this way.
EYELESS_VIEW = np.pi / 2 + EYE_TURN


@dataclass(frozen=True)
class Timing:
    """When things happen in a recording, in s from an arbitrary zero."""

    start_s: float  # the middle of this camera's first exposure
    step_s: float  # from one of its frames to the next, by its own clock
    dark: tuple[tuple[float, float], ...]  # when the light goes off and comes on again
    frames: int
    exposure: float = 1.0  # share of a frame's time in which it collects light

    def time_s(self, number: Any) -> Any:
        """The middle of a frame's exposure."""
        return self.start_s + number * self.step_s

    def light(self, number: int) -> float:
        """Share of a frame's exposure that is lit."""
        middle, length = self.time_s(number), self.exposure * self.step_s
        dark = [max(0.0, min(middle + length / 2, on_s) - max(middle - length / 2, off_s)) for off_s, on_s in self.dark]
        return 1.0 - sum(dark) / length


def sample_timing(
    seed: int, experiment: str, camera: str, fps: float, seconds: float, dark_seconds: float, clock_ppm: float
) -> Timing:
    """The light's schedule, shared by all cameras, with the start and the clock of `camera`.

    The light goes off twice, at the start and `seconds` after it came on again. A camera's clock is up to
    `clock_ppm` parts per million fast or slow.
    """
    start_s = named_generator(seed, "start", experiment, camera).uniform(0, LATEST_START_S)
    light = named_generator(seed, "light", experiment)
    off_s = LATEST_START_S + BRIGHT_S
    on_s = off_s + dark_seconds * light.uniform(0.8, 1.2)
    off_again_s = on_s + seconds
    on_again_s = off_again_s + dark_seconds * light.uniform(0.8, 1.2)
    end_s = on_again_s + END_S + named_generator(seed, "end", experiment, camera).uniform(0, 0.5)
    error = named_generator(seed, "clock", experiment, camera).uniform(-clock_ppm, clock_ppm)
    step_s = (1 + error * 1e-6) / fps
    dark = ((off_s, on_s), (off_again_s, on_again_s))
    return Timing(start_s, step_s, dark, int((end_s - start_s) / step_s))


def describe_frame(camera: Camera, state: dict, lit: np.ndarray | bool) -> dict[str, np.ndarray]:
    """The truth about one frame or many, each with a state: face box in px, what hides the face, action units.

    `face`: there is one to be found; `hidden`: neither eye can be seen. With paws on their way to the eyes it is
    `doubtful` which.
    """
    head = head_frame(state)
    view = camera.view_angle(head)
    x, y, size = face_box(camera, head)
    inside = (x >= 0) & (y >= 0) & (x + size <= camera.width) & (y + size <= camera.height)
    by_paws = state["grooming"] > HIDING_GROOMING
    covered = np.logical_not(lit) | (state["grooming"] > COVERING_GROOMING)
    angle = np.abs(view)
    return {
        "face": lit & (angle < WIDEST_VIEW) & np.logical_not(by_paws) & inside,
        "hidden": covered | (angle > EYELESS_VIEW),
        "doubtful": by_paws & ~covered,
        "hidden_by_paws": by_paws,
        "eyes": np.select([angle > WIDEST_VIEW, angle < ONE_EYE_VIEW], [0, 2], 1),
        "view_degrees": np.degrees(view),
        "box_x": x,
        "box_y": y,
        "box_size": size,
        **dict(zip(UNITS, np.moveaxis(state["units"], -1, 0), strict=True)),
    }


def take_frames(
    painter: Painter, states: dict, light: np.ndarray, sensor: np.random.Generator
) -> Iterator[av.VideoFrame]:
    """The frames of a mouse in `states`, exposed under `light` (0 to 1, one entry a frame).

    Frames are made in blocks: what lies in a processor's caches for one is still there for the next, and not after the
    encoder has run.
    """
    noise_offsets = sensor.integers(0, NOISE_OFFSETS, (len(light), 2)).tolist()
    shown = np.where(light > FULLY_LIT, 1.0, DARK_LIGHT + (1 - DARK_LIGHT) * light).tolist()
    for first in range(0, len(light), BLOCK):
        block = range(first, min(first + BLOCK, len(light)))
        sights = painter.look({name: values[first : block.stop] for name, values in states.items()})
        # In the dark the picture is noise around black, with or without a mouse in it.
        pictures = [
            painter.draw(s) if light[number] > 0 else painter.still for number, s in zip(block, sights, strict=True)
        ]
        frames = []
        for number, picture in zip(block, pictures, strict=True):
            picture = painter.add_noise(picture, shown[number], *noise_offsets[number])
            # The encoder reads the planes where they are.
            planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420)
            frames.append(av.VideoFrame.from_numpy_buffer(planes, format="yuv420p"))  # pyright: ignore[reportArgumentType]
            frames[-1].pts = number
        yield from frames


def simulate_camera(
    video_path: str,
    truth_path: str,
    experiment: str,
    subject: str,
    condition: str,
    camera: str,
    cameras: list[str],
    seed: int,
    width: int,
    height: int,
    fps: float,
    seconds: float,
    dark_seconds: float,
    clock_ppm: float,
) -> None:
    """Write the video of `camera`, one of `cameras` around the animal, and its truth, one row a frame."""
    timing = sample_timing(seed, experiment, camera, fps, seconds, dark_seconds, clock_ppm)
    end_s = timing.dark[1][1] + END_S + 1
    behaviour = simulate_behaviour(named_generator(seed, "behaviour", experiment), end_s, condition)
    lens = Camera(cameras.index(camera), width, height, len(cameras))
    painter = Painter(
        lens,
        sample_animal(named_generator(seed, "animal", subject)),
        sample_scene(named_generator(seed, "scene", experiment)),
        named_generator(seed, "background", experiment, camera),
    )
    sensor = named_generator(seed, "sensor", experiment, camera)
    rate = Fraction(fps).limit_denominator(1001)
    numbers = np.arange(timing.frames)
    times_s, light = timing.time_s(numbers), np.array([timing.light(number) for number in range(timing.frames)])
    lit = light > FULLY_LIT
    states = behaviour.at(times_s)
    with av.open(video_path, "w", options={"movflags": "faststart"}) as container:
        # One thread and no wall-clock metadata, so that two runs write the same bytes.
        stream = container.add_stream(
            "libx264", rate=rate, options={"preset": "ultrafast", "crf": "22", "threads": "1"}
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        frames = take_frames(painter, states, light, sensor)
        for frame in progress(frames, total=timing.frames, desc=f"{experiment} {camera}", unit="frame"):
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    columns = {"experiment": experiment, "camera": camera, "frame_num": numbers, "time_s": times_s}
    table = pd.DataFrame(columns | {"lit": lit, "light": light} | describe_frame(lens, states, lit))
    # The first frame that is lit for at least half of its exposure.
    table["sync_frame"] = int(table.frame_num[table.time_s >= timing.dark[0][1]].min())
    table.to_parquet(truth_path, index=False)
