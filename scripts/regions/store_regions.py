"""Stores the pictures of a rack's regions that were marked or scored, with their masks and scores."""

from pathlib import Path

import numpy as np
import pandas as pd

from squint.domain.regions import EYES, Region
from squint.errors import InputError, instead_of_file
from squint.files.frames import picture
from squint.files.lab_tables import as_number, read_people_table, whole_numbers
from squint.files.video import Video
from squint.jobs.job import job, progress
from squint.regions.masks import Masks, mark_centres, read_masks
from squint.regions.pictures import View
from squint.regions.store import COLUMNS, NO_MASK, RegionStore, read_places, write_store


def read_region_scores(path: str, regions: list[str], highest: int) -> pd.DataFrame:
    """An expert's scores: `region`, `frame_num`, `score`, one a frame and region.

    Raises InputError for a missing file, regions that the rack does not have, repeated rows, and scores that the scale
    does not have.
    """
    if not Path(path).is_file():
        remedy = "correct column `scores` of the sheet of racks, or empty it"
        raise InputError(path, "an expert's scores", instead_of_file(path), remedy)
    table = whole_numbers(read_people_table(path, ["region", "frame_num", "score"], []), ["frame_num"], path)
    unknown = table[~table.region.isin(regions)]
    if len(unknown):
        found = f"{unknown.region.iloc[0]!r} in row {unknown.index[0] + 2}"
        raise InputError(path, f"regions among: {', '.join(regions)}", found, "correct the cell")
    twice = table[table.duplicated(["region", "frame_num"])]
    if len(twice):
        found = f"region {twice.region.iloc[0]!r}, frame {twice.frame_num.iloc[0]} in row {twice.index[0] + 2} again"
        raise InputError(path, "one score a region and frame", found, "keep one of them")
    scores = pd.to_numeric(table.score.map(as_number), errors="coerce")
    wrong = table[~scores.between(0, highest) & (table.score != "")]
    if len(wrong):
        found = f"{wrong.score.iloc[0]!r} in row {wrong.index[0] + 2}"
        raise InputError(path, f"scores from 0 to {highest}, or empty cells", found, "correct the cell")
    return table.assign(score=scores).dropna(subset="score")


def cut_rows(
    frames: dict[int, tuple[np.ndarray, float]],
    places: pd.DataFrame,
    masks: Masks | None,
    scores: pd.DataFrame,
    rack: str,
    size: tuple[int, int],
    step: int,
    channel: str,
) -> tuple[RegionStore, pd.DataFrame]:
    """The rows of some frames (picture and time by number), and where eyes were marked in them, in px of pictures."""
    rows, pictures, labels, eyes = [], [], [], []
    given = scores.set_index(["region", "frame_num"]).score
    for number, (shown, time_s) in frames.items():
        marked = masks.read(number, shown.shape[1], shown.shape[0]) if masks and number in masks.readers else None
        for place in places.itertuples():
            score = given.get((place.region, number), np.nan)
            view = View(Region(place.left, place.top, place.width, place.height), size)
            # An animal fills a part of its box: where nothing is marked, nobody has marked it.
            ours = marked if marked is not None and view.cut(marked).any() else None
            if ours is None and np.isnan(score):
                continue
            pictures.append(view.picture(shown, channel))
            labels.append(
                np.full((size[1] // step, size[0] // step), NO_MASK, np.uint8)
                if ours is None
                else view.labels(ours, step)
            )
            rows.append((rack, place.region, place.animal, number, time_s, score))
            for x, y, px in mark_centres(view.cut(ours) == EYES) if ours is not None else []:
                at = view.to_picture(x + place.left, y + place.top)
                eyes.append((rack, place.region, place.animal, number, *at, px / view.scale**2))
    store = RegionStore(pd.DataFrame(rows, columns=COLUMNS), np.array(pictures), np.array(labels))
    return store, pd.DataFrame(eyes, columns=[*COLUMNS[:4], "x", "y", "px"])


def store_regions(
    video: str,
    index: str,
    table: str,
    masks_path: str,
    scores_path: str,
    store_path: str,
    eyes_path: str,
    rack: str,
    size: tuple[int, int],
    step: int,
    channel: str,
    highest: int,
) -> None:
    """Write the store of a rack and where its eyes were marked."""
    places = read_places(table)
    masks = read_masks(masks_path) if masks_path else None
    scores = pd.DataFrame(columns=["region", "frame_num", "score"])
    if scores_path:
        scores = read_region_scores(scores_path, places.region.tolist(), highest)
    numbers: list[int] = sorted({*(masks.frames if masks else []), *scores.frame_num.astype(int).tolist()})
    with Video(video, index) as film:
        beyond = [number for number in numbers if number >= len(film)]
        if beyond:
            remedy = "check that masks and scores are of this video; its frames are counted from 0"
            raise InputError(
                masks_path or scores_path, f"frames from 0 to {len(film) - 1} of {video}", str(beyond[0]), remedy
            )
        times = film.times_s
        parts = []
        for number, frame in progress(film.read_all(numbers), total=len(numbers), unit="frame"):
            frames = {number: (picture(frame), float(times[number]))}
            parts.append(cut_rows(frames, places, masks, scores, rack, size, step, channel))
    stores, eyes = zip(*parts, strict=True)
    whole = RegionStore(
        pd.concat([store.table for store in stores if len(store.table)], ignore_index=True),
        np.concatenate([store.pictures for store in stores if len(store.table)]),
        np.concatenate([store.masks for store in stores if len(store.table)]),
    )
    write_store(store_path, whole)
    pd.concat(eyes, ignore_index=True).to_parquet(eyes_path, index=False)


if __name__ == "__main__":
    with job(snakemake):
        given, params = snakemake.input, snakemake.params
        store_regions(
            video=params.video,
            index=given.index,
            table=given.table,
            masks_path=params.masks,
            scores_path=params.scores,
            store_path=snakemake.output.store,
            eyes_path=snakemake.output.eyes,
            rack=snakemake.wildcards.rack,
            size=tuple(params.size),
            step=params.step,
            channel=params.channel,
            highest=params.highest,
        )
