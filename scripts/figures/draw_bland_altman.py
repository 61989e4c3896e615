"""Draws the agreement of network and expert after Bland and Altman (multi-camera, corrected boxes)."""

from scripts.evaluation.read_predictions import read_moments
from scripts.figure_style import BLUE, GREEN, ORANGE, PURPLE, RED, SKY, plt, save_figure
from scripts.job import job

COLOURS = [BLUE, ORANGE, GREEN, RED, PURPLE, SKY]
# 95 % of normal differences lie within so many standard deviations.
LIMIT = 1.96


def draw_bland_altman(predictions: list[str], subjects: list[str], path: str) -> None:
    """Write the plot of differences over means with bias and limits of agreement; colours are subjects."""
    moments = read_moments(predictions)
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
        draw_bland_altman(snakemake.input.predictions, snakemake.params.subjects, snakemake.output.figure)
