"""Draws how many moments or images there are over all recordings, by group or score (thesis, Figures 5.3, 5.7 …)."""

import pandas as pd

from scripts.figure_style import RANGE_COLOURS, plt, save_figure
from scripts.figures.draw_counts import COUNTED, GROUP_COLOURS, GROUPED, select_counts
from scripts.job import job
from scripts.whole_tables import read_table


def draw_overall_counts(counts: pd.Series, counted: str, grouping: str, path: str) -> None:
    """Write one bar a group or range, with its number and share."""
    figure, axes = plt.subplots(figsize=(5.8, 3))
    bars = axes.bar(counts.index, counts, color=(GROUP_COLOURS if grouping == "group" else RANGE_COLOURS))
    total = max(1, counts.sum())
    axes.bar_label(bars, [f"{count}\n{count / total:.0%}" for count in counts], padding=2, fontsize=8)
    axes.set(ylabel=COUNTED[counted], xlabel=GROUPED[grouping])
    axes.margins(y=0.2)
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        shown = (snakemake.wildcards.counted, snakemake.wildcards.grouping)
        counts = select_counts(read_table(snakemake.input.table), *shown)
        # The thesis counts groups over all recordings, and scores over those that are tested in turn.
        if shown[1] == "score":
            counts = counts.loc[snakemake.params.rotating]
        draw_overall_counts(counts.sum(), *shown, snakemake.output.figure)
