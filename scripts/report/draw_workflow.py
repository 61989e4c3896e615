"""Draws the workflow: its stages, what passes between them, and where people come in."""

import math

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from squint.jobs.job import job
from squint.presentation.figures import BLUE, GREEN, GREY, ORANGE, plt, save_figure

# Stage, what it makes, who or what else takes part in it.
STAGES = [
    ("recordings", "probe records,\nsync frames", "videos of all cameras"),
    ("faces", "face detector,\ndetections", "annotated frames"),
    ("moments", "selected moments,\nblinded sheets, labels", "an expert's scores"),
    ("crops", "ORGN, CORR,\nSYMM, AUGM", "an expert's\ncorrections"),
    ("pictures", "labelled pictures\nas images", "pictures\nand their sheet"),
    ("datasets", "image stores,\nfolds", ""),
    ("networks", "features, models,\npredictions", "networks and studies\nin the config"),
    ("evaluation", "metrics, choices,\nintervals, agreement", ""),
    ("scorers", "calibration,\none file to take away", ""),
    ("tables", "one rule\na table", ""),
    ("figures", "one rule a figure,\nthe report", ""),
    ("timelines", "curves of\nnew recordings", "a scorer from elsewhere"),
]
COLUMNS = 6
WIDTH, HEIGHT, STEP = 1.62, 1.0, 1.95
DROP = 2.45  # from a row to the next
PAD = 0.04  # by which a box is larger


def place_of(index: int) -> tuple[float, float]:
    """Left and bottom of a stage's box."""
    return index % COLUMNS * STEP, -(index // COLUMNS) * DROP


def draw_arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour})


def draw_stage(axes: Axes, index: int) -> None:
    """A stage's box with what it makes, and above it who or what else takes part."""
    (stage, makes, taken), (left, bottom) = STAGES[index], place_of(index)
    middle, shape = left + WIDTH / 2, f"round,pad={PAD},rounding_size=0.12"
    axes.add_patch(FancyBboxPatch((left, bottom), WIDTH, HEIGHT, boxstyle=shape, fc="white", ec=BLUE, lw=1.4))
    axes.text(middle, bottom + 0.8, stage, ha="center", va="center", weight="bold", color=BLUE, fontsize=10)
    axes.text(middle, bottom + 0.34, makes, ha="center", va="center", fontsize=8)
    if taken:
        colour = ORANGE if "expert" in taken or "annotated" in taken else GREEN
        axes.text(middle, bottom + 1.7, taken, ha="center", va="center", fontsize=8, color=colour, weight="bold")
        draw_arrow(axes, (middle, bottom + 1.5), (middle, bottom + 1.08), colour)


def draw_way(axes: Axes, index: int) -> None:
    """The arrow from the stage before to a stage, at the start of a row around its left end."""
    (left, bottom), (before, above) = place_of(index), place_of(index - 1)
    start, end = (before + WIDTH + 0.07, above + HEIGHT / 2), (left - 0.06, bottom + HEIGHT / 2)
    if above != bottom:
        turn, edge = above - 0.22, left - 0.35
        axes.plot([before + WIDTH / 2] * 2 + [edge] * 2, [above - PAD, turn, turn, end[1]], color=GREY, lw=1)
        start = edge, end[1]
    draw_arrow(axes, start, end, GREY)


def draw_workflow(path: str) -> None:
    """Write the picture of the workflow."""
    rows = math.ceil(len(STAGES) / COLUMNS)
    figure, axes = plt.subplots(figsize=(1.6 * COLUMNS, 2.1 * rows))
    for index in range(len(STAGES)):
        draw_stage(axes, index)
        if index:
            draw_way(axes, index)
    axes.set_xlim(-0.45, STEP * COLUMNS - 0.2)
    axes.set_ylim(-DROP * (rows - 1) - 0.1, 1.9)
    axes.axis("off")
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_workflow(snakemake.output.figure)
