"""Draws the simulated mouse's face with each action unit at 0, 1 and 2, from three sides."""

import cv2
import numpy as np

from squint.domain.seeds import named_generator
from squint.jobs.job import job
from squint.presentation.figures import plt, save_figure
from squint.simulation.faces import paint_face
from squint.simulation.mouse import sample_animal
from squint.simulation.rendering import Camera, Painter, sample_scene
from squint.simulation.units import SEVEREST, UNITS

VIEWS = {"front": 0, "oblique": 38, "near profile": 72}
SIZE = 160
ALL = "all five"


def draw_action_units(
    path: str, width: int, height: int, subject: str, experiment: str, camera: str, seed: int
) -> None:
    """Write the grid for one animal and recording, at the simulated recordings' own frame size."""
    painter = Painter(
        Camera(0, width, height),
        sample_animal(named_generator(seed, "animal", subject)),
        sample_scene(named_generator(seed, "scene", experiment)),
        named_generator(seed, "background", experiment, camera),
    )
    generator = named_generator(seed, "action units figure")
    rows = [*UNITS, ALL]
    figure, axes = plt.subplots(len(rows), (SEVEREST + 1) * len(VIEWS), figsize=(10, 7))
    for row, unit in enumerate(rows):
        for column, (view, degrees) in enumerate(VIEWS.items()):
            for score in range(SEVEREST + 1):
                cell = axes[row, (SEVEREST + 1) * column + score]
                units = (
                    np.full(len(UNITS), float(score))
                    if unit == ALL
                    else np.where(np.array(list(UNITS)) == unit, float(score), 0.0)
                )
                face = paint_face(painter, units, degrees, generator)
                cell.imshow(cv2.resize(face, (SIZE, SIZE), interpolation=cv2.INTER_AREA))
                cell.set_xticks([])
                cell.set_yticks([])
                cell.spines[:].set_visible(False)
                if row == 0:
                    cell.set_title(f"{view}: {score}" if score == 0 else str(score), loc="center", fontsize=9)
        axes[row, 0].set_ylabel(UNITS.get(unit, unit).replace(" ", "\n"))
    figure.set_constrained_layout_pads(w_pad=0.01, h_pad=0.01, wspace=0.01, hspace=0.01)  # pyright: ignore[reportAttributeAccessIssue]
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_action_units(snakemake.output.figure, **snakemake.params.animal)
