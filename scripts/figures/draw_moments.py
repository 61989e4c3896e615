"""Draws selected moments of a recording: the frames of each, with detected faces and scores."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from squint.files.crop_names import frame_name
from squint.files.images import read_image
from squint.jobs.job import job
from squint.presentation.figures import BLACK, ORANGE, plt, save_figure

SHOWN = 3  # moments
SHOWN_WIDTH = 288  # px of each picture
LEAST_WIDTH = 4  # inches of the figure


def choose_moments(labels: pd.DataFrame) -> pd.DataFrame:
    """Accepted moments with the lowest, the middle and the highest score, lowest item first among equals."""
    ranked = labels.sort_values(["score", "item"], ignore_index=True)
    rows = np.linspace(0, len(ranked) - 1, min(SHOWN, len(ranked))).round().astype(int)
    return ranked.iloc[rows]


def draw_moments(moments_path: str, labels_path: str, frames: str, path: str, min_prob: float) -> None:
    """Write the figure for one recording."""
    table = pd.read_parquet(moments_path)
    moments = {(row.item, row.camera): row for row in table.itertuples()}
    cameras = list(table.camera.drop_duplicates())
    chosen = choose_moments(pd.read_parquet(labels_path))
    figure, axes = plt.subplots(
        len(chosen),
        len(cameras),
        figsize=(max(LEAST_WIDTH, 2 * len(cameras)), 1.15 * len(chosen) + 0.25),
        squeeze=False,
    )
    for camera, cell in zip(cameras, axes[0], strict=True):
        cell.set_title(camera, loc="center")
    for row, label in zip(axes, chosen.itertuples(), strict=True):
        for cell, camera in zip(row, cameras, strict=True):
            cell.set_xticks([])
            cell.set_yticks([])
            cell.spines[:].set_visible(False)
            face = moments[label.item, camera]
            if face.frame_num < 0:  # the camera has no frame of this moment
                continue
            frame = read_image(Path(frames) / frame_name(camera, face.frame_num))
            size = (SHOWN_WIDTH, round(SHOWN_WIDTH * frame.shape[0] / frame.shape[1]))
            cell.imshow(
                cv2.resize(frame, size, interpolation=cv2.INTER_AREA), extent=(0, frame.shape[1], frame.shape[0], 0)
            )
            if face.det_lbl and face.det_prb >= min_prob:
                cell.add_patch(
                    plt.Rectangle((face.box_x, face.box_y), face.box_size, face.box_size, fill=False, ec=ORANGE, lw=1.2)
                )
        row[0].set_ylabel(f"score {label.score:.1f}", color=BLACK)
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_moments(
            moments_path=snakemake.input.moments,
            labels_path=snakemake.input.labels,
            frames=snakemake.input.frames,
            path=snakemake.output.figure,
            min_prob=snakemake.params.min_prob,
        )
