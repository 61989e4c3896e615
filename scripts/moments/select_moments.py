"""Chooses the moments that an expert scores: fuse and filter (thesis, 4.4.1 with the values of Table 5.2).

A moment is one instant that all cameras of a recording filmed.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from squint.domain.boxes import accepted
from squint.domain.seeds import named_generator
from squint.errors import InputError
from squint.jobs.job import job

# `threshold` is in px of a frame this wide, as in the thesis; it is scaled to other widths.
THRESHOLD_WIDTH = 1920
BOX_COLUMNS = ["box_x", "box_y"]
# What the least certainty of a face might be instead, to see what it costs.
OTHER_CERTAINTIES = (0.5, 0.8, 0.9, 0.95, 0.99)


def mean_spread(boxes: dict[str, list[tuple[float, ...]]]) -> float:
    """Mean standard deviation of the box coordinates over all cameras that saw a face, in px; 0 for none.

    ASSUME Figure 4.5's average is over cameras and the coordinates x and y alike, with population deviation.
    """
    deviations = [float(np.std(seen, axis=0).mean()) for seen in boxes.values() if seen]
    return sum(deviations) / len(deviations) if deviations else 0.0


def select_moments(
    tables: dict[str, pd.DataFrame],
    min_det_num: int,
    min_items_in_det_set: int,
    max_items_in_det_set: int,
    min_prob: float,
    threshold: float,
    sh_decay: float,
) -> list[int]:
    """Positions of the selected moments in the detection tables of all cameras, ascending.

    `tables`: camera to its detections, row i of each at the same time after the synchronisation frame.
    Groups of consecutive moments are walked through. Within a group the best moment has the most faces of at
    least `min_prob` (and at least `min_det_num`), then the greatest mean sharpness over them; more faces
    win even if their sharpness falls to `sh_decay` times the best. A group ends, and its best moment is
    taken, as soon as it has `min_items_in_det_set` moments, a best one, and faces that have moved by
    `threshold` px (mean standard deviation); or at `max_items_in_det_set` moments. The walk stops at the end
    of the shortest video, and the group begun there is left.
    """
    length = min(len(table) for table in tables.values())
    seen = {camera: accepted(table, min_prob).to_numpy()[:length] for camera, table in tables.items()}
    sharpness = {camera: table.sharpness.to_numpy() for camera, table in tables.items()}
    coordinates = {camera: table[BOX_COLUMNS].to_numpy(float) for camera, table in tables.items()}
    selected = []
    items, best, best_faces, best_sharpness = 0, None, 0, 0.0
    boxes: dict[str, list] = {camera: [] for camera in tables}
    for index in range(length):
        items += 1
        detected = [camera for camera in tables if seen[camera][index]]
        if len(detected) >= min_det_num:
            mean_sharpness = sum(float(sharpness[camera][index]) for camera in detected) / len(detected)
            more = len(detected) > best_faces and mean_sharpness >= sh_decay * best_sharpness
            sharper = len(detected) == best_faces and mean_sharpness > best_sharpness
            if best is None or more or sharper:
                best, best_faces, best_sharpness = index, len(detected), mean_sharpness
            for camera in detected:
                boxes[camera].append(tuple(coordinates[camera][index]))
        moved = best is not None and items >= min_items_in_det_set and mean_spread(boxes) >= threshold
        if moved or items >= max_items_in_det_set:
            if best is not None:
                selected.append(best)
            items, best, best_faces, best_sharpness = 0, None, 0, 0.0
            boxes = {camera: [] for camera in tables}
    return selected


def count_limits(tables: dict[str, pd.DataFrame], min_det_num: int, min_prob: float) -> dict[str, int]:
    """What instants of a recording lack to be moments: how many there are, and for how many which reason holds first.

    No camera has a face; fewer cameras than `min_det_num` have one; enough have, but of less certainty than `min_prob`.
    """
    length = min(len(table) for table in tables.values())
    found = np.sum([(table.det_lbl[:length] == 1).to_numpy() for table in tables.values()], axis=0)
    counted = np.sum([accepted(table, min_prob).to_numpy()[:length] for table in tables.values()], axis=0)
    return {
        "instants": length,
        "no_face": int((found == 0).sum()),
        "too_few_cameras": int(((found > 0) & (found < min_det_num)).sum()),
        "too_uncertain": int(((found >= min_det_num) & (counted < min_det_num)).sum()),
        "enough_faces": int((counted >= min_det_num).sum()),
    }


def compare_limits(tables: dict[str, pd.DataFrame], settings: dict) -> pd.DataFrame:
    """What limits the moments, with the settings that hold (`used`) and with others, and how many there are.

    `settings` are those of select_moments. Certainties from `OTHER_CERTAINTIES`, and one camera fewer and more.
    """
    own = (settings["min_det_num"], settings["min_prob"])
    others = [(own[0], least) for least in OTHER_CERTAINTIES]
    others += [(number, own[1]) for number in (own[0] - 1, own[0] + 1) if 1 <= number <= len(tables)]
    rows = []
    for number, least in sorted({own, *others}):
        chosen = settings | {"min_det_num": number, "min_prob": least}
        about = {"min_det_num": number, "min_prob": least, "used": "yes" if (number, least) == own else ""}
        rows.append(about | count_limits(tables, number, least) | {"moments": len(select_moments(tables, **chosen))})
    return pd.DataFrame(rows)


def tell_limits(limits: pd.DataFrame) -> str:
    """What limits the moments in words, and what would be with other settings."""
    own = limits[limits.used == "yes"].iloc[0]
    others = limits[(limits.used == "") & (limits.moments > own.moments)]
    told = (
        f"{own.moments} moments: of {own.instants} instants {own.no_face} show no face to any camera, "
        f"{own.too_few_cameras} to too few, {own.too_uncertain} faces that are too uncertain, {own.enough_faces} enough"
    )
    for row in others.sort_values("moments", ascending=False, kind="stable").itertuples():
        told += f"; with min_prob {row.min_prob:g} and min_det_num {row.min_det_num} there would be {row.moments}"
    return told


def sample_items(selected: list[int], duplicate_every: int, generator) -> pd.DataFrame:
    """The shuffled list of items: `item` from 1, `position`, `duplicate_of` (an item, 0 for none).

    One moment of every `duplicate_every` is shown twice, so that a coder's consistency can be measured. Of
    a pair, the item that comes later in the shuffled order is called the duplicate.
    """
    repeated = generator.choice(selected, len(selected) // duplicate_every, replace=False)
    order = generator.permutation([*selected, *repeated])
    table = pd.DataFrame({"item": range(1, len(order) + 1), "position": order})
    first = table.groupby("position").item.transform("min")
    table["duplicate_of"] = first.where(first != table.item, 0)
    return table


def tabulate_items(items: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per item and camera: `item`, `camera`, `duplicate_of` and the columns of the detections."""
    parts = [
        table.iloc[items.position]
        .reset_index(drop=True)
        .assign(item=items.item, camera=camera, duplicate_of=items.duplicate_of)
        for camera, table in tables.items()
    ]
    first = ["item", "sync_index", "camera", "frame_num"]
    result = pd.concat(parts)
    result = result[first + [column for column in result if column not in first]]
    # The cameras of an item stay in the rig's order.
    return result.sort_values("item", kind="stable", ignore_index=True)


def read_detections(paths: dict[str, str]) -> tuple[dict[str, pd.DataFrame], int, int]:
    """The detection tables by camera, in the order of `paths`, and the frames' width and height in px."""
    tables = {camera: pd.read_parquet(path) for camera, path in paths.items()}
    about = pq.read_schema(next(iter(paths.values()))).metadata
    return tables, int(about[b"width"]), int(about[b"height"])


def write_moments(moments: pd.DataFrame, path: str, about: dict) -> None:
    """Write the table of items and cameras, with what those who show it must know in the file's metadata."""
    table = pa.Table.from_pandas(moments, preserve_index=False)
    pq.write_table(table.replace_schema_metadata({key: str(value) for key, value in about.items()}), path)


def make_moments(
    detection_paths: dict[str, str], moments_path: str, limits_path: str, experiment: str, settings: dict, seed: int
) -> None:
    """Write the moments of one recording, with `min_prob` and the frames' `width` and `height` as metadata.

    Beside them, what limits them (see compare_limits). Raises InputError where fewer than `fewest_moments` are found.
    """
    settings = dict(settings)
    duplicate_every, fewest = settings.pop("duplicate_every"), settings.pop("fewest_moments")
    tables, width, height = read_detections(detection_paths)
    settings["threshold"] *= width / THRESHOLD_WIDTH
    selected = select_moments(tables, **settings)
    limits = compare_limits(tables, settings)
    if len(selected) < fewest:
        raise InputError(
            Path(next(iter(detection_paths.values()))).parent,
            f"at least {fewest} moments with {settings['min_det_num']} faces of certainty {settings['min_prob']}",
            tell_limits(limits),
            "look at the videos of this recording. If faces are there that are not found, annotate such frames in "
            "`faces: annotations`; if they are uncertain, annotate more or lower `moments: min_prob`; if the recording "
            "is short, lower `moments: fewest_moments`",
        )
    items = sample_items(selected, duplicate_every, named_generator(seed, "items", experiment))
    about = {"min_prob": settings["min_prob"], "width": width, "height": height}
    write_moments(tabulate_items(items, tables), moments_path, about)
    limits.assign(experiment=experiment).set_index("experiment").to_csv(limits_path)


if __name__ == "__main__":
    with job(snakemake):
        make_moments(
            detection_paths=dict(zip(snakemake.params.cameras, snakemake.input.detections, strict=True)),
            moments_path=snakemake.output.moments,
            limits_path=snakemake.output.limits,
            experiment=snakemake.wildcards.experiment,
            settings=snakemake.params.settings,
            seed=snakemake.params.seed,
        )
