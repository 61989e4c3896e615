"""Finds when the light comes on in each camera (thesis, 4.3.1), and from a second time how fast its clock is.

A frame is dark if few of its pixels are bright. The synchronisation frame is the first one that saw the light for
more than half of its exposure, between the levels of dark and light in that very video: so cameras of different
exposure agree, and a light that takes several frames to rise counts from the middle of its rise.
"""

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd

from scripts.grimace import CAMERAS
from scripts.job import InputError, job, progress
from scripts.video import Video, luma

MANUAL_REMEDY = (
    "write six comma-separated frame numbers into the column `sync_frames` of the sample sheet: the frames of one "
    "instant, negative for a camera that was started after it"
)
POOL = 8  # px; brightness is averaged over such squares, so that the noise of a camera's gain is not light
SETTLE_S = 0.5  # after the light has come on, its level is taken from so many seconds
RISING = (0.05, 0.95)  # shares of the light between which it is rising
DARK_DIFFERENCE_S = 0.3  # six views of one dark fragment may differ by this much (automatic exposure)
SPAN_DIFFERENCE_PPM = 500  # and of the time between two light events by this much, and by two frames
LEAST_SPAN_S = 10  # between two light events; less tells nothing of a clock
EARLY_END_S = 5  # a camera that ends earlier than the last one by more than this is told


@dataclass(frozen=True)
class LightOn:
    """A dark fragment and the light that ends it, in frames of one video."""

    dark_from: int
    dark_frames: int
    place: float  # the instant of the light: frame k is in the middle of its exposure at k
    rise_frames: int  # frames in which the light was neither off nor fully on


def brightness(frame: np.ndarray, bright_level: int) -> tuple[float, float]:
    """Share of bright places of a luma plane (uint8), and its mean in grey levels."""
    size = (max(1, frame.shape[1] // POOL), max(1, frame.shape[0] // POOL))
    pooled = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return float(np.count_nonzero(pooled > bright_level) / pooled.size), float(pooled.mean())


def read_light(frames: Iterable[tuple[int, av.VideoFrame]], bright_level: int) -> Iterator[tuple[int, float, float]]:
    """Number, share of bright places and mean brightness of numbered frames."""
    for number, frame in frames:
        yield number, *brightness(luma(frame), bright_level)


def find_dark_fragment(
    shares: Iterable[float], least_share: float, least_frames: int, least_lit: int = 1
) -> tuple[int, int] | None:
    """First place and length of the first dark fragment that ends in light, or None.

    `shares` are the shares of bright places frame by frame; a frame is dark below `least_share`; a fragment has at
    least `least_frames` frames. Light that goes off again within `least_lit` frames is a flash and part of the dark.
    """
    dark, lit = 0, 0
    for place, share in enumerate(shares):
        if share < least_share:
            dark += 1 + (lit if dark else 0)
            lit = 0
        else:
            lit += 1
            if lit == least_lit:
                if dark >= least_frames:
                    return place + 1 - lit - dark, dark
                dark = 0
    if dark >= least_frames and lit:  # the light had just come on
        return place + 1 - lit - dark, dark
    return None


def locate_light(numbers: np.ndarray, means: np.ndarray, dark_from: int, dark_frames: int, settle: int) -> LightOn:
    """The instant of the light from the brightness of frames `numbers` around a dark fragment of `dark_frames` entries.

    A frame collects light over its exposure; so the share of the light that the frames of the rise have seen, summed
    up, tells how long before the first fully lit frame the light came on.
    """
    end = dark_from + dark_frames
    dark = np.median(means[dark_from:end])
    light = np.median(means[end + settle // 2 : end + settle + 1]) if len(means) > end + settle // 2 else means[-1]
    seen = np.clip((means - dark) / max(light - dark, 1e-6), 0, 1)
    middle = dark_from + dark_frames // 2
    unlit = np.flatnonzero(seen[middle : end + 1] <= RISING[0])
    off = middle + int(unlit[-1]) if len(unlit) else middle - 1
    full = off + 1 + int(np.argmax(seen[off + 1 :] >= RISING[1]))
    place = numbers[full] - 0.5 - float(seen[off + 1 : full].sum())
    return LightOn(int(numbers[dark_from]), int(numbers[end] - numbers[dark_from]), place, full - off - 1)


class LightSearch:
    """Looks for dark fragments in parts of one video.

    `record` is the video's probe record, `index` its index; the other values are the config's `recordings: sync`.
    """

    def __init__(
        self,
        record: dict,
        index: str,
        *,
        bright_level: int,
        bright_share_least: float,
        dark_seconds: float,
        search_seconds: float,
        **_,
    ):
        self.record, self.index = record, index
        self.bright_level, self.least_share = bright_level, bright_share_least
        self.fps = record["fps"]
        self.least_frames = max(1, round(dark_seconds * self.fps))
        # The first light is looked for in one half of the video, the second in the other.
        self.search_frames = min(round(search_seconds * self.fps), record["frames"] // 2)

    def light_events(self, first: int, last: int, backwards: bool = False) -> Iterator[LightOn]:
        """The times that the light comes on in frames `first` to `last`, after a dark fragment.

        Where every dark fragment must hold a key frame, only key frames are decoded, and then what lies around it.
        """
        with Video(self.record["path"], self.index) as video:
            # With the key frames around the part, every place in it lies between two of them.
            begin, end = np.searchsorted(video.keys, first, "right") - 1, np.searchsorted(video.keys, last)
            looked_at = video.keys[begin : end + 1]
            sparse = np.diff(looked_at, append=last).max() <= self.least_frames
            if not sparse:
                looked_at = np.arange(first, last + 1)
            jumping_back = backwards and sparse
            if jumping_back:
                # The light may have come on after the last key frame.
                frames = chain(video.read([last]), video.read_keys(looked_at[::-1]))
            elif sparse:
                frames = video.read_keys(looked_at)
            else:
                frames = progress(video.read(looked_at), total=len(looked_at), unit="frame", desc=self.record["name"])
            light = read_light(frames, self.bright_level)
            pairs = self.around_dark(light, first, jumping_back)
            if backwards and not sparse:
                pairs = reversed(list(pairs))
            for before, after in pairs:
                event = self.look_closely(before, after)
                if event is not None:
                    yield event

    def around_dark(self, light: Iterable, first: int, backwards: bool) -> Iterator[tuple[int, int]]:
        """The lit frames, or `first`, that lie closest around each dark one of `light`, in its order."""
        lit, dark = None if backwards else first, False
        for number, share, _ in light:
            if share < self.least_share:
                dark = True
                continue
            if dark and lit is not None:
                yield (number, lit) if backwards else (lit, number)
            lit, dark = number, False

    def look_closely(self, before: int, after: int) -> LightOn | None:
        """The light event between two frames, from every frame between them and some after; None if it is too short."""
        settle = max(2, round(SETTLE_S * self.fps))
        with Video(self.record["path"], self.index) as video:
            last = min(after + settle, len(video) - 1)
            light = np.array(list(read_light(video.read(range(before, last + 1)), self.bright_level)))
            if video.unreadable:
                logging.warning("%s: %d frames around the light can't be read.", video.path, len(video.unreadable))
        found = find_dark_fragment(light[:, 1], self.least_share, self.least_frames, max(1, settle // 2))
        return None if found is None else locate_light(light[:, 0], light[:, 2], *found, settle)

    def first_light(self, dark_fragment: int) -> LightOn:
        """The end of the `dark_fragment`-th dark fragment of the video's start. Raises InputError if there is none."""
        count = 0
        for event in self.light_events(0, self.search_frames - 1):
            count += 1
            if count == dark_fragment:
                return event
        which = "a dark fragment" if dark_fragment == 1 else f"dark fragment number {dark_fragment}"
        seconds = self.search_frames / self.fps
        raise InputError(
            self.record["path"],
            f"{which} in the first {seconds:.4g} s: the light off for {self.least_frames / self.fps:.3g} s, then on",
            f"{count} such dark fragments" if count else "no such dark fragment; was the camera started after it?",
            f"check `recordings: sync` in the config, or {MANUAL_REMEDY}",
        )

    def last_light(self) -> LightOn | None:
        """The end of the last dark fragment of the video's end; None if there is none."""
        frames = self.record["frames"]
        return next(self.light_events(max(frames - self.search_frames, 0), frames - 1, backwards=True), None)


def check_cameras(records: list[dict]) -> None:
    """Raise InputError unless all cameras have one frame rate and one frame size."""
    rates = {camera: round(record["fps"], 3) for camera, record in zip(CAMERAS, records, strict=True)}
    if max(rates.values()) - min(rates.values()) > 0.001 * max(rates.values()):
        raise InputError(
            records[0]["path"],
            "six cameras with one frame rate",
            ", ".join(f"{name}: {rate:g} fps" for name, rate in rates.items()),
            "record all cameras with the same setting, or convert the odd ones",
        )
    sizes = {c: f"{record['width']}x{record['height']} px" for c, record in zip(CAMERAS, records, strict=True)}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{name}: {size}" for name, size in sizes.items())
        raise InputError(records[0]["path"], "six cameras with one frame size", found, "convert the odd ones")


def check_fragments(table: pd.DataFrame, records: list[dict]) -> None:
    """Raise InputError if a camera's dark fragment lasts another time than the others': it is another fragment.

    A camera that was started in the dark has seen only the end of it.
    """
    seconds = table.dark_frames / [record["fps"] for record in records]
    whole = seconds[table.dark_from > 0]
    usual = float(whole.median()) if len(whole) else float(seconds.max())
    odd = (seconds - usual > DARK_DIFFERENCE_S) | ((usual - seconds > DARK_DIFFERENCE_S) & (table.dark_from > 0))
    if odd.any():
        place = int(np.argmax(odd))
        raise InputError(
            records[place]["path"],
            f"a dark fragment of {usual:.2f} s, as the other cameras have",
            f"one of {seconds.iloc[place]:.2f} s from frame {table.dark_from.iloc[place]} on",
            "if the light went off more than once, set `recordings: sync: dark_fragment` in the config, or "
            + MANUAL_REMEDY,
        )


def manual_places(text: str, records: list[dict]) -> list[int]:
    """The frame numbers in the sample sheet's column `sync_frames`. Raises InputError if they are not six."""
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != len(CAMERAS) or any(n >= r["frames"] for n, r in zip(numbers, records, strict=False)):
        raise InputError(
            "the sample sheet, column `sync_frames`",
            "six comma-separated frame numbers, each within its video",
            repr(text),
            "correct the numbers, or empty the cell",
        )
    return numbers


def time_at(times_s: np.ndarray, place: float, fps: float) -> float:
    """The time of a place between two frames, in s from the video's first frame; beyond its ends by the rate."""
    inside = min(max(place, 0.0), len(times_s) - 1.0)
    return float(np.interp(inside, np.arange(len(times_s)), times_s) + (place - inside) / fps)


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
    if row.rise_frames <= 1:
        return f"the first frame lit for half of its exposure, after {row.dark_frames} dark ones"
    return f"the middle of a rise of the light over {row.rise_frames} frames, after {row.dark_frames} dark ones"


def synchronise_cameras(
    record_paths: list[str], index_paths: list[str], table_path: str, manual: str, clock_ppm: float, settings: dict
) -> None:
    """Write the synchronisation table of one recording, a row a camera.

    `sync_frame`; `dark_from`, `dark_frames` and `rise_frames`: the fragment before it; `method`: light or manual;
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
    check_cameras(records)
    fps = records[0]["fps"]
    searches = [LightSearch(r, index, **settings) for r, index in zip(records, index_paths, strict=True)]
    if manual:
        found = [LightOn(-1, 0, number - 0.5, 0) for number in manual_places(manual, records)]
    else:
        found = [search.first_light(settings["dark_fragment"]) for search in searches]
    again = [search.last_light() for search in searches]
    table = pd.DataFrame(
        {
            "camera": CAMERAS,
            "sync_frame": [int(np.ceil(light.place - 1e-6)) for light in found],
            "dark_from": [light.dark_from for light in found],
            "dark_frames": [light.dark_frames for light in found],
            "rise_frames": [light.rise_frames for light in found],
            "method": "manual" if manual else "light",
            "fps": fps,
            "sync_s": [time_at(t, light.place, fps) for t, light in zip(times, found, strict=True)],
            "end_s": [np.nan if a is None else time_at(t, a.place, fps) for t, a in zip(times, again, strict=True)],
        }
    ).set_index("camera")
    if not manual:
        check_fragments(table, records)
    table["clock_ppm"] = measure_clocks(table, fps)
    known = table.clock_ppm.notna()
    # A camera may differ from the median of the measured ones by twice the tolerance.
    error_ppm = clock_ppm * (2 if known.any() else 1)
    lasts_s = pd.Series([t[-1] for t in times], CAMERAS) - table.sync_s
    table["end_error_frames"] = 0.5 + (lasts_s * error_ppm * 1e-6 * fps).where(~known, 0)
    table["reason"] = table.apply(explain, axis=1)
    for camera, row in table.iterrows():
        logging.info("%s: frame %d, %s.", camera, row.sync_frame, row.reason)
        if lasts_s[camera] < lasts_s.max() - EARLY_END_S:
            early_s = lasts_s.max() - lasts_s[camera]
            logging.warning("Camera %s ends %.1f s before the last one; so do the moments.", camera, early_s)
    unknown = table[~known]
    if len(unknown):
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
            snakemake.input.records,
            snakemake.input.indexes,
            snakemake.output.table,
            snakemake.params.manual,
            snakemake.params.clock_ppm,
            snakemake.params.settings,
        )
