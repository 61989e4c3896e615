"""Finds when the light comes on in a video: the end of a dark fragment, to a fraction of a frame (thesis, 4.3.1).

A frame is dark if few of its pixels are bright. The instant lies between the levels of dark and light in that very
video: so cameras of different exposure agree, and a light that takes several frames to rise counts from the middle of
its rise.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import av
import cv2
import numpy as np

from squint.errors import InputError
from squint.files.frames import luma
from squint.files.video import Video
from squint.jobs.job import progress

MANUAL_REMEDY = (
    "write a frame number for each camera, with commas between, into the column `sync_frames` of the sample sheet: the "
    "frames of one instant, negative for a camera that was started after it"
)
POOL = 8  # px; brightness is averaged over such squares, so that the noise of a camera's gain is not light
SETTLE_S = 0.5  # after the light has come on, its level is taken from so many seconds
RISING = (0.05, 0.95)  # shares of the light between which it is rising


@dataclass(frozen=True)
class LightOn:
    """A dark fragment and the light that ends it, in frames of one video."""

    dark_from: int
    dark_frames: int
    instant: float  # when the light came on, in frames: frame k is in the middle of its exposure at k
    rise_frames: int  # frames in which the light was neither off nor fully on


def brightness(frame: np.ndarray, bright_level: int) -> tuple[float, float]:
    """Share of bright squares of a luma plane (uint8), and its mean in grey levels."""
    size = (max(1, frame.shape[1] // POOL), max(1, frame.shape[0] // POOL))
    pooled = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return float(np.count_nonzero(pooled > bright_level) / pooled.size), float(pooled.mean())


def read_light(frames: Iterable[tuple[int, av.VideoFrame]], bright_level: int) -> Iterator[tuple[int, float, float]]:
    """Number, share of bright squares and mean brightness of numbered frames."""
    for number, frame in frames:
        yield number, *brightness(luma(frame), bright_level)


def find_dark_fragment(
    shares: Iterable[float], least_share: float, least_frames: int, least_lit: int = 1
) -> tuple[int, int] | None:
    """First index and length of the first dark fragment that ends in light, or None.

    `shares` are the shares of bright squares frame by frame; a frame is dark below `least_share`; a fragment has at
    least `least_frames` frames. Light that goes off again within `least_lit` frames is a flash and part of the dark.
    """
    dark, lit = 0, 0
    for index, share in enumerate(shares):
        if share < least_share:
            dark += 1 + (lit if dark else 0)
            lit = 0
        else:
            lit += 1
            if lit == least_lit:
                if dark >= least_frames:
                    return index + 1 - lit - dark, dark
                dark = 0
    if dark >= least_frames and lit:  # the light had just come on
        return index + 1 - lit - dark, dark
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
    instant = numbers[full] - 0.5 - float(seen[off + 1 : full].sum())
    return LightOn(int(numbers[dark_from]), int(numbers[end] - numbers[dark_from]), instant, full - off - 1)


class LightSearch:
    """Looks for dark fragments in parts of one video.

    `record` is the video's probe record, `index` its index; `threads` decode; the other values are the config's
    `recordings: sync`.
    """

    def __init__(
        self,
        record: dict,
        index: str,
        threads: int,
        *,
        bright_level: int,
        bright_share_least: float,
        dark_seconds: float,
        search_seconds: float,
        **_,
    ):
        self.record, self.index, self.threads = record, index, threads
        self.bright_level, self.least_share = bright_level, bright_share_least
        self.fps = record["fps"]
        self.least_frames = max(1, round(dark_seconds * self.fps))
        # The first light is looked for in one half of the video, the second in the other.
        self.search_frames = min(round(search_seconds * self.fps), record["frames"] // 2)

    def light_events(self, first: int, last: int, backwards: bool = False) -> Iterator[LightOn]:
        """The times that the light comes on in frames `first` to `last`, after a dark fragment.

        Where every dark fragment must hold a key frame, only key frames are decoded, and then what lies around it.
        """
        with Video(self.record["path"], self.index, self.threads) as video:
            # With the key frames around the part, every frame of it lies between two of them.
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
            pairs = self.bracket_dark(light, first, jumping_back)
            if backwards and not sparse:
                pairs = reversed(list(pairs))
            for before, after in pairs:
                event = self.look_closely(before, after)
                if event is not None:
                    yield event

    def bracket_dark(self, light: Iterable, first: int, backwards: bool) -> Iterator[tuple[int, int]]:
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
        with Video(self.record["path"], self.index, self.threads) as video:
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
