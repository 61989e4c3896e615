"""What tests of tables and figures share: a figure before it is written, and a script as Snakemake runs it."""

import runpy
from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from squint.presentation.figures import plt
from tests.conftest import ROOT

# What the summary is told of a study's config.
SUMMARY_SETTINGS = {
    "seed": 1,
    "sync": {"dark_seconds": 1, "clock_ppm": 50},
    "faces": {"detector": "annotations", "simulated_recordings": 4, "sample_every": 5},
    "moments": {
        "min_det_num": 3,
        "min_items_in_det_set": 8,
        "max_items_in_det_set": 100,
        "min_prob": 0.95,
        "threshold": 12,
        "sh_decay": 0.9,
        "duplicate_every": 24,
        "fewest_moments": 5,
    },
    "overrides": {},
    "validation_moments": {},
    "image_size": 64,
    "folds": {"folds": "leave_one_subject_out", "validation_share": 0},
    "evaluation": {"bootstrap_draws": 1000, "confidence": 0.95, "coverage": 0.9, "timeline_window_s": 5},
}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>\n'


def figure_of(draw: Callable, *arguments, **replaced) -> Figure:
    """The figure that `draw` would write with `arguments`; `replaced` are names of its script that stand for others."""
    kept = []

    def keep(figure: Figure, path: str) -> None:
        plt.close(figure)
        assert path in [argument for argument in arguments if isinstance(argument, str)]
        kept.append(figure)

    with patch.dict(draw.__globals__, {"save_figure": keep} | replaced):
        draw(*arguments)
    (figure,) = kept
    return figure


def run_script(script: str, input=None, params=None, output=None, wildcards=None) -> dict[str, Figure]:
    """Run a file of scripts/ as a job of Snakemake; the figures that it would write, by their paths."""
    figures = {}

    def keep(figure: Figure, path: str) -> None:
        plt.close(figure)
        figures[path] = figure

    parts = {"input": input, "params": params, "output": output, "wildcards": wildcards}
    snakemake = SimpleNamespace(**{name: SimpleNamespace(**(values or {})) for name, values in parts.items()})
    with (
        patch("squint.jobs.job.job", lambda _: nullcontext()),
        patch("squint.presentation.figures.save_figure", keep),
    ):
        runpy.run_path(str(ROOT / "scripts" / script), {"snakemake": snakemake}, "__main__")
    return figures


def heights(axes: Axes) -> list[float]:
    """The heights of all bars, in the order in which they were drawn."""
    return [patch.get_height() for patch in axes.patches]


def texts(axes: Axes) -> list[str]:
    """What stands within the axes, beside titles and labels."""
    return [text.get_text() for text in axes.texts]


def entries(legend) -> list[str]:
    return [text.get_text() for text in legend.get_texts()]


def points(line) -> list[tuple[float, float]]:
    """The points of a line."""
    return [(float(x), float(y)) for x, y in zip(*line.get_data(), strict=True)]


def ticks(axis) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]


def tidy(
    network: str,
    values: list[float],
    view: str = "single",
    test: str = "CORR",
    metric: str = "mae",
    discarded: str = "",
    ends: tuple[float, float] | None = None,
) -> pd.DataFrame:
    """Metrics of folds 1, 2 … as `read_metrics` gives them; with `ends` the measured row of their mean too."""
    folds = [
        {"fold": str(fold), "value": value, "low": value - 0.05, "high": value + 0.05}
        for fold, value in enumerate(values, 1)
    ]
    if ends:
        folds.append({"fold": "mean", "value": np.mean(values), "low": ends[0], "high": ends[1]})
    same = {"network": network, "view": view, "test": test, "metric": metric, "discarded": discarded}
    return pd.DataFrame(folds).assign(balanced=test.endswith("-B"), **same)
