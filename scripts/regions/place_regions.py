"""Tells where the regions of a rack are: where the sheet says, or where its animals move; and indexes its video."""

from pathlib import Path

import numpy as np
import pandas as pd

from squint.domain.regions import Region
from squint.errors import InputError, instead_of_file
from squint.files.frames import picture
from squint.files.video import Video, index_frames
from squint.jobs.job import job, progress
from squint.presentation.figures import BLACK, YELLOW, plt, save_figure
from squint.regions.finding import find_regions

SEARCHED = 40  # frames, from all over the video


def read_frames(video: str, index: pd.DataFrame) -> list[np.ndarray]:
    """Some frames from all over a video, uint8 RGB. Raises InputError for none that can be read."""
    with Video(video, index) as film:
        numbers = np.unique(np.linspace(0, len(film) - 1, SEARCHED).round().astype(int)).tolist()
        pictures = [picture(frame) for _, frame in progress(film.read(numbers), total=len(numbers), unit="frame")]
    if not pictures:
        raise InputError(video, "frames that can be decoded", "none", "convert it anew, or take another video")
    return pictures


def place(video: str, places: list[list], pictures: list[np.ndarray]) -> pd.DataFrame:
    """A row a region: `region`, `animal`, `left`, `top`, `width`, `height` in px.

    `places` are name, animal and the four numbers, None where they are to be found. Raises InputError for a region
    beyond the frames, for regions that lie over each other, and for more or fewer that move than there are animals.
    """
    height, width = pictures[0].shape[:2]
    if places[0][2] is None:
        found = find_regions(pictures, len(places))
        if len(found) != len(places):
            raise InputError(
                video,
                f"{len(places)} places in which something moves, one for each animal of the sheet",
                f"{len(found)}",
                "write left, top, width and height of each into the sheet; make live writes those that are drawn "
                "into the about.json of a recording",
            )
    else:
        found = [Region(*numbers) for _, _, *numbers in places]
    for (name, _, *_), region in zip(places, found, strict=True):
        if fault := region.fault(width, height):
            raise InputError(f"{video}, region {name!r}", "a region within the frames", fault, "correct the sheet")
    names = [name for name, *_ in places]
    for number, one in enumerate(found):
        for other in range(number):
            if one.overlaps(found[other]):
                told = f"{names[other]!r} and {names[number]!r}"
                raise InputError(video, "regions that do not lie over each other", told, "correct the sheet")
    rows = [
        (name, animal, r.left, r.top, r.width, r.height) for (name, animal, *_), r in zip(places, found, strict=True)
    ]
    return pd.DataFrame(rows, columns=["region", "animal", "left", "top", "width", "height"])


def draw_places(shown: np.ndarray, places: pd.DataFrame, path: str) -> None:
    """Draw the regions over a frame."""
    figure, axes = plt.subplots(figsize=(8, 8 * shown.shape[0] / shown.shape[1]))
    axes.imshow(shown)
    axes.axis("off")
    for row in places.itertuples():
        axes.add_patch(plt.Rectangle((row.left, row.top), row.width, row.height, fill=False, ec=YELLOW, lw=1.5))
        where = {"fontsize": 9, "va": "bottom", "color": BLACK, "bbox": {"fc": YELLOW, "ec": "none", "pad": 1.5}}
        axes.text(row.left, row.top, f"{row.region}: {row.animal}", **where)
    save_figure(figure, path)


def place_regions(video: str, places: list[list], index_path: str, table_path: str, figure_path: str) -> None:
    """Write the index of a rack's video, the table of its regions and a picture of them."""
    if not Path(video).is_file():
        remedy = "correct column `video` of the sheet of racks"
        raise InputError(video, "the video of a rack", instead_of_file(video), remedy)
    index = index_frames(video)
    index.to_parquet(index_path, index=False)
    pictures = read_frames(video, index)
    table = place(video, places, pictures)
    table.to_csv(table_path, index=False)
    draw_places(pictures[len(pictures) // 2], table, figure_path)


if __name__ == "__main__":
    with job(snakemake):
        place_regions(
            video=snakemake.params.video,
            places=snakemake.params.places,
            index_path=snakemake.output.index,
            table_path=snakemake.output.table,
            figure_path=snakemake.output.figure,
        )
