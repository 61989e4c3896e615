"""Draws predicted against the expert's scores, one panel a fold (multi-camera, corrected boxes)."""

import numpy as np

from scripts.evaluation.metrics import correlation
from scripts.evaluation.read_predictions import read_moments
from scripts.figure_style import BLUE, GREY, plt, save_figure
from scripts.job import job


def draw_predicted_scores(predictions: list[str], subjects: list[str], path: str) -> None:
    """Write the scatter plots; `predictions` in the order of the folds."""
    moments = read_moments(predictions)
    columns = min(3, len(predictions))
    rows = -(-len(predictions) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2.7 * columns, 2.7 * rows), sharex=True, sharey=True, squeeze=False
    )
    for cell, (fold, ours) in zip(axes.flat, moments.groupby("fold"), strict=False):
        r = correlation(ours.score.to_numpy(), ours.prediction.to_numpy())
        mae = (ours.prediction - ours.score).abs().mean()
        cell.plot([0, 2], [0, 2], color=GREY, lw=0.8, ls="--")
        cell.plot(ours.score, ours.prediction, "o", ms=4, alpha=0.6, color=BLUE, mec="none")
        cell.set_title(f"fold {fold}, {subjects[fold - 1]}")
        cell.annotate(
            f"r = {r:.2f}\nMAE = {mae:.2f}\nn = {len(ours)}",
            (0.04, 0.96),
            xycoords="axes fraction",
            va="top",
            fontsize=8,
        )
        cell.set_xticks(np.arange(0, 2.1, 0.5))
    for cell in axes.flat[len(predictions) :]:
        cell.set_visible(False)
    figure.supxlabel("expert's score")
    figure.supylabel("predicted score")
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_predicted_scores(snakemake.input.predictions, snakemake.params.subjects, snakemake.output.figure)
