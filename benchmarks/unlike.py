"""Measures how a scorer notices what is unlike its training data: other light, a black coat, and false alarms.

Run by `make bench-unlike` after `make run`. Simulated animals that the scorer has never seen are rendered as they are,
under half and under twice the light, with a black coat, and out of focus. Their faces, cut where they truly are, go
through the scorer's own features. Told is a camera whose faces are farther from the training data than the scorer's
limits, by these features or in words. Prints a table and writes results/benchmarks/unlike.json.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import yaml

from benchmarks.measures import print_measure, write_measures
from squint.domain.seeds import named_generator
from squint.files.images import resize_crop
from squint.jobs.job import progress
from squint.models.scorer import load_packed
from squint.samples.cropping import cut, widen
from squint.scorer.archive import unpacked
from squint.scorer.likeness import describe_crops, judge_camera, read_likeness
from squint.scorer.timeline import abstentions, mean_distance
from squint.simulation.behaviour import simulate_behaviour
from squint.simulation.camera import describe_frame
from squint.simulation.mouse import Animal, sample_animal
from squint.simulation.rendering import Camera, Painter, Scene, sample_scene

OUTPUT = Path("results/benchmarks/unlike.json")
CAMERAS, FRAMES, SECONDS = 6, 12, 48
GOALS = {"as they are": "<= 0.1"}
# What is done to an animal, to a scene, and to a finished picture.
CHANGES: dict[str, tuple[Callable[[Animal], Animal], Callable[[Scene], Scene], Callable[[np.ndarray], np.ndarray]]] = {
    "as they are": (lambda animal: animal, lambda scene: scene, lambda frame: frame),
    "half the light": (lambda a: a, lambda scene: replace(scene, exposure=scene.exposure / 2), lambda f: f),
    "twice the light": (lambda a: a, lambda scene: replace(scene, exposure=scene.exposure * 2), lambda f: f),
    "a black coat": (lambda animal: replace(animal, fur_tone=0.15), lambda scene: scene, lambda frame: frame),
    "out of focus": (lambda animal: animal, lambda scene: scene, lambda f: cv2.GaussianBlur(f, (0, 0), 3.0)),
}


def render_faces(name: str, camera: int, change: str, size: tuple[int, int], image_size: int, seed: int):
    """Crops (n, size, size, 3) of the faces that one camera sees of a new animal, and their boxes' sides in px."""
    of_animal, of_scene, of_picture = CHANGES[change]
    generator = named_generator(seed, "unlike", name, camera)
    lens = Camera(camera, *size, CAMERAS)
    painter = Painter(
        lens,
        of_animal(sample_animal(named_generator(seed, "animal", name))),
        of_scene(sample_scene(named_generator(seed, "scene", name))),
        named_generator(seed, "background", name, camera),
    )
    behaviour = simulate_behaviour(named_generator(seed, "behaviour", name), SECONDS, "pain")
    crops, sides = [], []
    for time_s in np.linspace(0, SECONDS, 4 * FRAMES):
        state = behaviour.at(float(time_s))
        truth = describe_frame(lens, state, True)
        if not truth["face"] or len(crops) == FRAMES:
            continue
        frame = of_picture(painter.expose(painter.paint(state), 1.0, generator))
        box = [float(truth[key]) for key in ("box_x", "box_y", "box_size")]
        crops.append(resize_crop(cut(frame, widen(*box)), image_size))
        sides.append(box[2])
    return np.array(crops, np.uint8).reshape(-1, image_size, image_size, 3), np.array(sides)


def measure(path: str, animals: int, size: tuple[int, int], seed: int, threads: int) -> pd.DataFrame:
    """A row an animal, camera and change: whether it is told, what differs, and the share of faces not scored."""
    rows = []
    with unpacked(path) as parts:
        about = parts.about
        scorer = load_packed(about.settings, parts.networks, parts.extractors, threads)
        likeness = list(map(read_likeness, parts.likeness))
        for change, number, camera in progress(list(product(CHANGES, range(animals), range(CAMERAS))), unit="camera"):
            name = f"UNLIKE{number}"
            crops, sides = render_faces(name, camera, change, size, about.image_size, seed)
            if not len(crops):
                continue
            known = describe_crops(crops, sides)
            known["distance"] = mean_distance(likeness, scorer.features(crops, scorer.inputs(crops)))
            gone = abstentions(known.assign(beyond=0.0), about.limits) != ""
            rows.append(
                {
                    "animal": name,
                    "camera": camera,
                    "change": change,
                    "by_features": bool(known.distance.median() > about.limits["camera_distance"]),
                    "not_scored": float(gone.mean()),
                }
                | judge_camera(known, about.limits)
            )
    return pd.DataFrame(rows)


def main() -> None:
    """Measure, print and write everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scorer", default="", help="default: that of the finished run")
    parser.add_argument("--animals", type=int, default=6, help="new animals (%(default)s)")
    options = parser.parse_args()
    config = yaml.safe_load(Path("config.yaml").read_text())
    path = options.scorer or f"results/scorer/{config['evaluation']['timeline_network']}.squint"
    simulation = config["recordings"]["simulation"]
    table = measure(path, options.animals, (simulation["width"], simulation["height"]), config["seed"] + 1, 2)
    measures = {}
    for change, rows in table.groupby("change", sort=False):
        measures[str(change)] = float(rows.told.mean())
        print_measure(f"cameras told: {change}", rows.told.mean(), GOALS.get(str(change), ""))
        print_measure("  by its features alone", rows.by_features.mean())
        print_measure(f"  faces not scored: {change}", rows.not_scored.mean())
        words = rows.differs[rows.differs != ""].value_counts()
        print(f"  in words: {'; '.join(f'{word} ({many})' for word, many in words.head(3).items()) or 'nothing'}")
    write_measures(OUTPUT, {"told": measures, "cameras": table.to_dict("records")})


if __name__ == "__main__":
    main()
