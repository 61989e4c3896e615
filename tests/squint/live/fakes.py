"""What tests put in the place of a trained scorer, of a camera and of a server that is far away."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import cv2
import msgspec
import numpy as np
import zmq

from squint.live.client import Client
from squint.live.messages import VERSION, BadPicture, RegionScored, Welcome, decode_from_server, encode
from squint.live.server import Server, same_server
from squint.live.sources import Shot
from tests.videos import write_pictures

SIZE = (48, 36)  # px of the pictures that the fake scorer takes
HIGHEST = 9.0


def welcome(**changes) -> Welcome:
    about = {
        "version": VERSION,
        "server": uuid4().hex,
        "scorer": "fake",
        "digest": "0" * 64,
        "kind": "regions",
        "scale": "orbital tightening from 0 to 9",
        "highest": HIGHEST,
        "threshold": 2.25,
        "coverage": 0.9,
        "size": SIZE,
        "channel": "red",
        "window_s": 1.0,
        "closed": 7.0,
        "blink_s": 0.5,
        "curve_margin": 0.5,
        "most_regions": 4,
    }
    return Welcome(**(about | changes))


def level_score(picture: np.ndarray) -> float:
    """What the fake scorer says: a picture's mean, on the scale."""
    return float(picture.mean()) / 255 * HIGHEST


class FakeScorer:
    """Says how bright a picture is; black ones show no eye. `pause_s` is how long it takes for one."""

    def __init__(self, pause_s: float = 0.0, **changes):
        self.welcome, self.pause_s, self.batches = welcome(**changes), pause_s, []

    def check(self, width: int, height: int, channels: int) -> None:
        if (width, height, channels) != (*SIZE, 1):
            raise BadPicture(f"a picture of {width} by {height} px, {channels} channel(s)")

    def score(self, regions: list[str], pictures: list[np.ndarray], masks: list[bool]) -> list[RegionScored]:
        self.batches.append(len(pictures))
        time.sleep(self.pause_s * len(pictures))
        return [self.say(*about) for about in zip(regions, pictures, masks, strict=True)]

    def say(self, region: str, picture: np.ndarray, mask: bool) -> RegionScored:
        if (picture == 1).all():
            raise RuntimeError("a picture that no scorer can stand")
        if picture.max() < 3:
            return RegionScored(region, None, None, None, "no eye in sight", [])
        score = level_score(picture)
        ends = max(score - 1, 0), min(score + 1, HIGHEST)
        labels = (picture > 128).astype(np.uint8)
        png = cv2.imencode(".png", labels)[1].tobytes() if mask else None
        return RegionScored(region, score, *ends, "", [(SIZE[0] / 2, SIZE[1] / 2, 0.9)], mask=png)


class HeldScorer(FakeScorer):
    """Begins with what it is given first, and ends it when `go` is set."""

    def __init__(self):
        super().__init__()
        self.started, self.go = threading.Event(), threading.Event()

    def score(self, regions: list[str], pictures: list[np.ndarray], masks: list[bool]) -> list[RegionScored]:
        self.started.set()
        assert self.go.wait(20)
        return super().score(regions, pictures, masks)


@contextmanager
def serving(*scorers: FakeScorer, address: str = "tcp://127.0.0.1:0", keys: Path | None = None) -> Iterator[Server]:
    """A server in a thread of this process."""
    server = Server(same_server(list(scorers) or [FakeScorer()]), address, keys)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


@contextmanager
def raw_socket(server: Server) -> Iterator[zmq.Socket]:
    """A socket that says to a server whatever a test wants."""
    with zmq.Context() as context:
        socket = context.socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 0)
        socket.connect(server.address)
        try:
            yield socket
        finally:
            socket.close()


def ask(socket: zmq.Socket, message: msgspec.Struct | bytes, timeout_ms: int = 20_000):
    """Send a message, in whatever form, and give the answer."""
    socket.send(message if isinstance(message, bytes) else encode(message))
    assert socket.poll(timeout_ms), "no answer"
    return decode_from_server(socket.recv())


@contextmanager
def linked(address: str, **options) -> Iterator[Client]:
    """A client whose link is started."""
    client = Client(address, options.pop("on_scored", lambda *_: None), **options).start()
    try:
        yield client
    finally:
        client.stop()


class FakeSource:
    """Frames of some levels, each with two animals; as fast as they are taken, or `fps` a second."""

    name = "fake"

    def __init__(self, levels: list[int], fps: float = 30.0, paced: bool = False, size: tuple[int, int] = (160, 90)):
        self.levels, self.fps, self.paced = levels, fps, paced
        self.width, self.height = size
        self.sizes: dict[int, tuple[int, int]] = {}  # of frames that have another size
        self.closed = 0

    def close(self) -> None:
        self.closed += 1

    def shots(self, stopping) -> Iterator[Shot]:
        start = time.monotonic()
        for number, level in enumerate(self.levels):
            if stopping():
                return
            width, height = self.sizes.get(number, (self.width, self.height))
            due = start + number / self.fps if self.paced else time.monotonic()
            time.sleep(max(0.0, due - time.monotonic()))
            yield Shot(number, number / self.fps, due, 0.001, np.full((height, width, 3), level, np.uint8))


def write_film(path: Path, seconds: float = 3.0, fps: float = 20, size: tuple[int, int] = (320, 180)) -> Path:
    """A video of two bright animals that move about, and grow brighter and darker."""
    pictures = []
    for number in range(round(seconds * fps)):
        time_s = number / fps
        picture = np.full((size[1], size[0]), 40, np.uint8)
        for left, phase in ((0.25, 0.0), (0.75, 2.0)):
            x = size[0] * left + size[0] * 0.08 * np.sin(3 * time_s + phase)
            y = size[1] * 0.5 + size[1] * 0.15 * np.cos(2 * time_s + phase)
            level = int(150 + 80 * np.sin(time_s + phase))
            cv2.ellipse(picture, (int(x), int(y)), (size[0] // 16, size[1] // 12), 0, 0, 360, (level,), -1)
        pictures.append(picture)
    write_pictures(path, pictures, fps)
    return path


def main() -> None:
    """A fake server in a process of its own, on the port that is named: for tests that kill it."""
    port, pause_s = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    server = Server([FakeScorer(pause_s)], f"tcp://127.0.0.1:{port}")
    print(f"The server listens at {server.address}. Ctrl+C stops it.", flush=True)
    server.run()


if __name__ == "__main__":
    main()
