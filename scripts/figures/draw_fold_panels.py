"""Draws the six panels of one fold's multi-camera predictions (thesis, Figure 5.16)."""

import numpy as np
import pandas as pd

from squint.domain.scale import Scale, make_scale
from squint.jobs.job import job
from squint.measures.metrics import merge_views
from squint.presentation.figures import BLUE, GREY, RED, plt, range_colours, save_figure

# Divisions of the histograms of scores, and of the two of errors (5.5.2.5).
SCORE_BINS, ERROR_BINS, STACKED_BINS = 10, 20, 12


def range_errors(moments: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Mean absolute error, mean error and number of moments per score range, then over all."""
    difference = moments.prediction - moments.score
    classes = scale.range_of(moments.score.to_numpy())
    rows = []
    for name, chosen in [*((n, classes == c) for c, n in enumerate(scale.range_names)), ("all", classes >= 0)]:
        part = difference[chosen]
        rows.append({"range": name, "mae": part.abs().mean(), "me": part.mean(), "moments": int(chosen.sum())})
    return pd.DataFrame(rows)


def draw_bars(axes, table: pd.DataFrame, column: str, title: str) -> None:
    """One error per score range, with the number of moments over each bar."""
    colours = [*range_colours(len(table) - 1), GREY]
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


def draw_fold_panels(predictions_path: str, path: str, title: str, scale: Scale) -> None:
    """Write the six panels."""
    moments = merge_views(pd.read_parquet(predictions_path))
    table = range_errors(moments, scale)
    difference = (moments.prediction - moments.score).to_numpy()
    top = scale.highest
    # Whole numbers divided by one: the very numbers that mean scores of units are.
    score_edges = np.arange(SCORE_BINS + 1) / (SCORE_BINS / top)
    limited = np.clip(difference, -top, top)
    figure, axes = plt.subplots(3, 2, figsize=(8, 8))
    axes[0, 0].hist(moments.score, bins=score_edges, color=BLUE, ec="white")
    axes[0, 0].set(title="(a) scores", xlabel="expert's score", ylabel="moments")
    axes[0, 1].hist(np.clip(moments.prediction, 0, top), bins=score_edges, color=BLUE, ec="white")
    axes[0, 1].set(title="(b) predictions", xlabel=f"predicted score (limited to 0–{top})", ylabel="moments")
    axes[0, 1].sharey(axes[0, 0])
    draw_bars(axes[1, 0], table, "mae", "(c) mean absolute error")
    draw_bars(axes[1, 1], table, "me", "(d) mean error")
    axes[2, 0].hist(
        limited,
        bins=np.linspace(-top, top, ERROR_BINS + 1),
        weights=np.full(len(difference), 1 / len(difference)),
        color=BLUE,
        ec="white",
    )
    axes[2, 0].axvline(difference.mean(), color=RED, lw=1, ls="--")
    axes[2, 0].set(title="(e) errors", xlabel=f"prediction − score (limited to ±{top})", ylabel="probability")
    classes, names = scale.range_of(moments.score.to_numpy()), scale.range_names
    parts = [limited[classes == number] for number in range(len(names))]
    edges, colours = np.linspace(-top, top, STACKED_BINS + 1), range_colours(len(names))
    axes[2, 1].hist(parts, bins=edges, stacked=True, color=colours, ec="white", label=names)
    axes[2, 1].legend(title="score", fontsize=8)
    axes[2, 1].set(title="(f) errors by score", xlabel=f"prediction − score (limited to ±{top})", ylabel="moments")
    figure.suptitle(title)
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        shown = zip(snakemake.input.predictions, snakemake.output.figures, snakemake.params.titles, strict=True)
        for predictions, path, title in shown:
            draw_fold_panels(
                predictions_path=predictions, path=path, title=title, scale=make_scale(snakemake.params.scale)
            )
