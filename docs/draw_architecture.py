"""Draws the picture of the architecture: `python -m docs.draw_architecture`, or with the other pictures `make docs`."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.patches import FancyBboxPatch

BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#B36200", "#00785A", "#8A4F7D", "#595959"
# The stages, each with a file of rules, a folder of scripts and a folder of tests.
STAGES = ("recordings", "faces", "moments", "crops", "pictures", "datasets", "networks", "evaluation", "scorers")
STAGES += ("timelines", "tables", "figures", "report", "regions")
# The packages of squint/ from the top down: each imports from those below it alone. Name, what it holds, colour.
PACKAGES = (
    ("app", "the scoring desk: journal, pages, server", PURPLE),
    ("live", "live scoring: server, client, session, recorder, page", PURPLE),
    ("web", "what pages in the browser share", PURPLE),
    ("provenance", "records of what results came from; comparing two of them", PURPLE),
    ("presentation", "the look of figures, tables, pages and the summary", PURPLE),
    ("simulation", "the test bed: mouse, behaviour, rendering, cameras", GREEN),
    ("config", "settings, schema checks, networks, products; plan: what a run trains and where it stands", GREEN),
    ("regions", "boxes of a rack: pictures, masks, eyes, patches, what scores them, curves", ORANGE),
    ("scorer", "the file to take away, intervals, likeness, timelines; the command score", ORANGE),
    ("detection", "annotations and the face detector", ORANGE),
    ("learning", "batches, the one training loop with its record", ORANGE),
    ("models", "Keras, backbones, heads, pooling; a whole scorer put together", ORANGE),
    ("measures", "metrics, ranking, agreement, consistency, intervals, bootstrap", ORANGE),
    ("outputs", "one class for each thing that a network can say", ORANGE),
    ("samples", "crops, what is shown of them at a time, labels, predictions", ORANGE),
    ("synchronisation", "the light and the cameras' clocks", ORANGE),
    ("jobs", "log, progress, diagnosis, digests; Snakemake's internals in one module", BLUE),
    ("files", "video, images, crop names, stores, tables of labs and of the workflow", BLUE),
    ("domain", "scale, rig, boxes, score ranges, seeds: what everything is said in", BLUE),
    ("errors", "InputError: file, expected, found, what to do", BLUE),
)
WIDTH, ROW, NAME_WIDTH = 12.0, 0.36, 1.75


def draw_box(axes, left: float, bottom: float, width: float, height: float, colour: str) -> None:
    """A rounded frame."""
    style = "round,pad=0,rounding_size=0.06"
    axes.add_patch(FancyBboxPatch((left, bottom), width, height, boxstyle=style, fc="white", ec=colour, lw=1.2))


def draw_packages(axes, bottom: float) -> float:
    """The packages, one on the other from `bottom` on; returns where they end."""
    for place, (name, holds, colour) in enumerate(reversed(PACKAGES)):
        low = bottom + place * ROW
        draw_box(axes, 0.75, low + 0.03, WIDTH - 0.75, ROW - 0.06, colour)
        axes.text(0.9, low + ROW / 2, name, va="center", weight="bold", color=colour, fontsize=9.5)
        axes.text(0.9 + NAME_WIDTH, low + ROW / 2, holds, va="center", fontsize=9)
    return bottom + len(PACKAGES) * ROW


def draw_stages(axes, bottom: float) -> float:
    """The leaves over the packages, one box a stage; returns where they end."""
    gap, padding = 0.08, 2
    letter = (WIDTH - 0.75 + gap - gap * len(STAGES)) / sum(len(stage) + padding for stage in STAGES)
    left = 0.75
    for stage in STAGES:
        width = letter * (len(stage) + padding)
        draw_box(axes, left, bottom, width, 0.4, GREY)
        axes.text(left + width / 2, bottom + 0.2, stage, ha="center", va="center", fontsize=8.5)
        left += width + gap
    return bottom + 0.4


def draw_architecture(path: str) -> None:
    """Write the picture of the architecture."""
    figure, axes = plt.subplots(figsize=(12, 8.6))
    top = draw_packages(axes, 0.0)
    axes.text(
        0.75,
        top + 0.14,
        "squint/: shared, by topic; knows nothing of Snakemake, but for one module of jobs",
        fontsize=10,
        weight="bold",
    )
    leaves = top + 0.62
    end = draw_stages(axes, leaves)
    heading = "scripts/STAGE/RULE.py: leaves, one script a rule; nothing imports one"
    axes.text(0.75, end + 0.12, heading, fontsize=10, weight="bold")
    rules = end + 0.5
    draw_box(axes, 0.75, rules, WIDTH - 0.75, 0.4, GREY)
    words = "Snakefile, rules/STAGE.smk: inputs, outputs, params, log, benchmark, environment of each rule"
    axes.text(0.9, rules + 0.2, words, va="center", fontsize=10, weight="bold")
    axes.annotate("", (0.35, 0.05), (0.35, rules + 0.4), arrowprops={"arrowstyle": "-|>", "color": GREY, "lw": 1.4})
    axes.text(0.2, (rules + 0.4) / 2, "uses what is below, never what is above", rotation=90, va="center", ha="center")
    axes.set_xlim(0, WIDTH + 0.05)
    axes.set_ylim(-0.05, rules + 0.45)
    axes.axis("off")
    # Text stays text. The same file from each drawing: no date, ids from a fixed salt.
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "architecture"}):
        about = {"Date": None} if path.endswith("svg") else {}
        figure.savefig(path, bbox_inches="tight", pad_inches=0.05, metadata=about)
    plt.close(figure)


if __name__ == "__main__":
    draw_architecture(str(Path("docs") / "architecture.svg"))
