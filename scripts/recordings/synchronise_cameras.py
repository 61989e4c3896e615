"""Finds each camera's synchronisation frame: the first bright frame after the dark fragment (thesis, 4.3.1)."""

import json
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.grimace import CAMERAS
from scripts.job import InputError, job, progress
from scripts.video import luma, read_frames

MANUAL_REMEDY = "or write six comma-separated frame numbers into the column `sync_frames` of the sample sheet"


def bright_share(frame: np.ndarray, bright_level: int) -> float:
    """Share of pixels of a luma plane (uint8) that are brighter than `bright_level`."""
    return float(np.count_nonzero(frame > bright_level) / frame.size)


def find_dark_fragment(shares: Iterable[float], least_share: float, least_frames: int) -> tuple[int, int] | None:
    """First frame and length of the first dark fragment that ends in a bright frame, or None.

    `shares` are the shares of bright pixels frame by frame; a frame is dark below `least_share`; a fragment
    has at least `least_frames` frames. Frames after the fragment's end are not consumed.
    """
    dark = 0
    for number, share in enumerate(shares):
        if share < least_share:
            dark += 1
        elif dark >= least_frames:
            return number - dark, dark
        else:
            dark = 0
    return None


def detect_sync(
    path: str, fps: float, bright_level: int, bright_share_least: float, dark_seconds: float, search_seconds: float
) -> dict:
    """The sync row of one video. Raises InputError where no dark fragment is found."""
    frames = takewhile(lambda item: item[1] <= search_seconds, read_frames(path))
    shares = (bright_share(luma(frame), bright_level) for _, _, frame in progress(frames, unit="frame"))
    found = find_dark_fragment(shares, bright_share_least, max(1, round(dark_seconds * fps)))
    if found is None:
        raise InputError(
            path,
            f"the light to go off for at least {dark_seconds} s and on again within the first {search_seconds} s",
            "no such dark fragment",
            f"check `recordings: sync` in the config, {MANUAL_REMEDY}",
        )
    dark_from, dark_frames = found
    return {
        "sync_frame": dark_from + dark_frames,
        "dark_from": dark_from,
        "dark_frames": dark_frames,
        "method": "light",
    }


def manual_sync(text: str, records: list[dict]) -> list[dict]:
    """Sync rows from the sample sheet's column `sync_frames`."""
    expected = "six comma-separated frame numbers, each within its video"
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != len(CAMERAS) or not all(0 <= n < r["frames"] for n, r in zip(numbers, records, strict=False)):
        raise InputError(
            "the sample sheet, column `sync_frames`", expected, repr(text), "correct the numbers, or empty the cell"
        )
    return [{"sync_frame": n, "dark_from": -1, "dark_frames": 0, "method": "manual"} for n in numbers]


def check_rates(records: list[dict]) -> None:
    """Raise InputError unless all cameras have one constant frame rate and one frame size."""
    rates = {record["name"]: round(record["fps"], 3) for record in records}
    if max(rates.values()) - min(rates.values()) > 0.001 * max(rates.values()):
        raise InputError(
            records[0]["path"],
            "six cameras with one frame rate",
            ", ".join(f"{name}: {rate:g} fps" for name, rate in rates.items()),
            "record all cameras with the same setting, or convert the odd ones",
        )
    sizes = {record["name"]: f"{record['width']}x{record['height']} px" for record in records}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{name}: {size}" for name, size in sizes.items())
        raise InputError(records[0]["path"], "six cameras with one frame size", found, "convert the odd ones")
    for record in records:
        if not record["constant_rate"]:
            raise InputError(
                record["path"],
                "a constant frame rate, because moments are found by counting frames",
                "frames at irregular times",
                "convert the video to a constant frame rate",
            )


def synchronise_cameras(record_paths: list[str], table_path: str, manual: str, settings: dict) -> None:
    """Write the sync table of one recording from its six probe records."""
    records = [json.loads(Path(path).read_text()) for path in record_paths]
    check_rates(records)
    if manual:
        rows = manual_sync(manual, records)
    else:
        rows = [detect_sync(record["path"], record["fps"], **settings) for record in records]
    table = pd.DataFrame(rows)
    table.insert(0, "camera", CAMERAS)
    table.to_csv(table_path, index=False)


if __name__ == "__main__":
    with job(snakemake):
        synchronise_cameras(
            snakemake.input.records,
            snakemake.output.table,
            snakemake.params.manual,
            snakemake.params.settings,
        )
