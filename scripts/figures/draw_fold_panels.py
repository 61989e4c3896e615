"""Draws the six panels of one fold's multi-camera predictions (thesis, Figure 5.16)."""

import numpy as np
import pandas as pd

from squint.domain.score_ranges import RANGE_NAMES, SCORE_BINS, class_of, usual_bins
from squint.jobs.job import job
from squint.measures.metrics import merge_views
from squint.presentation.figures import BLUE, GREY, RANGE_COLOURS, RED, plt, save_figure

SCORE_EDGES = np.arange(11) / 5  # the very numbers that scores of five units are
# Divisions of the two error histograms (5.5.2.5).
ERROR_EDGES = np.linspace(-2, 2, 21)
STACKED_EDGES = np.linspace(-2, 2, 13)


def range_errors(moments: pd.DataFrame) -> pd.DataFrame:
    """Mean absolute error, mean error and number of moments per score range, then over all."""
    difference = moments.prediction - moments.score
    classes = class_of(moments.score.to_numpy(), usual_bins())
    rows = []
    for name, chosen in [*((n, classes == c) for c, n in enumerate(RANGE_NAMES)), ("all", classes >= 0)]:
        part = difference[chosen]
        rows.append({"range": name, "mae": part.abs().mean(), "me": part.mean(), "moments": int(chosen.sum())})
    return pd.DataFrame(rows)


def draw_bars(axes, table: pd.DataFrame, column: str, title: str) -> None:
    """One error per score range, with the number of moments over each bar."""
    colours = [*RANGE_COLOURS, GREY]
    values = table[column].fillna(0)
    axes.bar(table.range, values, color=colours)
    for index, (value, moments) in enumerate(zip(values, table.moments, strict=True)):
        up = value >= 0
        axes.annotate(
            f"n={moments}",
            (index, value),
            (0, 3 if up else -3),
            textcoords="offset points",
            ha="center",
            va="bottom" if up else "top",
            fontsize=8,
        )
    axes.axhline(0, color="black", lw=0.6)
    axes.margins(y=0.2)
    axes.set(title=title, xlabel="expert's score")


def draw_fold_panels(predictions_path: str, path: str, title: str) -> None:
    """Write the six panels."""
    moments = merge_views(pd.read_parquet(predictions_path))
    table = range_errors(moments)
    difference = (moments.prediction - moments.score).to_numpy()
    limited = np.clip(difference, ERROR_EDGES[0], ERROR_EDGES[-1])
    figure, axes = plt.subplots(3, 2, figsize=(8, 8))
    axes[0, 0].hist(moments.score, bins=SCORE_EDGES, color=BLUE, ec="white")
    axes[0, 0].set(title="(a) scores", xlabel="expert's score", ylabel="moments")
    axes[0, 1].hist(np.clip(moments.prediction, 0, 2), bins=SCORE_EDGES, color=BLUE, ec="white")
    axes[0, 1].set(title="(b) predictions", xlabel="predicted score (limited to 0–2)", ylabel="moments")
    axes[0, 1].sharey(axes[0, 0])
    draw_bars(axes[1, 0], table, "mae", "(c) mean absolute error")
    draw_bars(axes[1, 1], table, "me", "(d) mean error")
    axes[2, 0].hist(
        limited, bins=ERROR_EDGES, weights=np.full(len(difference), 1 / len(difference)), color=BLUE, ec="white"
    )
    axes[2, 0].axvline(difference.mean(), color=RED, lw=1, ls="--")
    axes[2, 0].set(title="(e) errors", xlabel="prediction − score (limited to ±2)", ylabel="probability")
    classes = class_of(moments.score.to_numpy(), usual_bins())
    parts = [limited[classes == c] for c in range(len(SCORE_BINS) - 1)]
    axes[2, 1].hist(parts, bins=STACKED_EDGES, stacked=True, color=RANGE_COLOURS, ec="white", label=RANGE_NAMES)
    axes[2, 1].legend(title="score", fontsize=8)
    axes[2, 1].set(title="(f) errors by score", xlabel="prediction − score (limited to ±2)", ylabel="moments")
    figure.suptitle(title)
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        shown = zip(snakemake.input.predictions, snakemake.output.figures, snakemake.params.titles, strict=True)
        for predictions, path, title in shown:
            draw_fold_panels(predictions_path=predictions, path=path, title=title)
