"""Draws how often predicted intervals hold the expert's score, and how far predictions are off, by score range."""

import numpy as np
import pandas as pd

from squint.files.result_tables import read_table
from squint.jobs.job import job
from squint.presentation.figures import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY, plt, save_figure

COLOURS = [BLUE, ORANGE, GREEN, PURPLE, RED, SKY]
WIDTH = 0.8  # of the space of one range


def draw_intervals(table: pd.DataFrame, coverage: float, path: str) -> None:
    """Write two panels: coverage with its intervals, and the mean error, a colour a network. The constant is grey."""
    networks = list(dict.fromkeys(table.network))
    ranges = list(dict.fromkeys(table.score))
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    for number, name in enumerate(networks):
        ours = table[table.network == name].set_index("score").reindex(ranges)
        x = np.arange(len(ranges)) + WIDTH * ((number + 0.5) / len(networks) - 0.5)
        colour = GREY if name.startswith("constant") else COLOURS[number % len(COLOURS)]
        error = [ours.coverage - ours["coverage low"], ours["coverage high"] - ours.coverage]
        axes[0].errorbar(x, ours.coverage, yerr=error, fmt="o", ms=5, capsize=2, lw=1.2, color=colour, label=name)
        axes[1].plot(x, ours["mean error"], "o", ms=5, color=colour)
    axes[0].axhline(coverage, color=BLACK, lw=0.8, ls="--")
    axes[0].set(title="scores within their intervals", ylabel="share of moments", ylim=(0, 1.04))
    axes[1].axhline(0, color=BLACK, lw=0.8, ls="--")
    axes[1].set(title="mean error", ylabel="prediction − score")
    for cell in axes:
        cell.set_xticks(range(len(ranges)), ranges)
        cell.set_xlabel("expert's score")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_intervals(
            table=read_table(snakemake.input.table), coverage=snakemake.params.coverage, path=snakemake.output.figure
        )
