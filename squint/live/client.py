"""The client's link to the scoring server: sends frames, keeps those that wait, and tells when the server is gone.

It has a thread of its own. A frame is kept until it is answered: what a server that is gone had not answered is sent to
the next one. Frames that wait longer than makes sense live are dropped, the oldest first, and counted.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from uuid import uuid4

import msgspec
import numpy as np
import zmq

from squint.errors import InputError
from squint.live.keys import secure_client
from squint.live.messages import (
    MOST_BYTES,
    NO_FRAME,
    VERSION,
    Dropped,
    Frame,
    Hello,
    Refused,
    Scored,
    Welcome,
    decode_from_server,
    encode,
    pack_picture,
)

WINDOW = 6  # frames on their way at a time
HELLO_S = 1.0  # from one to the next
SOON_S = 0.05
GONE_S = 3.0  # without a word, after which the server counts as gone
HOLD_S = 0.6  # that frames wait while the server is there
OUTAGE_S = 10.0  # that they wait while it is not
CATCH_UP_S = 5.0  # that they may wait so long after it is there again
OUTAGE_BYTES = 512 << 20
POLL_MS = 100
CONNECTING, CONNECTED, GONE, REFUSED = "connecting", "connected", "gone", "refused"


@dataclass
class Sent:
    """A frame from when it was there to when it is answered."""

    number: int
    time_s: float
    due: float  # when it was there, by the monotonic clock
    camera: str
    pictures: dict[str, np.ndarray]
    masks: bool = False
    since: float = field(default_factory=time.monotonic)  # when it was handed to the link

    @property
    def bytes(self) -> int:
        """Bytes of its pictures."""
        return sum(picture.nbytes for picture in self.pictures.values())


@dataclass
class LinkCounts:
    """What became of frames."""

    sent: int = 0
    scored: int = 0
    dropped_here: int = 0
    dropped_there: int = 0
    refused: int = 0
    sent_again: int = 0
    outages: int = 0

    @property
    def dropped(self) -> int:
        """Frames that were not scored since newer ones came."""
        return self.dropped_here + self.dropped_there


class Client:
    """A link to the server at `address`, over which `on_scored` is called with each frame and what is said of it.

    `on_state` is called with a new state and words about it. Both are called in the link's own thread.
    """

    def __init__(
        self,
        address: str,
        on_scored: Callable[[Sent, Scored, float], None],
        on_state: Callable[[str, str], None] = lambda state, words: None,
        keys: Path | None = None,
        form: str = "raw",
        name: str = "squint",
    ):
        self.address, self.keys, self.form, self.name = address, keys, form, name
        self.on_scored, self.on_state = on_scored, on_state
        self.state, self.words = CONNECTING, f"looking for a server at {address}"
        self.welcome: Welcome | None = None
        self.counts = LinkCounts()
        self.waiting: deque[Sent] = deque()
        self.on_way: dict[int, Sent] = {}
        self.lock = threading.Lock()
        self.idle = threading.Condition(self.lock)
        self.caught_up_by = 0.0  # by the monotonic clock: until then what waited may wait longer
        self.early: dict[int, tuple[Sent, Scored]] = {}  # answers that came before those of older frames
        self.patient = False  # whether frames wait as long as they have to
        self.stopping = threading.Event()
        self.context = zmq.Context()
        self.bell_name = f"inproc://{uuid4().hex}"
        self.bells = self.context.socket(zmq.PULL)
        self.bells.bind(self.bell_name)
        self.ring = self.context.socket(zmq.PUSH)
        self.ring.connect(self.bell_name)
        self.socket = self.connect()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def connect(self) -> zmq.Socket:
        """A socket that holds nothing for a server that is not there."""
        socket = self.context.socket(zmq.DEALER)
        for option, value in ((zmq.IMMEDIATE, 1), (zmq.SNDHWM, WINDOW + 2), (zmq.LINGER, 0)):
            socket.setsockopt(option, value)
        socket.setsockopt(zmq.MAXMSGSIZE, MOST_BYTES)
        socket.setsockopt(zmq.IPV6, 1)
        socket.setsockopt(zmq.RECONNECT_IVL, 100)
        socket.setsockopt(zmq.RECONNECT_IVL_MAX, 1000)
        if self.keys is not None:
            secure_client(socket, self.keys)
        try:
            socket.connect(self.address)
        except zmq.ZMQError as error:
            remedy = "correct the address of the server, as tcp://127.0.0.1:8478"
            raise InputError(self.address, "an address that can be reached", str(error), remedy) from error
        return socket

    def start(self) -> "Client":
        """Look for the server, from now on."""
        self.thread.start()
        return self

    def stop(self) -> None:
        """Close the link; frames that are not answered are lost, and counted as dropped."""
        self.stopping.set()
        if self.thread.is_alive():
            self.wake()
            self.thread.join()
        self.give_up()
        self.context.destroy(0)

    def give_up(self) -> None:
        """Count all that is not answered as dropped."""
        with self.lock:
            self.counts.dropped_here += len(self.waiting) + len(self.on_way) + len(self.early)
            for kept in (self.waiting, self.on_way, self.early):
                kept.clear()

    def wake(self) -> None:
        try:
            self.ring.send(b"", zmq.NOBLOCK)
        except zmq.Again:  # many bells ring already
            return

    def submit(self, frame: Sent) -> None:
        """Have a frame scored. Called from one thread; what is too old is dropped for it."""
        with self.lock:
            self.waiting.append(frame)
            self.drop_old()
        self.wake()

    def drop_old(self) -> None:
        """Drop what waits for too long."""
        if self.patient:
            return
        out = self.state != CONNECTED or time.monotonic() < self.caught_up_by
        newest, most_s = self.waiting[-1].due, OUTAGE_S if out else HOLD_S
        while len(self.waiting) > 1 and (
            newest - self.waiting[0].due > most_s or sum(frame.bytes for frame in self.waiting) > OUTAGE_BYTES
        ):
            self.waiting.popleft()
            self.counts.dropped_here += 1

    def wait_until_done(self, timeout_s: float) -> bool:
        """Wait until each frame is answered or dropped; whether it is so."""
        with self.idle:
            return self.idle.wait_for(lambda: not self.waiting and not self.on_way and not self.early, timeout_s)

    def wait_for_room(self, most: int, timeout_s: float) -> bool:
        """Wait until fewer than `most` frames wait: for sources that have no pace of their own."""
        with self.idle:
            return self.idle.wait_for(lambda: len(self.waiting) < most, timeout_s)

    def wait_for_server(self, timeout_s: float) -> Welcome | None:
        """What the server is; None where there is none in time."""
        with self.idle:
            self.idle.wait_for(lambda: self.welcome is not None or self.state == REFUSED, timeout_s)
            return self.welcome

    def tell(self, state: str, words: str) -> None:
        if (state, words) != (self.state, self.words):
            self.state, self.words = state, words
            self.on_state(state, words)

    def run(self) -> None:
        """The link's thread; what it fails with is told as words."""
        try:
            self.serve_link()
        except Exception as error:  # a thread that ends without a word would look like a server that is slow
            self.tell(REFUSED, f"the link failed: {type(error).__name__}: {error}")

    def serve_link(self) -> None:
        """Send and receive until the link is stopped."""
        poller = zmq.Poller()
        cut = self.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        for socket in (self.socket, self.bells, cut):
            poller.register(socket, zmq.POLLIN)
        said, heard = 0.0, time.monotonic()
        while not self.stopping.is_set():
            now = time.monotonic()
            if now - said >= HELLO_S:
                # Before there is a connection nothing can be said: again soon.
                said = now if self.send(Hello(VERSION, self.name)) else now - HELLO_S + SOON_S
            if self.state == CONNECTED and now - heard > GONE_S:
                self.lose(f"the server at {self.address} does not answer; looking for it")
            ready = dict(poller.poll(POLL_MS if self.welcome else POLL_MS // 4))
            if cut in ready:
                cut.recv_multipart()
                if self.state == CONNECTED:
                    self.lose(f"the server at {self.address} is gone; looking for it")
            if self.bells in ready:
                while self.bells.poll(0):
                    self.bells.recv()
            while self.socket.poll(0):
                heard = time.monotonic()
                self.receive(self.socket.recv())
            self.send_waiting()
        self.socket.disable_monitor()

    def send(self, message: msgspec.Struct) -> bool:
        """Send a message; whether there is a connection that takes it."""
        try:
            self.socket.send(encode(message), zmq.NOBLOCK)
        except zmq.Again:
            return False
        return True

    def send_waiting(self) -> None:
        """Send frames as long as not too many are on their way."""
        while self.state == CONNECTED:
            with self.lock:
                if not self.waiting or len(self.on_way) >= WINDOW:
                    if not self.waiting:
                        self.caught_up_by = 0.0
                    self.idle.notify_all()
                    return
                frame = self.waiting.popleft()
                self.on_way[frame.number] = frame
            pictures = [pack_picture(name, shown, self.form) for name, shown in frame.pictures.items()]  # pyright: ignore[reportArgumentType]
            if not self.send(Frame(frame.number, frame.time_s, frame.camera, pictures, frame.masks)):
                with self.lock:
                    self.waiting.appendleft(self.on_way.pop(frame.number))
                return
            self.counts.sent += 1

    def lose(self, words: str) -> None:
        """Take the server for gone: what is on its way is sent to the next one."""
        with self.lock:
            self.counts.outages += 1
            self.take_back()
        self.tell(GONE, words)

    def take_back(self) -> None:
        for frame in sorted(self.on_way.values(), key=lambda frame: -frame.number):
            self.waiting.appendleft(frame)
            self.counts.sent_again += 1
        self.on_way.clear()

    def receive(self, content: bytes) -> None:
        """Take one message of the server."""
        try:
            message = decode_from_server(content)
        except (msgspec.MsgspecError, ValueError) as error:
            self.tell(REFUSED, f"what answers at {self.address} is no scoring server of this version: {error}")
            return
        if isinstance(message, Welcome):
            self.greet(message)
        elif isinstance(message, Scored):
            self.take_scores(message)
        elif isinstance(message, Dropped):
            self.forget(message.number, "dropped_there")
        elif isinstance(message, Refused):
            if message.number != NO_FRAME:
                self.forget(message.number, "refused")
            if message.problem != "scorer":
                self.tell(REFUSED, message.words)

    def greet(self, welcome: Welcome) -> None:
        """Take what the server says of itself."""
        before = self.welcome
        if before is not None and before.digest != welcome.digest:
            self.tell(REFUSED, f"the server scores with another scorer now ({welcome.scorer}): start anew")
            return
        with self.lock:
            if before is not None and before.server != welcome.server and self.on_way:
                if self.state == CONNECTED:  # it was gone for less than it takes to notice
                    self.counts.outages += 1
                self.take_back()
            self.welcome = welcome
            if self.state == GONE:
                self.caught_up_by = time.monotonic() + CATCH_UP_S
        if self.state != REFUSED:
            self.tell(CONNECTED, f"{welcome.scorer} at {self.address}")
        with self.lock:
            self.idle.notify_all()

    def take_scores(self, message: Scored) -> None:
        """Keep an answer, and hand on all that no older frame has to come before: threads of a server overtake."""
        with self.lock:
            frame = self.on_way.pop(message.number, None)
            if frame is None:  # it was answered twice
                return
            self.early[frame.number] = frame, message
        self.hand_on()

    def hand_on(self) -> None:
        """Hand on answers in the order of frames."""
        now = time.monotonic()
        while True:
            with self.lock:
                older = [*self.on_way, *(frame.number for frame in islice(self.waiting, 1))]
                first = min(self.early, default=None)
                if first is None or (older and min(older) < first):
                    self.idle.notify_all()
                    return
                frame, message = self.early.pop(first)
                self.counts.scored += 1
            self.on_scored(frame, message, now)

    def forget(self, number: int, count: str) -> None:
        with self.lock:
            if self.on_way.pop(number, None) is not None:
                setattr(self.counts, count, getattr(self.counts, count) + 1)
        self.hand_on()
