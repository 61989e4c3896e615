"""Synchronises cameras: when each saw the light come on (thesis, 4.3.1), and how fast each camera's clock is.

The synchronisation frame is the first one that saw the light for more than half of its exposure. Where the light goes
off and on a second time, at the end, the time between the two tells how fast the clock is. A camera that is alone has
nothing to be synchronised with: its time starts with its first frame, and no light is asked for.
"""

import json
import logging
from pathlib import Path

import numpy as np
import pandas as pd

from squint.errors import InputError
from squint.files.video import Video
from squint.jobs.job import job
from squint.synchronisation.light import MANUAL_REMEDY, LightOn, LightSearch

FIRST_FRAME = "first frame"  # how a camera that is alone is synchronised
DARK_DIFFERENCE_S = 0.3  # views of one dark fragment may differ by this much (automatic exposure)
SPAN_DIFFERENCE_PPM = 500  # and of the time between two light events by this much, and by two frames
LEAST_SPAN_S = 10  # between two light events; less tells nothing of a clock
BEFORE_FIRST = LightOn(-1, 0, -0.5, 0)  # half a frame before the first one
EARLY_END_S = 5  # a camera that ends earlier than the last one by more than this is told


def check_cameras(records: dict[str, dict]) -> None:
    """Raise InputError unless videos have one frame rate and one frame size. `records` are by camera."""
    first = next(iter(records.values()))["path"]
    rates = {camera: round(record["fps"], 3) for camera, record in records.items()}
    if max(rates.values()) - min(rates.values()) > 0.001 * max(rates.values()):
        raise InputError(
            first,
            "cameras with one frame rate",
            ", ".join(f"{name}: {rate:g} fps" for name, rate in rates.items()),
            "record all cameras with the same setting, or convert the odd ones",
        )
    sizes = {camera: f"{record['width']}x{record['height']} px" for camera, record in records.items()}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{name}: {size}" for name, size in sizes.items())
        raise InputError(first, "cameras with one frame size", found, "convert the odd ones")


def check_fragments(table: pd.DataFrame, records: list[dict]) -> None:
    """Raise InputError if a camera's dark fragment lasts another time than the others': it is another fragment.

    A camera that was started in the dark has seen only the end of it.
    """
    seconds = table.dark_frames / [record["fps"] for record in records]
    whole = seconds[table.dark_from > 0]
    # Of an even number the shorter one of the middle, so that it is one that a camera has.
    usual = float(whole.quantile(interpolation="lower")) if len(whole) else float(seconds.max())
    odd = (seconds - usual > DARK_DIFFERENCE_S) | ((usual - seconds > DARK_DIFFERENCE_S) & (table.dark_from > 0))
    if odd.any():
        index = int(np.argmax(odd))
        raise InputError(
            records[index]["path"],
            f"a dark fragment of {usual:.2f} s, as the other cameras have",
            f"one of {seconds.iloc[index]:.2f} s from frame {table.dark_from.iloc[index]} on",
            "if the light went off more than once, set `recordings: sync: dark_fragment` in the config, or "
            + MANUAL_REMEDY,
        )


def manual_frames(text: str, records: list[dict]) -> list[int]:
    """The frame numbers in the sample sheet's column `sync_frames`. Raises InputError if they are not one a camera."""
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != len(records) or any(n >= r["frames"] for n, r in zip(numbers, records, strict=False)):
        raise InputError(
            "the sample sheet, column `sync_frames`",
            f"frame numbers of {len(records)} camera(s) with commas between, each within its video",
            repr(text),
            "correct the numbers, or empty the cell",
        )
    return numbers


def time_at(times_s: np.ndarray, instant: float, fps: float) -> float:
    """The time of an instant between two frames, in s from the video's first frame; beyond its ends by the rate."""
    inside = min(max(instant, 0.0), len(times_s) - 1.0)
    return float(np.interp(inside, np.arange(len(times_s)), times_s) + (instant - inside) / fps)


def measure_clocks(table: pd.DataFrame, fps: float) -> pd.Series:
    """How fast each camera's clock is, in parts per million of the cameras' median clock; NaN where it is not known.

    A clock is known from the time between two light events, `sync_s` and `end_s`. Events that are not the same in
    all cameras, since the times between them differ by more than clocks do, tell nothing.
    """
    span_s = table.end_s - table.sync_s
    usual_s = span_s.median()
    close = (span_s - usual_s).abs() <= usual_s * SPAN_DIFFERENCE_PPM * 1e-6 + 2 / fps
    for camera, own_s in span_s[span_s.notna() & ~close].items():
        logging.warning(
            "Camera %s saw the light come on again after %.3f s, the others after %.3f s: not used for its clock.",
            camera,
            own_s,
            usual_s,
        )
    span_s = span_s.where(close)
    if span_s.notna().sum() < 2 or usual_s < LEAST_SPAN_S:
        return span_s * np.nan
    return (span_s / span_s.median() - 1) * 1e6


def explain(row: pd.Series) -> str:
    """Why this is the camera's synchronisation frame."""
    if row.method == "manual":
        return "from the sample sheet"
    if row.method == FIRST_FRAME:
        return "the first frame of the only camera"
    if row.rise_frames <= 1:
        return f"the first frame lit for half of its exposure, after {row.dark_frames} dark ones"
    return f"the middle of a rise of the light over {row.rise_frames} frames, after {row.dark_frames} dark ones"


def find_light(searches: list[LightSearch], manual: str, records: list[dict], fragment: int) -> tuple[list, list]:
    """When the light came on first and last in each video; None where it did not a second time.

    `manual` are frames that people gave, which take the place of the first light. One camera alone is not searched.
    """
    again = [search.last_light() for search in searches] if len(searches) > 1 else [None]
    if manual:
        return [LightOn(-1, 0, number - 0.5, 0) for number in manual_frames(manual, records)], again
    if len(searches) == 1:
        return [BEFORE_FIRST], again
    return [search.first_light(fragment) for search in searches], again


def synchronise_cameras(
    cameras: list[str],
    record_paths: list[str],
    index_paths: list[str],
    table_path: str,
    manual: str,
    clock_ppm: float,
    settings: dict,
    threads: int,
) -> None:
    """Write the synchronisation table of one recording, a row a camera.

    `sync_frame`; `dark_from`, `dark_frames` and `rise_frames`: the fragment before it; `method`: light, manual or first
    frame;
    `sync_s` and `end_s`: when the light came on the first and the last time, by the camera's clock, in s from its
    first frame; `clock_ppm`: how fast that clock is, empty if not known; `fps`: the recording's rate;
    `end_error_frames`: how far a frame at the end can be from its moment for all that is known; `reason`. `clock_ppm`
    is the tolerance of a camera's clock where there is no second light event.
    """
    records = [json.loads(Path(path).read_text()) for path in record_paths]
    times = []
    for record, index in zip(records, index_paths, strict=True):
        with Video(record["path"], index) as video:
            times.append(video.times_s)
        if not record["constant_rate"]:
            logging.warning("%s: frames at irregular times; moments without a frame are left out.", record["path"])
    check_cameras(dict(zip(cameras, records, strict=True)))
    fps = records[0]["fps"]
    searches = [LightSearch(r, index, threads, **settings) for r, index in zip(records, index_paths, strict=True)]
    found, again = find_light(searches, manual, records, settings["dark_fragment"])
    alone = len(cameras) == 1
    table = pd.DataFrame(
        {
            "camera": cameras,
            "sync_frame": [int(np.ceil(light.instant - 1e-6)) for light in found],
            "dark_from": [light.dark_from for light in found],
            "dark_frames": [light.dark_frames for light in found],
            "rise_frames": [light.rise_frames for light in found],
            "method": "manual" if manual else FIRST_FRAME if alone else "light",
            "fps": fps,
            "sync_s": [time_at(t, light.instant, fps) for t, light in zip(times, found, strict=True)],
            "end_s": [np.nan if a is None else time_at(t, a.instant, fps) for t, a in zip(times, again, strict=True)],
        }
    ).set_index("camera")
    if not manual and not alone:
        check_fragments(table, records)
    table["clock_ppm"] = measure_clocks(table, fps)
    known = table.clock_ppm.notna()
    # A camera may differ from the median of the measured ones by twice the tolerance.
    error_ppm = 0 if alone else clock_ppm * (2 if known.any() else 1)
    lasts_s = pd.Series([t[-1] for t in times], cameras) - table.sync_s
    table["end_error_frames"] = 0.5 + (lasts_s * error_ppm * 1e-6 * fps).where(~known, 0)
    table["reason"] = table.apply(explain, axis=1)
    for camera, row in table.iterrows():
        logging.info("%s: frame %d, %s.", camera, row.sync_frame, row.reason)
        if lasts_s[camera] < lasts_s.max() - EARLY_END_S:
            early_s = lasts_s.max() - lasts_s[camera]
            logging.warning("Camera %s ends %.1f s before the last one; so do the moments.", camera, early_s)
    unknown = table[~known]
    if len(unknown) and not alone:
        logging.warning(
            "No second light event for %s: at the end frames can be %.1f off their moment (clocks within %g ppm).",
            ", ".join(unknown.index),
            unknown.end_error_frames.max(),
            clock_ppm,
        )
    table.reset_index().to_csv(table_path, index=False, float_format="%.6f")


if __name__ == "__main__":
    with job(snakemake):
        synchronise_cameras(
            cameras=snakemake.params.cameras,
            record_paths=snakemake.input.records,
            index_paths=snakemake.input.indexes,
            table_path=snakemake.output.table,
            manual=snakemake.params.manual,
            clock_ppm=snakemake.params.clock_ppm,
            settings=snakemake.params.settings,
            threads=snakemake.threads,
        )
