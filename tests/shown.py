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
