"""Renders the simulated faces of a sheet of pictures, each with the action units of its row: a test bed."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from squint.domain.scale import Scale, make_scale
from squint.domain.seeds import named_generator
from squint.errors import InputError
from squint.files.images import write_image
from squint.files.picture_sheets import read_pictures
from squint.jobs.job import job, progress
from squint.simulation.faces import paint_face
from squint.simulation.mouse import sample_animal
from squint.simulation.rendering import Camera, Painter, sample_scene
from squint.simulation.units import SEVEREST, UNITS, drawn_units

WIDTH, HEIGHT = 640, 360  # px of the frame that a face is cut from
SIDEWAYS_DEGREES = 75  # a face is seen from up to so far off its front
JITTER = 0.25  # standard deviation of what is drawn around a whole score
SIZE = 128  # px of a picture


def shown_units(row: pd.Series, scale: Scale, generator: np.random.Generator) -> np.ndarray:
    """The drawn action units of a picture, (5,), around the scores of its row; those not observed as the mean score."""
    values = {}
    for unit in scale.units:
        score = row.score if np.isnan(row[unit]) else row[unit]
        for drawn in drawn_units(unit):
            values.setdefault(drawn, []).append(score * SEVEREST / scale.highest)
    mean = row.score * SEVEREST / scale.highest
    units = np.array([np.mean(values.get(drawn, [mean])) for drawn in UNITS])
    return np.clip(units + generator.normal(0, JITTER, len(units)), 0, SEVEREST)


def simulate_pictures(table: pd.DataFrame, scale: Scale, folder: str, seed: int) -> None:
    """Render the pictures of one set into `folder`."""
    subject, name = table.subject.iloc[0], table.recording.iloc[0]
    painter = Painter(
        Camera(0, WIDTH, HEIGHT),
        sample_animal(named_generator(seed, "animal", subject)),
        sample_scene(named_generator(seed, "scene", name)),
        named_generator(seed, "background", name),
    )
    Path(folder).mkdir(parents=True)
    elsewhere = [path for path in table.path if Path(path).parent != Path(folder)]
    if elsewhere:
        expected = f"files of the simulated set {name} in the folder {Path(folder).name}"
        raise InputError(elsewhere[0], expected, "another folder", "correct column `file` of the sheet of pictures")
    for _, row in progress(list(table.iterrows()), unit="picture"):
        generator = named_generator(seed, "picture", row.file)
        degrees = generator.uniform(-SIDEWAYS_DEGREES, SIDEWAYS_DEGREES)
        face = paint_face(painter, shown_units(row, scale, generator), degrees, generator)
        write_image(Path(row.path), cv2.resize(face, (SIZE, SIZE), interpolation=cv2.INTER_AREA))


if __name__ == "__main__":
    with job(snakemake):
        scale = make_scale(snakemake.params.scale)
        table = read_pictures(snakemake.params.sheet, snakemake.params.folder, scale)
        simulate_pictures(
            table=table[table.recording == snakemake.wildcards.experiment],
            scale=scale,
            folder=snakemake.output.folder,
            seed=snakemake.params.seed,
        )
