"""A live session: a source's frames go to the server region by region; scores come back, are kept and recorded."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

import av
import numpy as np

from squint.domain.regions import Region
from squint.errors import InputError
from squint.live.client import CONNECTED, REFUSED, Client, Sent
from squint.live.drawing import annotate, describe, tile
from squint.live.messages import RegionScored, Scored, Welcome
from squint.live.recorder import Recorder, rows_of
from squint.live.sources import Shot, Source
from squint.regions.pictures import View

LATENCIES = 3000  # of the last frames, of which the median and the 99th percentile are told
MOST_POINTS = 1 << 18  # of a curve, whatever times a camera tells
RATE_S = 3.0  # over which the frame rate is told
ROOM = 24  # frames that wait where the source has no pace of its own
DONE_S = 30.0  # that the last frames may take to be answered
STOP_S = 2.0  # the same where the session is stopped
CHANGED_RATE = 0.25  # share by which the rate may differ from what the source told


@dataclass
class Curve:
    """The scores of a region in the last minutes, and its last picture."""

    window_s: float
    times_s: deque = field(init=False)
    scores: deque = field(init=False)
    ends: deque = field(init=False)
    told: int = 0  # scores so far
    picture: np.ndarray | None = None
    said: RegionScored | None = None

    def __post_init__(self) -> None:
        self.times_s, self.scores, self.ends = (deque(maxlen=MOST_POINTS) for _ in range(3))

    def add(self, time_s: float, said: RegionScored, picture: np.ndarray) -> None:
        self.times_s.append(time_s)
        self.scores.append(said.score)
        self.ends.append((said.low, said.high))
        while self.times_s[0] < time_s - self.window_s:
            for values in (self.times_s, self.scores, self.ends):
                values.popleft()
        self.told += 1
        self.picture, self.said = picture, said


class Session:
    """Runs a source against a server in threads of its own; what it has can be asked for at any time."""

    def __init__(
        self,
        source: Source,
        regions: dict[str, Region],
        client: Client,
        welcome: Welcome,
        window_minutes: float = 5.0,
        masks: bool = False,
    ):
        """Raises InputError for regions beyond the frames, or more than the server takes."""
        check_regions(source, regions, welcome)
        self.source, self.regions, self.client, self.welcome = source, regions, client, welcome
        self.masks = masks
        self.views = {name: View(region, view_size(region, welcome)) for name, region in regions.items()}
        self.curves = {name: Curve(60 * window_minutes) for name in regions}
        self.lock = threading.Lock()
        self.latencies: deque[float] = deque(maxlen=LATENCIES)
        self.arrivals: deque[float] = deque(maxlen=600)
        self.recent: deque[float] = deque(maxlen=max(2, round(RATE_S * source.fps)))  # times of the last frames
        self.spent = dict.fromkeys(("decode", "crop", "network", "transport and waiting"), 0.0)
        self.marks: list[tuple[float, str]] = []
        self.time_s, self.shots, self.scored = 0.0, 0, 0
        self.words, self.ended = "", False
        self.failure: Exception | None = None
        self.recorder: Recorder | None = None
        self.recording_fault = ""
        self.annotated = False
        self.last_shot: np.ndarray | None = None
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        client.on_scored = self.take

    def start(self) -> "Session":
        """Begin."""
        self.thread.start()
        return self

    def stop(self) -> None:
        """End, and close the recording."""
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join()

    def run(self) -> None:
        """The thread that reads the source."""
        try:
            for shot in self.source.shots(self.stopping.is_set):
                self.spent["decode"] += shot.decode_s
                if fault := self.fault_of(shot):
                    raise InputError(self.source.name, "frames of one size", fault, "draw the regions anew")
                self.send(shot)
            self.words = "the source has ended"
        except InputError as error:
            self.failure, self.words = error, error.args[2]
        except Exception as error:  # told on the page; the terminal has the rest
            self.failure, self.words = error, f"{type(error).__name__}: {error}"
        finally:
            self.client.wait_until_done(STOP_S if self.stopping.is_set() else DONE_S)
            self.client.give_up()
            self.source.close()
            with self.lock:
                self.ended = True
            self.stop_recording()

    def rate_note(self) -> str:
        """What is told where the source's rate is another than it said; empty where it is not."""
        times = list(self.recent)
        if len(times) < (self.recent.maxlen or 2) or times[-1] <= times[0]:
            return ""
        rate = (len(times) - 1) / (times[-1] - times[0])
        changed = abs(rate / self.source.fps - 1) > CHANGED_RATE
        return f"the source delivers {rate:.0f} frames/s, not {self.source.fps:.0f}" if changed else ""

    def fault_of(self, shot: Shot) -> str:
        """What is wrong with a frame, in words; empty for nothing."""
        height, width = shot.picture.shape[:2]
        if (width, height) != (self.source.width, self.source.height):
            return f"{width} by {height} px, after {self.source.width} by {self.source.height}"
        return ""

    def send(self, shot: Shot) -> None:
        """Cut the regions of a frame and have them scored. Raises InputError where the server takes no more."""
        if self.client.state == REFUSED:
            remedy = "start anew, with a server and a scorer that take these pictures"
            raise InputError(self.client.address, "a server that scores", self.client.words, remedy)
        if not getattr(self.source, "paced", True) and not self.client.wait_for_room(ROOM, DONE_S):
            raise InputError(self.client.address, "a server that scores", self.client.words, "start it again")
        start = time.monotonic()
        pictures = {name: cut_picture(view, shot.picture, self.welcome) for name, view in self.views.items()}
        self.spent["crop"] += time.monotonic() - start
        self.last_shot, self.time_s = shot.picture, shot.time_s
        self.shots += 1
        self.recent.append(shot.time_s)
        self.client.submit(Sent(shot.number, shot.time_s, shot.due, self.source.name[:64], pictures, self.masks))

    def take(self, frame: Sent, scored: Scored, now: float) -> None:
        """Take what is said of a frame; called by the link."""
        latency_s = now - frame.due
        with self.lock:
            self.scored += 1
            self.latencies.append(latency_s)
            self.arrivals.append(now)
            self.spent["network"] += scored.took_ms / 1e3
            # From when its regions were cut to its scores, without what the networks took.
            self.spent["transport and waiting"] += now - frame.since - scored.took_ms / 1e3
            for said in scored.regions:
                if said.region in self.curves:  # what a server says of others is left out
                    self.curves[said.region].add(frame.time_s, said, frame.pictures[said.region])
            if self.recorder is not None:
                self.keep(frame, scored, latency_s)

    def keep(self, frame: Sent, scored: Scored, latency_s: float) -> None:
        """Record a frame; where that fails the session goes on without a recording, and says so."""
        recorder = self.recorder
        if recorder is None:
            return
        try:
            recorder.add(rows_of(frame.number, frame.time_s, scored, latency_s * 1e3))
            if self.annotated:
                recorder.draw(self.draw_unlocked(), frame.time_s, self.source.fps)
        except (OSError, av.FFmpegError) as error:
            self.recorder = None
            self.recording_fault = f"the recording has stopped: {getattr(error, 'strerror', None) or error}"
            recorder.abandon()

    def draw_unlocked(self) -> np.ndarray:
        pictures = []
        for name, curve in self.curves.items():
            if curve.picture is not None:
                words = f"{name}: {describe(curve.said)}" if curve.said else name
                pictures.append(annotate(curve.picture, curve.said, words))
        return tile(pictures)

    def draw(self) -> np.ndarray | None:
        """All regions as they were scored last, uint8 RGB; None before the first."""
        with self.lock:
            return self.draw_unlocked() if any(curve.picture is not None for curve in self.curves.values()) else None

    def mark(self, label: str) -> None:
        """Mark the present moment of the source."""
        with self.lock:
            self.marks.append((self.time_s, label))
            if self.recorder is not None:
                self.recorder.mark(label, self.time_s)

    def record(self, recorder: Recorder, annotated: bool) -> bool:
        """Record from now on; whether it is so: not where the session has ended, or is recorded already."""
        with self.lock:
            if self.ended or self.recorder is not None:
                return False
            self.recorder, self.annotated, self.recording_fault = recorder, annotated, ""
            return True

    def stop_recording(self) -> None:
        """Close the recording, if there is one; what stands in the way of that is told."""
        with self.lock:
            recorder, self.recorder = self.recorder, None
        if recorder is None:
            return
        try:
            recorder.close(self.measures())
        except OSError as error:
            self.recording_fault = f"the recording could not be finished: {error.strerror or error}"

    def measures(self) -> dict:
        """Latency (median, 99th percentile in ms), scored frames a second, dropped ones, and the state of the link."""
        with self.lock:
            latencies = np.array(self.latencies) * 1e3
            now = time.monotonic()
            recent = [arrival for arrival in self.arrivals if now - arrival <= RATE_S]
        counts = self.client.counts
        return {
            "fps": len(recent) / RATE_S,
            "median_ms": float(np.median(latencies)) if len(latencies) else None,
            "p99_ms": float(np.percentile(latencies, 99)) if len(latencies) else None,
            "spent_s": {name: round(seconds, 3) for name, seconds in self.spent.items()},
            "shots": self.shots,
            "dropped": counts.dropped,
            "refused": counts.refused,
            "scored": counts.scored,
            "state": self.client.state,
            "words": self.words or self.recording_fault or self.client.words,
            "recording_fault": self.recording_fault,
            "note": self.rate_note(),
            "connected": self.client.state == CONNECTED,
            "ended": self.ended,
            "time_s": self.time_s,
        }


def check_regions(source: Source, regions: dict[str, Region], welcome: Welcome) -> None:
    """Raise InputError for regions beyond the frames of a source, or more than the server takes, or none."""
    if not regions:
        raise InputError(source.name, "a region at least", "none", "draw one, or name one with --region")
    if len(regions) > welcome.most_regions:
        found, remedy = f"{len(regions)}", "leave some out, or start a second session"
        raise InputError(source.name, f"at most {welcome.most_regions} regions, as the server takes", found, remedy)
    for name, region in regions.items():
        if fault := region.fault(source.width, source.height):
            raise InputError(f"{source.name}, region {name!r}", "a region within the frames", fault, "draw it anew")


def view_size(region: Region, welcome: Welcome) -> tuple[int, int]:
    """The size of a region's pictures: what the scorer takes, or that of the region."""
    return welcome.size or (region.width, region.height)


def cut_picture(view: View, frame: np.ndarray, welcome: Welcome) -> np.ndarray:
    """The picture of a region as the scorer takes it."""
    if welcome.kind == "faces":
        return np.ascontiguousarray(view.cut(frame))
    return view.picture(frame, welcome.channel)
