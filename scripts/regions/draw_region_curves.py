"""Draws the curve of each animal of a rack: its scores, the smoothed curve with its interval, and blinks."""

import pandas as pd

from squint.jobs.job import job
from squint.presentation.figures import BLACK, BLUE, GREY, ORANGE, RED, plt, save_figure


def draw_region_curves(
    table: pd.DataFrame, title: str, threshold: float, window_s: float, coverage: float, highest: float, path: str
) -> None:
    """Write the figure, a panel an animal."""
    regions = list(table.groupby(["region", "animal"], sort=False))
    figure, cells = plt.subplots(len(regions), 1, figsize=(10, 1.9 * len(regions) + 0.6), sharex=True, squeeze=False)
    for axes, ((region, animal), ours) in zip(cells[:, 0], regions, strict=True):
        held = f"should hold {100 * coverage:g} % of an expert's scores"
        axes.fill_between(ours.time_s, ours.smoothed_low, ours.smoothed_high, color=GREY, alpha=0.3, lw=0, label=held)
        axes.plot(ours.time_s, ours.score, ".", ms=1.5, color=BLUE, alpha=0.4, rasterized=True, label="a frame")
        axes.plot(ours.time_s, ours.smoothed, color=BLACK, lw=1.3, label=f"mean over {window_s:g} s")
        blinks = ours[ours.blink]
        axes.plot(blinks.time_s, [1.06 * highest] * len(blinks), "|", ms=5, color=ORANGE, label="blink")
        gone = ours[ours.abstained != ""]
        axes.plot(
            gone.time_s, [-0.06 * highest] * len(gone), "|", ms=3, color=RED, rasterized=True, label="no eye in sight"
        )
        axes.axhline(threshold, color=GREY, lw=0.7, ls="--")
        axes.set(title=f"{title}, {region}: {animal}", ylabel="score", ylim=(-0.12 * highest, 1.14 * highest))
    handles, labels = cells[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, ncols=5, fontsize=8, loc="outside lower center", markerscale=3)
    cells[-1, 0].set_xlabel("time in s")
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        params = snakemake.params
        draw_region_curves(
            table=pd.read_parquet(snakemake.input.curves),
            title=snakemake.wildcards.rack,
            threshold=params.threshold,
            window_s=params.window_s,
            coverage=params.coverage,
            highest=params.highest,
            path=snakemake.output.figure,
        )
