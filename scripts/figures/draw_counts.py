"""Draws how many moments or images there are, by group or score (thesis, Figures 5.1 to 5.8 and 5.10 to 5.13)."""

from collections.abc import Sequence

import pandas as pd

from squint.files.result_tables import read_table
from squint.jobs.job import job
from squint.presentation.figures import BLUE, GREY, ORANGE, SKY, YELLOW, plt, range_colours, save_figure

GROUP_COLOURS = (BLUE, SKY, ORANGE, YELLOW, GREY)
COUNTED = {"moments": "moments", "images_orgn": "images (ORGN)", "images_corr": "images (CORR)"}
GROUPED = {"group": "what became of them", "score": "score"}


def select_counts(table: pd.DataFrame, counted: str, grouping: str) -> pd.DataFrame:
    """Counts by recording (rows) and group or range (columns), both in the table's order."""
    ours = table[(table.counted == counted) & (table.grouping == grouping)]
    wide = ours.pivot(index="experiment", columns="name", values="count")
    return wide.loc[ours.experiment.drop_duplicates(), ours.name.drop_duplicates()]


def colours_of(grouping: str, many: int) -> Sequence:
    """The colours of so many groups or score ranges."""
    return GROUP_COLOURS if grouping == "group" else range_colours(many)


def draw_counts(counts: pd.DataFrame, counted: str, grouping: str, path: str) -> None:
    """Write stacked bars, one a recording, with its total on top."""
    colours = colours_of(grouping, len(counts.columns))
    figure, axes = plt.subplots(figsize=(max(4, 0.75 * len(counts) + 1.5), 3.2))
    base = pd.Series(0, counts.index)
    for name, colour in zip(counts.columns, colours, strict=True):
        axes.bar(counts.index, counts[name], bottom=base, color=colour, label=name, ec="white", lw=0.5)
        base += counts[name]
    axes.bar_label(axes.containers[-1], [str(total) for total in base], padding=2, fontsize=8)  # pyright: ignore[reportArgumentType]
    axes.set_ylabel(COUNTED[counted])
    axes.margins(y=0.1)
    figure.legend(title=GROUPED[grouping], loc="outside right upper", fontsize=8)
    save_figure(figure, path)


def draw_overall_counts(counts: pd.Series, counted: str, grouping: str, path: str) -> None:
    """Write one bar a group or range, with its number and share."""
    figure, axes = plt.subplots(figsize=(5.8, 3))
    bars = axes.bar(counts.index, counts, color=colours_of(grouping, len(counts)))
    total = max(1, counts.sum())
    axes.bar_label(bars, [f"{count}\n{count / total:.0%}" for count in counts], padding=2, fontsize=8)
    axes.set(ylabel=COUNTED[counted], xlabel=GROUPED[grouping])
    axes.margins(y=0.2)
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        params, made = snakemake.params, snakemake.output
        table = read_table(snakemake.input.table)
        for (counted, grouping), path, overall_path in zip(params.counts, made.figures, made.overall, strict=True):
            shown = {"counted": counted, "grouping": grouping}
            counts = select_counts(table, **shown)
            draw_counts(counts, **shown, path=path)
            # The thesis counts groups over all recordings, and scores over those that are tested in turn.
            ours = counts.loc[params.rotating] if grouping == "score" else counts
            draw_overall_counts(ours.sum(), **shown, path=overall_path)
