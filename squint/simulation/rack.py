"""Renders a simulated rack: up to four boxes before a red background in one video, a mouse in each.

After the rack of Kopaczka et al. (section 2.1): one camera, 1080 × 1920 px, 30 frames a second. The truth about each
frame is read by the simulated coder, the segmentation's training set and tests, by nothing else.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd

from squint.domain.regions import EARS, EYES, Region, read_region
from squint.domain.seeds import named_generator
from squint.jobs.job import progress
from squint.regions.masks import mark_centres
from squint.simulation.behaviour import STEP_S, Behaviour, simulate_units, smooth, wander
from squint.simulation.mouse import COVERING_GROOMING, Animal, sample_animal
from squint.simulation.rendering import NOISE_OFFSETS, Camera, Painter, Scene, sample_scene
from squint.simulation.units import SEVEREST, UNITS

FOCAL_LENGTH = 3.5  # in widths of a box: 10 cm fill it
ASPECT = 4 / 3  # of a box
BOX_SHARE = 1 / 3  # of the video's width, two boxes side by side
TURNED_AWAY = 0.12  # share of the time in which the animal shows its back
BLINKS_S = 5.0  # mean time from one blink to the next
BLINK_S = (0.1, 0.4)  # how long the eyes are closed
LID_S = 1 / 30  # how long the lids take


@dataclass(frozen=True)
class Box:
    """A box of a rack: where it is, and who sits in it."""

    name: str
    region: Region
    animal: str
    condition: str
    coat: str


def place_boxes(count: int, width: int, height: int) -> list[Region]:
    """Where the boxes of a rack are in a video of `width` by `height` px: two side by side, in two rows."""
    across = round(width * BOX_SHARE) // 2 * 2
    down = min(round(across / ASPECT), round(height * 0.46)) // 2 * 2
    left, top = ((whole - 2 * part) // 6 * 2 for whole, part in ((width, across), (height, down)))
    places = [
        Region(left + column * (left + across), top + row * (top + down), across, down)
        for row in (0, 1)
        for column in (0, 1)
    ]
    return places[:count]


def make_boxes(boxes: list[dict], width: int, height: int) -> list[Box]:
    """The boxes of plain data (`RegionPlan.simulation`); one whose region is empty stands where the rack has it."""
    places = place_boxes(len(boxes), width, height)
    return [
        Box(
            name=box["name"],
            region=read_region(box["region"]) if box["region"] else place,
            animal=box["animal"],
            condition=box["condition"],
            coat=box["coat"],
        )
        for box, place in zip(boxes, places, strict=True)
    ]


def simulate_boxed(generator: np.random.Generator, duration_s: float, condition: str) -> Behaviour:
    """A mouse in a small box for `duration_s` seconds: it sits and looks about, turns away at times, and grooms."""
    steps = int(np.ceil(duration_s / STEP_S)) + 2
    units = simulate_units(generator, steps, condition)
    heading = 0.75 * wander(generator, steps, 4.0)[:, 0] + generator.choice([-0.3, 0.3])
    position = np.array([-1.2, 0.0]) + 0.4 * wander(generator, steps, 6.0, 2)
    grooming = np.zeros(steps)
    step = int(generator.uniform(1, 5) / STEP_S)
    while step < steps:
        length = int(generator.uniform(1.5, 4) / STEP_S)
        if generator.uniform() < TURNED_AWAY / (TURNED_AWAY + 0.1):
            heading[step : step + length] += generator.choice([-1, 1]) * 2.6
        else:
            grooming[step : step + length] = 1
        step += length + int(generator.exponential(length / (TURNED_AWAY + 0.1) * STEP_S) / STEP_S) + 1
    sway = wander(generator, steps, 1.5, 2)
    return Behaviour(
        position=smooth(position, 0.5),
        heading=smooth(heading, 0.6),
        head_yaw=np.clip(0.2 * smooth(sway[:, 0], 0.5), -0.5, 0.5),
        head_pitch=np.clip(-0.1 + 0.1 * smooth(sway[:, 1], 0.5), -0.4, 0.25),
        grooming=smooth(grooming, 0.4),
        units=units,
    )


def sample_blinks(generator: np.random.Generator, duration_s: float) -> np.ndarray:
    """When an animal blinks, (n, 2): from and to, in s."""
    starts = np.cumsum(generator.exponential(BLINKS_S, int(duration_s / BLINKS_S * 3) + 8))
    starts = starts[starts < duration_s]
    return np.column_stack([starts, starts + generator.uniform(*BLINK_S, len(starts))])


def close_eyes(units: np.ndarray, times_s: np.ndarray, blinks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Units (n, 5) with the eyes closed in blinks, and whether each of n times is in one."""
    if not len(blinks):
        return units, np.zeros(len(times_s), bool)
    middle, half = blinks.mean(axis=1), np.diff(blinks, axis=1)[:, 0] / 2
    beyond = np.abs(times_s[:, None] - middle) - half  # s beyond the nearest blink's ends
    shut = np.clip(1 - beyond.min(axis=1) / LID_S, 0, 1)
    closed = units.copy()
    closed[:, 0] += shut * (SEVEREST - closed[:, 0])
    return closed, beyond.min(axis=1) <= 0


def draw_box(camera: Camera, generator: np.random.Generator) -> np.ndarray:
    """A box before red card, float32 RGB of the frame's shape: its floor, its edges, light from above."""
    height, width = camera.height, camera.width
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    columns = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    image = np.array([164, 38, 42], np.float32) * (1.02 - 0.12 * rows) * (1 - 0.07 * columns * columns)
    image = np.broadcast_to(image, (height, width, 3)).astype(np.float32)
    floor = int(height * generator.uniform(0.66, 0.7))
    image[floor:] *= np.array([0.9, 1.0, 1.0], np.float32)
    image[floor : floor + max(1, height // 160)] *= 0.86
    texture = cv2.resize(generator.normal(0, 2.5, (height // 6, width // 6)).astype(np.float32), (width, height))
    image += texture[:, :, None]
    edge = max(2, width // 120)
    for side in (np.s_[:edge], np.s_[-edge:], np.s_[:, :edge], np.s_[:, -edge:]):
        image[side] = image[side] * 0.6 + 36
    return image


def build_painter(seed: int, rack: str, box: Box, scene: Scene) -> Painter:
    """What draws the animal of a box."""
    lens = Camera(0, box.region.width, box.region.height, cameras=1, focal_length=FOCAL_LENGTH)
    animal: Animal = replace(sample_animal(named_generator(seed, "animal", box.animal)), coat=box.coat)
    return Painter(lens, animal, scene, named_generator(seed, "background", rack, box.name), draw_box)


def simulate_box(
    seed: int, rack: str, box: Box, times_s: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """States of a box's animal at some times (see `Behaviour.at`), and the truth about each: units, blinks, paws."""
    duration_s = float(times_s[-1]) + 1
    behaviour = simulate_boxed(named_generator(seed, "behaviour", rack, box.name), duration_s, box.condition)
    states = behaviour.at(times_s)
    open_units = states["units"]
    blinks = sample_blinks(named_generator(seed, "blinks", rack, box.name), duration_s)
    states["units"], blinking = close_eyes(open_units, times_s, blinks)
    truth = {name: open_units[:, number] for number, name in enumerate(UNITS)}
    return states, truth | {"blink": blinking, "paws": states["grooming"] > COVERING_GROOMING}


def draw_surroundings(height: int, width: int, generator: np.random.Generator) -> np.ndarray:
    """The light tent around the boxes, uint8 RGB."""
    columns = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    image = np.array([138, 38, 40], np.float32) * (1 - 0.12 * columns * columns) * np.ones((height, 1, 1), np.float32)
    folds = cv2.resize(
        generator.normal(0, 6, (9, 16)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    return cv2.GaussianBlur(np.clip(image + folds[:, :, None], 0, 255).astype(np.uint8), (0, 0), 1.0)


def simulate_rack(
    video_path: str,
    truth_path: str,
    masks_path: str,
    rack: str,
    boxes: list[Box],
    seed: int,
    width: int,
    height: int,
    fps: float,
    seconds: float,
    mask_every: int,
) -> None:
    """Write the video of a rack, the truth about it, one row a frame and box, and its label images.

    Label images (see CLASSES) are PNGs of whole frames in the folder `masks_path`, of every `mask_every`-th frame.
    """
    times_s = np.arange(round(seconds * fps)) / fps
    scene = sample_scene(named_generator(seed, "scene", rack))
    painters = [build_painter(seed, rack, box, scene) for box in boxes]
    simulated = [simulate_box(seed, rack, box, times_s) for box in boxes]
    sensor = named_generator(seed, "sensor", rack)
    offsets = sensor.integers(0, NOISE_OFFSETS, (len(times_s), len(boxes), 2)).tolist()
    still = draw_surroundings(height, width, sensor)
    rows = []
    Path(masks_path).mkdir(parents=True)
    with av.open(video_path, "w", options={"movflags": "faststart"}) as container:
        rate = Fraction(fps).limit_denominator(1001)
        options = {"preset": "ultrafast", "crf": "20", "threads": "1"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in progress(range(len(times_s)), desc=rack, unit="frame"):
            picture, labels = still.copy(), None
            if number % mask_every == 0:
                labels = np.zeros((height, width), np.uint8)
            for index, (box, painter, (states, truth)) in enumerate(zip(boxes, painters, simulated, strict=True)):
                (sight,) = painter.look({name: values[number : number + 1] for name, values in states.items()})
                place = np.s_[
                    box.region.top : box.region.top + box.region.height,
                    box.region.left : box.region.left + box.region.width,
                ]
                picture[place] = painter.add_noise(painter.draw(sight), 1.0, *offsets[number][index])
                shown = painter.label(sight)
                if labels is not None:
                    labels[place] = shown
                eyes = mark_centres(shown == EYES)[:2]
                about = {"rack": rack, "region": box.name, "frame_num": number, "time_s": times_s[number]}
                about |= {name: values[number] for name, values in truth.items()}
                about |= {"eyes": len(eyes), "ear_px": int((shown == EARS).sum())}
                for side in range(2):
                    x, y, area = eyes[side] if side < len(eyes) else (np.nan, np.nan, 0)
                    about |= {f"eye_{side}_x": x, f"eye_{side}_y": y, f"eye_{side}_px": area}
                rows.append(about)
            if labels is not None:
                cv2.imwrite(str(Path(masks_path) / f"F{number:06d}.png"), labels)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    pd.DataFrame(rows).to_parquet(truth_path, index=False)
