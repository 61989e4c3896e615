"""Draws a recording's score over time: per camera, fused, and the spread of the ensemble."""

import pandas as pd

from squint.domain.rig import CAMERAS
from squint.files.result_tables import read_table
from squint.jobs.job import job
from squint.presentation.figures import BLACK, BLUE, GREEN, ORANGE, PURPLE, RED, SKY, plt, save_figure

# From so many samples on, dots are drawn as a picture within the figure: those of an hour would be 15 MB of SVG.
MANY = 3000
COLOURS = dict(zip(CAMERAS, (BLUE, ORANGE, GREEN, RED, PURPLE, SKY), strict=True))


def break_gaps(table: pd.DataFrame) -> pd.DataFrame:
    """`table` with rows of no score and no faces where samples without a face were left out, so that gaps stay gaps."""
    passed = table.time_s.diff()
    step = passed.median()
    gap = passed > 1.5 * step
    edges = [*(table.time_s[gap.shift(-1, fill_value=False)] + step), *(table.time_s[gap] - step)]
    return pd.concat([table, pd.DataFrame({"time_s": edges, "faces": 0})]).sort_values("time_s", ignore_index=True)


def draw_timeline(table_path: str, path: str, title: str, window_s: float) -> None:
    """Write the figure of one timeline."""
    table = break_gaps(read_table(table_path))
    figure, (cameras, fused, faces) = plt.subplots(3, 1, figsize=(10, 6), sharex=True, height_ratios=[3, 3, 1])
    dots = {"rasterized": len(table) > MANY}
    for camera in CAMERAS:
        cameras.plot(table.time_s, table[camera], ".", ms=4, color=COLOURS[camera], label=camera, **dots)
    cameras.legend(ncols=6, fontsize=8, loc="lower right", bbox_to_anchor=(1, 1), markerscale=2)
    cameras.set(title=f"{title}: each camera", ylabel="predicted score")
    fused.fill_between(
        table.time_s,
        table.fused - table.spread,
        table.fused + table.spread,
        color=SKY,
        alpha=0.35,
        lw=0,
        label="± 1 SD of the networks",
        **dots,
    )
    fused.plot(table.time_s, table.fused, ".", ms=3, color=BLUE, label="fused", **dots)
    fused.plot(table.time_s, table.smoothed, color=BLACK, lw=1.4, label=f"fused, mean over {window_s:g} s")
    fused.legend(ncols=3, fontsize=8, loc="lower right", bbox_to_anchor=(1, 1))
    fused.set(title="all cameras", ylabel="predicted score")
    for axes in (cameras, fused):
        axes.set_ylim(-0.3, 2.3)
        axes.set_yticks([0, 1, 2])
        axes.grid(axis="y", lw=0.4, alpha=0.5)
    faces.step(table.time_s, table.faces, where="mid", color=BLACK, lw=0.8, **dots)
    faces.set(xlabel="time after the synchronisation frame in s", ylabel="faces", yticks=[0, 2, 4])
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_timeline(
            table_path=snakemake.input.table,
            path=snakemake.output.figure,
            title=snakemake.wildcards.experiment,
            window_s=snakemake.params.window_s,
        )
