"""The scoring server: takes frames of several clients, scores the regions of all together, drops the oldest in need."""

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import zmq
from zmq.auth.thread import ThreadAuthenticator

from squint.errors import InputError
from squint.live.keys import CLIENTS, secure_server
from squint.live.messages import (
    MOST_BYTES,
    NO_FRAME,
    VERSION,
    BadPicture,
    Dropped,
    Frame,
    Hello,
    Refused,
    Scored,
    decode_from_client,
    encode,
    unpack_picture,
)
from squint.live.scorers import LiveScorer

QUEUE, QUEUE_BYTES = 32, 256 << 20  # frames of all clients that wait
BATCH = 16  # pictures that are scored together
LINGER_MS = 200  # that answers may take to be sent when the server stops
WAITING_MESSAGES = 8  # of a client, before they are taken
CLIENTS_KEPT = 256  # whose dropped frames are counted
ANSWERS = "inproc://answers"
POLL_MS = 50


@dataclass
class Waiting:
    """A frame that waits, with its pictures."""

    client: bytes
    frame: Frame
    pictures: list[np.ndarray]
    since: float

    @property
    def bytes(self) -> int:
        """Bytes of its pictures."""
        return sum(picture.nbytes for picture in self.pictures)


@dataclass
class Counts:
    """What the server did since it was started."""

    frames: int = 0
    pictures: int = 0
    dropped: int = 0
    refused: Counter = field(default_factory=Counter)  # by problem


class FrameQueue:
    """Frames that wait for the scorer, of all clients; the oldest are dropped where there are too many."""

    def __init__(self, most: int = QUEUE, most_bytes: int = QUEUE_BYTES):
        self.most, self.most_bytes = most, most_bytes
        self.frames: deque[Waiting] = deque()
        self.changed = threading.Condition()
        self.stopped = False

    def put(self, waiting: Waiting) -> list[Waiting]:
        """Add a frame; gives those that are dropped for it."""
        with self.changed:
            self.frames.append(waiting)
            dropped = []
            while len(self.frames) > self.most or sum(one.bytes for one in self.frames) > self.most_bytes:
                dropped.append(self.frames.popleft())
            self.changed.notify()
            return dropped

    def take(self, pictures: int = BATCH) -> list[Waiting]:
        """The frames to score next, the oldest first: one at least, more up to so many pictures; [] when stopped."""
        with self.changed:
            self.changed.wait_for(lambda: self.frames or self.stopped)
            if self.stopped:
                return []
            taken = [self.frames.popleft()]
            while self.frames and sum(len(one.pictures) for one in [*taken, self.frames[0]]) <= pictures:
                taken.append(self.frames.popleft())
            return taken

    def stop(self) -> None:
        """Let all that wait for frames go."""
        with self.changed:
            self.stopped = True
            self.changed.notify_all()


class Server:
    """Listens at one address until it is told to stop; `scorers` has one for each thread that scores."""

    def __init__(self, scorers: list[LiveScorer], address: str, keys: Path | None = None):
        """`address` as tcp://127.0.0.1:8478, port 0 for a free one. Raises InputError where nothing can listen."""
        self.scorers = scorers
        # All threads are one server to clients.
        self.welcome = scorers[0].welcome
        self.counts = Counts()
        self.dropped_of: Counter[bytes] = Counter()
        self.queue = FrameQueue()
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.setsockopt(zmq.MAXMSGSIZE, MOST_BYTES)
        self.socket.setsockopt(zmq.LINGER, LINGER_MS)
        self.socket.setsockopt(zmq.RCVHWM, WAITING_MESSAGES)
        self.socket.setsockopt(zmq.IPV6, 1)
        self.authenticator = None
        if keys is not None:
            secure_server(self.socket, keys)
            self.authenticator = ThreadAuthenticator(self.context)
            self.authenticator.start()
            self.authenticator.configure_curve(domain="*", location=str(keys / CLIENTS))
        self.answers = self.context.socket(zmq.PULL)
        self.answers.bind(ANSWERS)
        try:
            self.socket.bind(address)
        except zmq.ZMQError as error:
            remedy = (
                "another server, perhaps: stop it, or choose another --port; --host must be an address of this machine"
            )
            self.close()
            raise InputError(address, "an address to listen on", str(error), remedy) from error
        self.address = self.socket.getsockopt_string(zmq.LAST_ENDPOINT)
        self.stopping = threading.Event()
        self.failure: BaseException | None = None

    def stop(self) -> None:
        """Tell the server to stop; it answers what it is at and closes."""
        self.stopping.set()

    def run(self) -> None:
        """Serve until `stop` is called. Raises what a thread of the scorers failed with."""
        threads = [threading.Thread(target=self.work, args=(scorer,), daemon=True) for scorer in self.scorers]
        for thread in threads:
            thread.start()
        poller = zmq.Poller()
        poller.register(self.socket, zmq.POLLIN)
        poller.register(self.answers, zmq.POLLIN)
        try:
            while not self.stopping.is_set():
                ready = dict(poller.poll(POLL_MS))
                if self.answers in ready:
                    self.send(self.answers.recv_multipart())
                if self.socket in ready:
                    self.receive(self.socket.recv_multipart())
        finally:
            self.queue.stop()
            for thread in threads:
                thread.join()
            while self.answers.poll(0):
                self.send(self.answers.recv_multipart())
            self.close()
        if self.failure:
            raise self.failure

    def close(self) -> None:
        """Free all sockets."""
        if self.authenticator is not None:
            self.authenticator.stop()
        self.context.destroy(LINGER_MS)

    def send(self, parts: list[bytes]) -> None:
        """Send an answer; one to a client that is gone is lost, as it should be."""
        self.socket.send_multipart(parts, zmq.NOBLOCK)

    def answer(self, client: bytes, message: msgspec.Struct) -> None:
        self.send([client, encode(message)])

    def refuse(self, client: bytes, problem: str, words: str, number: int = NO_FRAME) -> None:
        """Count a message that can't be answered, and tell its client."""
        self.counts.refused[problem] += 1
        self.answer(client, Refused(problem, words[:500], number))

    def receive(self, parts: list[bytes]) -> None:
        """Take one message, of whatever form."""
        client, *rest = parts
        if len(rest) != 1:
            self.refuse(client, "message", f"{len(rest)} parts; one was expected")
            return
        try:
            message = decode_from_client(rest[0])
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            self.refuse(client, "message", f"no message of version {VERSION}: {error}")
            return
        if isinstance(message, Hello):
            if message.version != VERSION:
                self.refuse(client, "version", f"version {message.version}; this server speaks {VERSION}")
            else:
                self.answer(client, self.welcome)
            return
        self.take_frame(client, message)

    def take_frame(self, client: bytes, frame: Frame) -> None:
        """Put a frame into the queue, if its pictures are what they should be."""
        names = [picture.region for picture in frame.pictures]
        if len(names) > self.welcome.most_regions or len(set(names)) < len(names):
            words = f"{len(names)} regions; at most {self.welcome.most_regions}, each of another name, are taken"
            self.refuse(client, "regions", words, frame.number)
            return
        try:
            for picture in frame.pictures:  # before anything is decoded
                self.scorers[0].check(picture.width, picture.height, picture.channels)
            pictures = [unpack_picture(picture) for picture in frame.pictures]
        except BadPicture as error:
            self.refuse(client, "picture", str(error), frame.number)
            return
        light = msgspec.structs.replace(frame, pictures=[msgspec.structs.replace(p, data=b"") for p in frame.pictures])
        for dropped in self.queue.put(Waiting(client, light, pictures, time.monotonic())):
            self.counts.dropped += 1
            if dropped.client not in self.dropped_of and len(self.dropped_of) >= CLIENTS_KEPT:
                self.dropped_of.clear()
            self.dropped_of[dropped.client] += 1
            self.answer(dropped.client, Dropped(dropped.frame.number, self.dropped_of[dropped.client]))

    def work(self, scorer: LiveScorer) -> None:
        """Score frames until the queue is stopped; runs in a thread of its own."""
        answers = self.context.socket(zmq.PUSH)
        answers.connect(ANSWERS)
        try:
            while taken := self.queue.take():
                self.score(scorer, taken, answers)
        except BaseException as error:
            self.failure = error
            self.stopping.set()
        finally:
            answers.close(LINGER_MS)

    def score(self, scorer: LiveScorer, taken: list[Waiting], answers: zmq.Socket) -> None:
        """Score the pictures of some frames together, and send an answer to each."""
        start = time.monotonic()
        regions = [picture.region for waiting in taken for picture in waiting.frame.pictures]
        pictures = [picture for waiting in taken for picture in waiting.pictures]
        masks = [waiting.frame.masks for waiting in taken for _ in waiting.pictures]
        try:
            said = scorer.score(regions, pictures, masks)
        except Exception as error:  # a picture that no test foresaw ends no server
            self.counts.refused["scorer"] += len(taken)
            for waiting in taken:
                words = f"the scorer failed: {type(error).__name__}: {error}"
                message = Refused("scorer", words[:500], waiting.frame.number)
                answers.send_multipart([waiting.client, encode(message)])
            return
        took_ms = (time.monotonic() - start) * 1e3
        self.counts.frames += len(taken)
        self.counts.pictures += len(pictures)
        for waiting in taken:
            ours, said = said[: len(waiting.pictures)], said[len(waiting.pictures) :]
            message = Scored(waiting.frame.number, ours, (start - waiting.since) * 1e3, took_ms)
            answers.send_multipart([waiting.client, encode(message)])


def same_server(scorers: list[LiveScorer]) -> list[LiveScorer]:
    """Scorers of the same file as those of one server."""
    for scorer in scorers[1:]:
        scorer.welcome = msgspec.structs.replace(scorer.welcome, server=scorers[0].welcome.server)
    return scorers
