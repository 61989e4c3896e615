"""Draws how a network agrees with the expert: scores and differences of moments (multi-camera, corrected boxes).

`moments` has a row a moment: `fold`, `score`, `prediction`; `subjects` are what each fold tests, in their order.
"""

import pandas as pd

from squint.jobs.job import job
from squint.measures.metrics import correlation, read_moments
from squint.presentation.figures import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY, plt, save_figure

COLOURS = [BLUE, ORANGE, GREEN, RED, PURPLE, SKY]
# 95 % of normal differences lie within so many standard deviations.
LIMIT = 1.96


def draw_predicted_scores(moments: pd.DataFrame, subjects: list[str], highest: float, path: str) -> None:
    """Write predicted over the expert's scores, up to `highest`, one panel a fold."""
    columns = min(3, len(subjects))
    rows = -(-len(subjects) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2.7 * columns, 2.7 * rows), sharex=True, sharey=True, squeeze=False
    )
    for cell, (fold, ours) in zip(axes.flat, moments.groupby("fold"), strict=False):
        r = correlation(ours.score.to_numpy(), ours.prediction.to_numpy())
        mae = (ours.prediction - ours.score).abs().mean()
        cell.plot([0, highest], [0, highest], color=GREY, lw=0.8, ls="--")
        cell.plot(ours.score, ours.prediction, "o", ms=4, alpha=0.6, color=BLUE, mec="none")
        cell.set_title(f"fold {fold}, {subjects[fold - 1]}")
        cell.annotate(
            f"r = {r:.2f}\nMAE = {mae:.2f}\nn = {len(ours)}",
            (0.04, 0.96),
            xycoords="axes fraction",
            va="top",
            fontsize=8,
        )
        cell.xaxis.set_major_locator(plt.MaxNLocator(4))
    for cell in axes.flat[len(subjects) :]:
        cell.set_visible(False)
    figure.supxlabel("expert's score")
    figure.supylabel("predicted score")
    save_figure(figure, path)


def draw_bland_altman(moments: pd.DataFrame, subjects: list[str], path: str) -> None:
    """Write differences over means after Bland and Altman, with bias and limits of agreement; colours are subjects."""
    mean = (moments.prediction + moments.score) / 2
    difference = moments.prediction - moments.score
    bias, spread = difference.mean(), difference.std(ddof=1)
    figure, axes = plt.subplots(figsize=(6.5, 4))
    for fold, subject in enumerate(subjects, start=1):
        ours = moments.fold == fold
        axes.plot(
            mean[ours],
            difference[ours],
            "o",
            ms=4,
            alpha=0.7,
            color=COLOURS[(fold - 1) % len(COLOURS)],
            mec="none",
            label=subject,
        )
    for value, name in ((bias, "bias"), (bias - LIMIT * spread, "lower limit"), (bias + LIMIT * spread, "upper limit")):
        axes.axhline(value, color="black", lw=0.9, ls="-" if name == "bias" else "--")
        axes.annotate(
            f"{name} {value:+.2f}",
            (1.0, value),
            xycoords=("axes fraction", "data"),
            ha="right",
            va="bottom",
            fontsize=8,
        )
    axes.set(xlabel="mean of prediction and score", ylabel="prediction − score")
    axes.legend(fontsize=8, ncols=min(6, len(subjects)), loc="upper center", bbox_to_anchor=(0.5, 1.1))
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        moments, subjects = read_moments(snakemake.input.predictions), snakemake.params.subjects
        draw_predicted_scores(
            moments=moments, subjects=subjects, highest=snakemake.params.highest, path=snakemake.output.scores
        )
        draw_bland_altman(moments=moments, subjects=subjects, path=snakemake.output.differences)
