"""Draws a recording's score over time: per camera, fused, and how sure that is."""

import pandas as pd

from squint.files.result_tables import read_table
from squint.jobs.job import job
from squint.presentation.figures import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY, plt, save_figure

# From so many samples on, dots are drawn as a picture within the figure: those of an hour would be 15 MB of SVG.
MANY = 3000
COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY)
MARKS = (".", "x")  # of the first cameras, and of those beyond the number of colours


def break_gaps(table: pd.DataFrame) -> pd.DataFrame:
    """`table` with rows of no score and no faces where samples without a face were left out, so that gaps stay gaps."""
    passed = table.time_s.diff()
    step = passed.median()
    gap = passed > 1.5 * step
    edges = [*(table.time_s[gap.shift(-1, fill_value=False)] + step), *(table.time_s[gap] - step)]
    return pd.concat([table, pd.DataFrame({"time_s": edges, "faces": 0})]).sort_values("time_s", ignore_index=True)


def draw_cameras(axes, table: pd.DataFrame, cameras: list[str], dots: dict) -> None:
    """Each camera's scores."""
    for number, camera in enumerate(cameras):
        look = {"color": COLOURS[number % len(COLOURS)], "marker": MARKS[number // len(COLOURS)]}
        axes.plot(table.time_s, table[camera], ls="", ms=4, label=camera, **look, **dots)
    axes.legend(ncols=6, fontsize=8, loc="lower right", bbox_to_anchor=(1, 1), markerscale=2)


def draw_fused(axes, table: pd.DataFrame, window_s: float, coverage: float, highest: float, dots: dict) -> None:
    """All cameras together: the smoothed curve with its interval, moments with the networks' spread, and gaps."""
    band = {"lw": 0, **dots}
    of = f"should hold {100 * coverage:g} % of an expert's scores"
    axes.fill_between(table.time_s, table.smoothed_low, table.smoothed_high, color=GREY, alpha=0.25, label=of, **band)
    low, high = table.fused - table.spread, table.fused + table.spread
    axes.fill_between(table.time_s, low, high, color=SKY, alpha=0.45, label="± 1 SD of the networks", **band)
    axes.plot(table.time_s, table.fused, ".", ms=3, color=BLUE, label="fused", **dots)
    axes.plot(table.time_s, table.smoothed, color=BLACK, lw=1.4, label=f"fused, mean over {window_s:g} s")
    gone = table[table.abstained != ""]
    if len(gone):
        axes.plot(gone.time_s, [-0.08 * highest] * len(gone), "|", ms=6, color=RED, label="not scored", **dots)
    axes.legend(ncols=5, fontsize=8, loc="lower right", bbox_to_anchor=(1, 1))


def draw_timeline(
    table_path: str, path: str, title: str, window_s: float, coverage: float, cameras: list[str], highest: float
) -> None:
    """Write the figure of one timeline, of scores up to `highest` with intervals for `coverage`."""
    table = break_gaps(read_table(table_path, dtype={"abstained": str}))
    table["abstained"] = table.abstained.fillna("")
    figure, (each, fused, faces) = plt.subplots(3, 1, figsize=(10, 6), sharex=True, height_ratios=[3, 3, 1])
    dots = {"rasterized": len(table) > MANY}
    draw_cameras(each, table, cameras, dots)
    each.set(title=f"{title}, each camera", ylabel="predicted score")
    draw_fused(fused, table, window_s, coverage, highest, dots)
    fused.set(title="all cameras" if len(cameras) > 1 else "over time", ylabel="predicted score")
    for axes in (each, fused):
        axes.set_ylim(-0.15 * highest, 1.15 * highest)
        axes.yaxis.set_major_locator(plt.MaxNLocator(5, integer=True))
        axes.grid(axis="y", lw=0.4, alpha=0.5)
    faces.step(table.time_s, table.faces, where="mid", color=BLACK, lw=0.8, **dots)
    steps = range(0, len(cameras) + 1, 1 if len(cameras) < 4 else 2)
    start = "synchronisation frame" if len(cameras) > 1 else "first frame"
    faces.set(xlabel=f"time after the {start} in s", ylabel="faces", yticks=steps)
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_timeline(
            table_path=snakemake.input.table,
            path=snakemake.output.figure,
            title=": ".join(filter(None, [snakemake.wildcards.experiment, snakemake.params.note])),
            window_s=snakemake.params.window_s,
            coverage=snakemake.params.coverage,
            cameras=snakemake.params.cameras,
            highest=snakemake.params.highest,
        )
