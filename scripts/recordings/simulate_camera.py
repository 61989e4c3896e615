"""Renders one camera of a simulated recording: an H.264 file, and the truth about each of its frames.

All six cameras of a recording see the same animal and the same light; each starts at its own moment.
The truth is read by the simulated coder, the detector's training set and tests, by nothing else.
"""

from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
import pandas as pd

from scripts.grimace import ACTION_UNITS, CAMERAS
from scripts.job import job, progress
from scripts.recordings.behaviour import simulate_behaviour
from scripts.recordings.mouse import draw_animal, head_frame
from scripts.recordings.rendering import ONE_EYE_VIEW, WIDEST_VIEW, Camera, Painter, draw_scene, face_box
from scripts.seeds import named_generator

LATEST_START_S = 1.5  # cameras are switched on by hand, one after the other
BRIGHT_S = 0.5  # of light before it goes off, at least
DARK_LIGHT = 0.02  # light that is left in the dark
# Paws hide the face while the mouse grooms more than this.
HIDING_GROOMING = 0.4


@dataclass(frozen=True)
class Timing:
    """When things happen in a recording, in s from an arbitrary zero."""

    start_s: float  # this camera's first frame
    dark_from_s: float
    bright_from_s: float  # the light comes on again: the synchronising event
    frames: int


def draw_timing(seed: int, experiment: str, camera: str, fps: float, seconds: float, dark_seconds: float) -> Timing:
    """The light's schedule, shared by all cameras, and the start of `camera`."""
    start_s = named_generator(seed, "start", experiment, camera).uniform(0, LATEST_START_S)
    dark_from_s = LATEST_START_S + BRIGHT_S
    bright_from_s = dark_from_s + dark_seconds * named_generator(seed, "light", experiment).uniform(0.8, 1.2)
    end_s = bright_from_s + seconds + named_generator(seed, "end", experiment, camera).uniform(0, 0.5)
    return Timing(start_s, dark_from_s, bright_from_s, int((end_s - start_s) * fps))


def describe_frame(camera: Camera, state: dict, lit: bool) -> dict:
    """The truth about one frame: face box in px, what hides the face, action units."""
    head = head_frame(state)
    view = camera.view_angle(head)
    x, y, size = face_box(camera, head)
    inside = x >= 0 and y >= 0 and x + size <= camera.width and y + size <= camera.height
    hidden = bool(state["grooming"] > HIDING_GROOMING)
    return {
        "face": lit and abs(view) < WIDEST_VIEW and not hidden and inside,
        "hidden_by_paws": hidden,
        "eyes": 0 if abs(view) > WIDEST_VIEW else 2 if abs(view) < ONE_EYE_VIEW else 1,
        "view_degrees": float(np.degrees(view)),
        "box_x": x,
        "box_y": y,
        "box_size": size,
        **dict(zip(ACTION_UNITS, map(float, state["units"]), strict=True)),
    }


def simulate_camera(
    video_path: str,
    truth_path: str,
    experiment: str,
    subject: str,
    condition: str,
    camera: str,
    seed: int,
    width: int,
    height: int,
    fps: float,
    seconds: float,
    dark_seconds: float,
) -> None:
    """Write the video of `camera` and its truth, one row a frame."""
    timing = draw_timing(seed, experiment, camera, fps, seconds, dark_seconds)
    behaviour = simulate_behaviour(
        named_generator(seed, "behaviour", experiment), timing.bright_from_s + seconds + 1, condition
    )
    lens = Camera(CAMERAS.index(camera), width, height)
    painter = Painter(
        lens,
        draw_animal(named_generator(seed, "animal", subject)),
        draw_scene(named_generator(seed, "scene", experiment)),
        named_generator(seed, "background", experiment, camera),
    )
    sensor = named_generator(seed, "sensor", experiment, camera)
    rate = Fraction(fps).limit_denominator(1001)
    truth = []
    with av.open(video_path, "w", options={"movflags": "faststart"}) as container:
        # One thread and no wall-clock metadata, so that two runs write the same bytes.
        stream = container.add_stream(
            "libx264", rate=rate, options={"preset": "ultrafast", "crf": "22", "threads": "1"}
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in progress(range(timing.frames), desc=f"{experiment} {camera}", unit="frame"):
            time_s = timing.start_s + number / fps
            lit = not timing.dark_from_s <= time_s < timing.bright_from_s
            state = behaviour.at(time_s)
            # In the dark the picture is noise around black, with or without a mouse in it.
            picture = painter.paint(state) if lit else painter.still
            picture = painter.expose(picture, 1.0 if lit else DARK_LIGHT, sensor)
            frame = av.VideoFrame.from_ndarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), format="yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
            row = {"experiment": experiment, "camera": camera, "frame_num": number, "time_s": time_s}
            truth.append(row | {"lit": lit} | describe_frame(lens, state, lit))
        container.mux(stream.encode())
    table = pd.DataFrame(truth)
    table["sync_frame"] = int(table.frame_num[table.time_s >= timing.bright_from_s].min())
    table.to_parquet(truth_path, index=False)


if __name__ == "__main__":
    with job(snakemake):
        simulate_camera(snakemake.output.video, snakemake.output.truth, **snakemake.params.simulation)
