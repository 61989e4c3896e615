"""Draws a contact sheet of detected faces: some at random, and the least certain of those that count."""

import cv2
import numpy as np
import pandas as pd

from squint.domain.boxes import accepted
from squint.domain.seeds import named_generator
from squint.files.frames import picture
from squint.files.video import Video
from squint.jobs.job import job, progress
from squint.presentation.figures import BLUE, RED, plt, save_figure

SHOWN = 20  # faces of each kind
PER_ROW = 10
AROUND_FACE = 1.5  # boxes that a tile is wide
TILE = 120  # px
BOX = ["box_x", "box_y", "box_size"]


def choose_faces(faces: pd.DataFrame, generator: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Up to `SHOWN` of the accepted faces at random, and as many others of the least certainty."""
    shown = generator.choice(faces.index, min(SHOWN, len(faces)), replace=False)
    rest = faces.drop(index=shown)
    least = rest.sort_values(["det_prb", "experiment", "camera", "frame_num"]).head(SHOWN)
    return faces.loc[shown].sort_values(["experiment", "camera", "frame_num"]), least


def cut_tiles(faces: pd.DataFrame, videos: dict[tuple[str, str], tuple[str, str]]) -> dict:
    """A picture around each face, by the index of its row; `videos`: video and index of a recording and camera."""
    tiles = {}
    for key, rows in progress(faces.groupby(["experiment", "camera"]), unit="video"):
        with Video(*videos[key]) as video:
            for number, frame in video.read_all(sorted(set(rows.frame_num))):
                # One frame may be that of two moments, where every frame is sampled and clocks drift.
                for row, (left, top, size) in rows.loc[rows.frame_num == number, BOX].iterrows():
                    side, centre = round(size * AROUND_FACE), (left + size / 2, top + size / 2)
                    tile = cv2.getRectSubPix(picture(frame), (side, side), centre)
                    tiles[row] = cv2.resize(tile, (TILE, TILE), interpolation=cv2.INTER_AREA)
    return tiles


def draw_detected_faces(videos: list[dict], path: str, seed: int) -> None:
    """Write the contact sheet. `videos`: `experiment`, `camera`, `video`, `index`, `detections`, `min_prob` of each."""
    tables = []
    for video in videos:
        table = pd.read_parquet(video["detections"])
        table = table[accepted(table, video["min_prob"])]
        tables.append(table.assign(experiment=video["experiment"], camera=video["camera"]))
    faces = pd.concat(tables, ignore_index=True)
    kinds = choose_faces(faces, named_generator(seed, "contact sheet"))
    files = {(video["experiment"], video["camera"]): (video["video"], video["index"]) for video in videos}
    tiles = cut_tiles(pd.concat(kinds), files)
    figure = plt.figure(figsize=(11, 6))
    titles = ("at random", "least certain of those that count")
    for part, table, title, colour in zip(figure.subfigures(2, 1), kinds, titles, (BLUE, RED), strict=True):  # pyright: ignore[reportArgumentType]
        part.suptitle(title, x=0.01, ha="left", fontsize=10, weight="bold")
        cells = part.subplots(SHOWN // PER_ROW, PER_ROW).ravel()
        for cell in cells:
            cell.axis("off")
        for cell, row in zip(cells, table.itertuples(), strict=False):
            cell.imshow(tiles[row.Index], extent=(0, 1, 1, 0))
            edge = (1 - 1 / AROUND_FACE) / 2
            cell.add_patch(plt.Rectangle((edge, edge), 1 - 2 * edge, 1 - 2 * edge, fill=False, ec=colour, lw=1.2))
            title = f"{row.experiment} {row.camera}\n{row.det_prb:.3f}"
            cell.set_title(title, fontsize=6.5, weight="normal", loc="center")
    save_figure(figure, path)


if __name__ == "__main__":
    with job(snakemake):
        draw_detected_faces(videos=snakemake.params.videos, path=snakemake.output.figure, seed=snakemake.params.seed)
