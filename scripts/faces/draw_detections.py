"""Draws when each camera found a face: one panel a recording, one line a camera."""

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap

from squint.domain.boxes import accepted
from squint.jobs.job import job
from squint.presentation.figures import BLUE, GREY, plt, save_figure

COLUMNS = 400  # of a panel; a longer recording shows in each the share of its sampled frames with a face
INK = LinearSegmentedColormap.from_list("faces", ["#eef2f5", BLUE])


def shares(tables: list[pd.DataFrame], min_prob: float) -> np.ndarray:
    """Share of sampled frames with an accepted face, (cameras, columns); NaN where a camera has no frame."""
    length = max(len(table) for table in tables)
    columns = min(COLUMNS, length)
    image = np.full((len(tables), columns), np.nan)
    for line, table in enumerate(tables):
        seen = accepted(table, min_prob).to_numpy(float)
        seen[table.frame_num < 0] = np.nan
        column = np.arange(len(table)) * columns // length
        means = pd.Series(seen).groupby(column).mean()
        image[line, means.index] = means
    return image


def share_of_frames(tables: list[pd.DataFrame], min_prob: float) -> float:
    """Share of the sampled frames of all cameras with an accepted face; NaN for none."""
    table = pd.concat(tables)
    return float(accepted(table, min_prob)[table.frame_num >= 0].mean())


def draw_detections(videos: list[dict], path: str) -> None:
    """Write the figure of all recordings. `videos`: `experiment`, `record`, `detections` and `min_prob` of each."""
    recordings = {video["experiment"]: [] for video in videos}
    for video in videos:
        recordings[video["experiment"]].append(video)
    lines = [len(cameras) for cameras in recordings.values()]
    # Room for a title and for a line a camera.
    heights = [0.35 + 0.1 * number for number in lines]
    figure, axes = plt.subplots(
        len(recordings), 1, figsize=(10, sum(heights) + 0.5), height_ratios=heights, squeeze=False
    )
    for cell, (experiment, cameras) in zip(axes[:, 0], recordings.items(), strict=True):
        tables = [pd.read_parquet(camera["detections"]) for camera in cameras]
        image = shares(tables, cameras[0]["min_prob"])
        end_s = np.nanmax([table.time_s.max() - table.time_s.min() for table in tables])
        cell.set_facecolor(GREY)
        cell.imshow(
            image, aspect="auto", cmap=INK, vmin=0, vmax=1, extent=(0, end_s, len(tables), 0), interpolation="nearest"
        )
        cell.hlines(range(1, len(tables)), 0, end_s, color="white", lw=0.8)
        cell.set_yticks(np.arange(len(tables)) + 0.5, [camera["camera"] for camera in cameras], fontsize=6)
        cell.tick_params(length=0, labelsize=6)
        cell.spines[:].set_visible(False)
        share = share_of_frames(tables, cameras[0]["min_prob"])
        cell.set_title(f"{experiment}: a face in {share:.0%} of the sampled frames", fontsize=8)
    axes[-1, 0].set_xlabel("time after the synchronisation frame in s")
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_detections(videos=snakemake.params.videos, path=snakemake.output.figure)
