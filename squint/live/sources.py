"""Where frames come from: a video file at its own pace, or a camera (V4L2, RTSP) as it delivers them."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import av
import numpy as np

from squint.errors import InputError, instead_of_file
from squint.files.frames import note_aspect, picture
from squint.files.video import Video

URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)
DEVICE = re.compile(r"/dev/video[0-9]+")
STREAMS = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "tcp", "srt")
TIMEOUT_S = 10.0  # without a frame, after which a camera counts as gone
SLOWEST, FASTEST, USUAL = 1.0, 240.0, 30.0  # frames a second


@dataclass(frozen=True)
class Shot:
    """A frame of a source: its number from 0, its time in s, and when it was there by the monotonic clock."""

    number: int
    time_s: float
    due: float
    decode_s: float  # what decoding it and making its picture took
    picture: np.ndarray  # uint8 RGB (height, width, 3)


class Source(Protocol):
    """`name` for people; `shots` gives frames until the source ends or `stopping` says so; `close` lets it go."""

    name: str
    width: int
    height: int
    fps: float

    def shots(self, stopping: Callable[[], bool]) -> Iterator[Shot]: ...

    def close(self) -> None: ...


class FileSource:
    """A video file, whose frames come at their times, or as fast as they are taken."""

    def __init__(self, path: str, paced: bool = True, threads: int = 1, loop: bool = False):
        """`loop`: it begins again when it ends. Raises InputError for a file that is no video."""
        if not Path(path).is_file():
            raise InputError(path, "a video", instead_of_file(path), "correct the path")
        self.name, self.paced, self.loop = Path(path).name, paced, loop
        self.video = Video(path, threads=threads)
        _, first = next(iter(self.video.read([0])), (0, None))
        if first is None:
            raise InputError(path, "a video that can be decoded", "its first frame can't be", "convert it anew")
        self.height, self.width = picture(first).shape[:2]
        times = self.video.times_s
        self.fps = (len(times) - 1) / times[-1] if len(times) > 1 and times[-1] > 0 else 30.0

    def shots(self, stopping: Callable[[], bool]) -> Iterator[Shot]:
        times, count = self.video.times_s, len(self.video)
        length_s = times[-1] + 1 / self.fps
        start, turn = time.monotonic(), 0
        while not stopping() and (self.loop or not turn):
            before = time.monotonic()
            for number, frame in self.video.read(range(count)):
                shown, time_s = picture(frame), float(times[number] + turn * length_s)
                decode_s = time.monotonic() - before
                due = start + time_s if self.paced else time.monotonic()
                while self.paced and (left := due - time.monotonic()) > 0 and not stopping():
                    time.sleep(min(left, 0.2))
                if stopping():
                    break
                yield Shot(number + turn * count, time_s, due, decode_s, shown)
                before = time.monotonic()
            turn += 1

    def close(self) -> None:
        self.video.container.close()


class CameraSource:
    """A camera: a V4L2 device, or a stream's address."""

    def __init__(self, address: str):
        """Raises InputError for one that can't be opened."""
        self.name, self.address = hide_password(address), address
        options = {"rtsp_transport": "tcp"} if address.lower().startswith("rtsp") else {}
        how = {"format": "v4l2"} if DEVICE.fullmatch(address) else {}
        try:
            self.container = av.open(address, timeout=TIMEOUT_S, options=options, **how)  # pyright: ignore[reportArgumentType, reportCallIssue]
            if not self.container.streams.video:
                raise InputError(self.name, "a camera", "a stream without a picture", "correct its address")
            self.stream = self.container.streams.video[0]
            self.aspect = self.stream.sample_aspect_ratio
            self.frames = self.decode()
            self.first = next(self.frames)
        except (av.FFmpegError, StopIteration, OSError) as error:
            found = "no frame" if isinstance(error, StopIteration) else tell(error)
            remedy = "check that it is switched on, that its address is right, and that no other program has it"
            raise InputError(self.name, "a camera that delivers frames", found, remedy) from error
        self.height, self.width = picture(self.first[0]).shape[:2]
        told = float(self.stream.average_rate or self.stream.guessed_rate or 0)
        self.fps = told if SLOWEST <= told <= FASTEST else USUAL  # some streams tell the rate of their clock

    def decode(self) -> Iterator[tuple[av.VideoFrame, float]]:
        """Frames as they come, each with the time in s that decoding it took; what is damaged is left out."""
        for packet in self.container.demux(self.stream):
            before = time.monotonic()
            try:
                frames = packet.decode()
            except av.InvalidDataError:
                continue
            took_s = (time.monotonic() - before) / max(1, len(frames))
            for frame in frames:
                if isinstance(frame, av.VideoFrame):
                    yield note_aspect(frame, self.aspect), took_s

    def shots(self, stopping: Callable[[], bool]) -> Iterator[Shot]:
        """Frames with times that rise: where stamps are missing or begin anew, they go on by the rate.

        A frame was there at its time after the one that came with the least delay: what waits in a socket is late.
        """
        begin, last, least = None, None, 0.0
        number, (frame, took_s) = 0, self.first
        try:
            while not stopping():
                before = time.monotonic()
                shown = picture(frame)
                now = time.monotonic()
                stamp = frame.time
                if last is None or begin is None or stamp is None or stamp - begin <= last:
                    time_s = 0.0 if last is None else last + 1 / self.fps
                    begin = None if stamp is None else stamp - time_s
                else:
                    time_s = float(stamp - begin)
                least = now - time_s if last is None else min(least, now - time_s)
                last = time_s
                yield Shot(number, time_s, time_s + least, took_s + now - before, shown)
                number += 1
                frame, took_s = next(self.frames)
        except StopIteration:
            return
        except av.FFmpegError as error:
            remedy = "switch it on again, and start anew"
            raise InputError(self.name, "a camera that goes on", tell(error), remedy) from error

    def close(self) -> None:
        self.container.close()


def tell(error: Exception) -> str:
    """What went wrong, without the address, in which a password may stand."""
    return getattr(error, "strerror", None) or type(error).__name__


def hide_password(address: str) -> str:
    """An address without the password that may stand in it."""
    return re.sub(r"//.*@", "//", address.partition("?")[0])


def open_source(given: str, results: Path, paced: bool = True, loop: bool = False) -> Source:
    """The source that `given` names: a file, `/dev/video0`, an address, or RECORDING/CAMERA of a run in `results`.

    Raises InputError for one that is not there or that can't be read.
    """
    if DEVICE.fullmatch(given):
        return CameraSource(given)
    if URL.match(given):
        if given.partition(":")[0].lower() not in STREAMS:
            raise InputError(
                hide_password(given), f"an address of {', '.join(STREAMS)}", "another", "correct the address"
            )
        return CameraSource(given)
    path = given
    if not Path(given).exists() and re.fullmatch(r"[A-Za-z0-9_]+/[A-Za-z0-9_]+", given):
        experiment, camera = given.split("/")
        path = find_recording(experiment, camera, results) or given
    return FileSource(path, paced, loop=loop)


def find_recording(experiment: str, camera: str, results: Path) -> str:
    """Path of the video of a camera of a recording of the workflow, or of a rack; empty for none."""
    record = results / "recordings" / experiment / f"{camera}.json"
    simulated = results / "simulated" / experiment / f"{camera}.mp4"
    if record.is_file():
        return str(json.loads(record.read_text())["path"])
    return str(simulated) if simulated.is_file() else ""
