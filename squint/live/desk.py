"""What the live page works on: a source and its regions, the server, the session that runs, and what is recorded."""

import argparse
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from squint.domain.regions import Region
from squint.errors import InputError
from squint.live.client import Client
from squint.live.messages import Welcome
from squint.live.recorder import Recorder
from squint.live.session import Curve, Session
from squint.live.sources import Shot, Source
from squint.measures.continuous import find_blinks, without_blinks
from squint.regions.curves import around, smooth_over_time

PREVIEW_WIDTH, PREVIEW_QUALITY = 960, 80  # px and JPEG quality of what the page shows
WINDOW_MINUTES = 5.0  # of curves, that the page shows
MARK_LABELS = {"1": "injection", "2": "handling", "3": "noise"}
FIND_S = 8.0  # that the server may take to answer when a session begins


@dataclass
class Cursor:
    """How much of each curve one page has been told."""

    raw: dict[str, int] = field(default_factory=dict)
    smoothed: dict[str, float] = field(default_factory=dict)
    marks: int = 0


def as_jpeg(picture: np.ndarray) -> bytes:
    """A uint8 RGB picture as JPEG, no wider than the page shows it."""
    height, width = picture.shape[:2]
    if width > PREVIEW_WIDTH:
        size = (PREVIEW_WIDTH, round(height * PREVIEW_WIDTH / width))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, PREVIEW_QUALITY])[1].tobytes()


def last(values, count: int) -> list:
    """The last `count` of a deque."""
    return list(islice(values, max(0, len(values) - count), None))


def rounded(values) -> list[float | None]:
    """Numbers for a page: three decimals, None for what is none."""
    return [None if value is None or value != value else round(float(value), 3) for value in values]


def new_points(curve: Curve, told: int) -> list[list]:
    """The scores behind the first `told` ones: time, score, low, high, a row each."""
    count = min(curve.told - told, len(curve.times_s))
    rows = zip(last(curve.times_s, count), last(curve.scores, count), last(curve.ends, count), strict=True)
    return [rounded((time_s, score, *ends)) for time_s, score, ends in rows]


def smoothed_points(curve: Curve, since_s: float, welcome: Welcome) -> tuple[list[list], float]:
    """The smoothed curve behind `since_s`, as far as nothing that comes can change it: time, score, low, high.

    And the time up to which it is told.

    As the workflow smooths it, with blinks left out; so it is half a window behind.
    """
    half = welcome.window_s / 2
    if not curve.times_s or curve.times_s[-1] - half - welcome.blink_s <= since_s:
        return [], since_s
    ready = curve.times_s[-1] - half - welcome.blink_s
    begin = since_s - 2 * half - 2 * welcome.blink_s
    times = list(curve.times_s)
    first = int(np.searchsorted(times, begin))
    times_s = np.array(times[first:])
    scores = np.array([np.nan if score is None else score for score in islice(curve.scores, first, None)])
    blinks = find_blinks(times_s, scores, welcome.closed, welcome.blink_s)
    means = smooth_over_time(times_s, without_blinks(scores, blinks), welcome.window_s)
    margin = np.nan if welcome.curve_margin is None else welcome.curve_margin
    low, high = around(means, margin, welcome.highest)
    chosen = (times_s > since_s) & (times_s <= ready)
    rows = zip(times_s[chosen], means[chosen], low[chosen], high[chosen], strict=True)
    return [rounded(row) for row in rows], float(times_s[chosen][-1]) if chosen.any() else since_s


class Desk:
    """One source and one server, on which sessions run one after the other."""

    def __init__(
        self,
        given: argparse.Namespace,
        open_one: Callable[[], Source],
        connect: Callable[[], Client],
        welcome: Welcome,
        regions: dict[str, Region],
        shot: Shot,
        folder: Callable[[Source], Path],
    ):
        self.given, self.open_one, self.connect, self.welcome = given, open_one, connect, welcome
        self.regions, self.folder = regions, folder
        self.preview = shot.picture
        self.frame = (shot.picture.shape[1], shot.picture.shape[0])  # width and height in px of what is drawn on
        self.client: Client | None = None
        self.session: Session | None = None
        self.source: Source | None = None
        self.trouble = ""
        self.masks = given.masks
        self.runs = 0
        self.lock = threading.Lock()
        self.mosaic = (-1, -1, b"")  # run, scored frames, JPEG

    @property
    def running(self) -> bool:
        """Whether a session runs."""
        session = self.session
        return session is not None and not session.ended

    def start(self, regions: dict[str, Region]) -> None:
        """Begin a session on regions that were drawn; what stands in its way is in `trouble`. One that runs goes on."""
        with self.lock:
            if self.running:
                return
            self.close()
            self.trouble, self.regions = "", regions
            try:
                self.client = self.connect()
                welcome = self.client.wait_for_server(FIND_S)
                if welcome is None:
                    self.trouble = self.client.words
                    return
                if (welcome.scale, welcome.highest) != (self.welcome.scale, self.welcome.highest):
                    self.trouble = f"the server scores on another scale now, {welcome.scale}: start the program anew"
                    return
                self.source = self.open_one()
                self.frame = (self.source.width, self.source.height)
                session = Session(self.source, regions, self.client, welcome, WINDOW_MINUTES, self.masks)
                self.session, self.source, self.runs = session, None, self.runs + 1
                session.start()
            except InputError as error:
                self.trouble = f"{error.args[0]}: {error.args[1]} was expected, found {error.args[2]}; {error.args[3]}"

    def stop(self) -> None:
        """End the session that runs."""
        with self.lock:
            if self.session is not None:
                self.session.stop()

    def close(self) -> None:
        """Free what the last session had, or one that could not be made."""
        if self.session is not None:
            self.session.stop()
        if self.source is not None:
            self.source.close()
        if self.client is not None:
            self.client.stop()
        self.session, self.client, self.source = None, None, None

    @property
    def recording(self) -> Path | None:
        """The folder that is recorded into; None where none is."""
        session = self.session
        recorder = session.recorder if session is not None else None
        return recorder.folder if recorder is not None else None

    def record(self, wanted: bool, annotated: bool) -> None:
        """Record, or do not."""
        with self.lock:
            session = self.session
            if session is None or wanted == (self.recording is not None):
                return
            if not wanted:
                session.stop_recording()
                return
            try:
                folder = self.folder(session.source)
                regions = {name: str(region) for name, region in session.regions.items()}
                recorder = Recorder(folder, session.welcome, regions, session.source.name)
                if not session.record(recorder, annotated):
                    recorder.close()
            except InputError as error:
                self.trouble = f"{error.args[0]}: {error.args[2]}; {error.args[3]}"

    def mark(self, label: str) -> None:
        """Mark the present moment."""
        if self.session is not None and not self.session.ended:
            self.session.mark(label[:60])

    def show_masks(self, shown: bool) -> None:
        """Whether the segmentation is shown."""
        self.masks = shown
        if self.session is not None:
            self.session.masks = shown

    def whole_frame(self) -> bytes:
        """The last frame of the source as JPEG, on which regions are drawn."""
        shot = self.session.last_shot if self.session is not None else None
        return as_jpeg(self.preview if shot is None else shot)

    def regions_picture(self) -> bytes:
        """All regions as they were scored last, as JPEG; made once for all pages."""
        session = self.session
        if session is None:
            return b""
        key = (self.runs, session.scored)
        if self.mosaic[:2] != key:
            drawn = session.draw()
            self.mosaic = (*key, b"" if drawn is None else as_jpeg(drawn))
        return self.mosaic[2]

    def news(self, cursor: Cursor) -> dict:
        """What has changed since a page was told last: measures, new scores, marks; moves its cursor on."""
        session = self.session
        told = {
            "run": self.runs,
            "running": self.running,
            "recording": str(self.recording) if self.recording else "",
            "trouble": self.trouble,
            "regions": [[name, *vars(region).values()] for name, region in self.regions.items()],
            "frame": list(self.frame),
            "masks": self.masks,
            "curves": {},
            "marks": [],
        }
        if session is None:
            return told | {"connected": False, "words": "not started"}
        with session.lock:
            for name, curve in session.curves.items():
                raw = new_points(curve, cursor.raw.get(name, 0))
                smooth, cursor.smoothed[name] = smoothed_points(curve, cursor.smoothed.get(name, -1.0), session.welcome)
                cursor.raw[name] = curve.told
                said = curve.said
                words = "" if said is None else said.abstained
                told["curves"][name] = {"raw": raw, "smoothed": smooth, "abstained": words}
            told["marks"] = [[round(time_s, 3), label] for time_s, label in session.marks[cursor.marks :]]
            cursor.marks = len(session.marks)
        return told | session.measures()


def first_shot(source: Source) -> Shot:
    """A frame of a source. Raises InputError for none."""
    for shot in source.shots(lambda: False):
        return shot
    raise InputError(source.name, "frames", "none", "take another source")
