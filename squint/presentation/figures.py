"""The look of all figures, and files that are the same bytes in every run."""

from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

# Okabe and Ito's colours, which colour-blind readers can tell apart.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE = [
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
]
RANGE_COLOURS = (SKY, GREEN, ORANGE, RED)  # of four score ranges, from low to high
GREY = "#8a8a8a"

plt.rcParams.update(
    {
        "svg.hashsalt": "squint",
        "svg.fonttype": "path",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "legend.frameon": False,
        "figure.constrained_layout.use": True,
    }
)


def range_colours(ranges: int) -> list:
    """A colour for each of some score ranges, from low to high, which can be told apart with any colour vision."""
    if ranges <= len(RANGE_COLOURS):
        return list(RANGE_COLOURS[:ranges])
    return list(plt.get_cmap("viridis")(np.linspace(0, 0.95, ranges)))


def save_figure(figure, path: str) -> None:
    """Write `figure` in the format of its path's ending, an SVG without a date, and close it."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Date": None} if Path(path).suffix == ".svg" else None)
    plt.close(figure)
