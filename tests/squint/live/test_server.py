import time

import msgspec
import numpy as np
import pytest
import zmq
from hypothesis import given, settings
from hypothesis import strategies as st

from squint.errors import InputError
from squint.live.keys import make_keys
from squint.live.messages import (
    VERSION,
    Dropped,
    Frame,
    Hello,
    Picture,
    Refused,
    Scored,
    Welcome,
    decode_from_server,
    encode,
    pack_picture,
)
from squint.live.server import FrameQueue, Server, Waiting
from tests.squint.live.fakes import SIZE, FakeScorer, HeldScorer, ask, level_score, linked, raw_socket, serving

BRIGHT = np.full(SIZE[::-1], 100, np.uint8)


def frame(number: int = 0, *pictures: np.ndarray, masks: bool = False) -> Frame:
    packed = [pack_picture(str(index), picture, "raw") for index, picture in enumerate(pictures or (BRIGHT,))]
    return Frame(number, number / 30, "C1", packed, masks)


def test_a_client_is_told_what_the_server_is():
    with serving() as server, raw_socket(server) as socket:
        told = ask(socket, Hello(VERSION))
    assert isinstance(told, Welcome) and (told.scorer, told.size, told.highest) == ("fake", SIZE, 9)


def test_regions_of_a_frame_are_scored_together():
    pictures = [np.full(SIZE[::-1], level, np.uint8) for level in (0, 50, 200)]
    scorer = FakeScorer()
    with serving(scorer) as server, raw_socket(server) as socket:
        scored = ask(socket, frame(5, *pictures, masks=True))
    assert isinstance(scored, Scored) and scored.number == 5 and scorer.batches == [3]
    assert [said.score for said in scored.regions] == [None, level_score(pictures[1]), level_score(pictures[2])]
    assert scored.regions[0].abstained == "no eye in sight" and scored.regions[1].mask.startswith(b"\x89PNG")
    assert server.counts.frames == 1 and server.counts.pictures == 3


def test_frames_of_several_clients_that_wait_are_scored_together():
    scorer = HeldScorer()
    with serving(scorer) as server, raw_socket(server) as one, raw_socket(server) as other:
        one.send(encode(frame(0)))
        assert scorer.started.wait(20)
        for number in (1, 2):
            one.send(encode(frame(number)))
            other.send(encode(frame(10 + number)))
        while len(server.queue.frames) < 4:
            time.sleep(0.005)
        scorer.go.set()
        numbers = [[decode_from_server(ours.recv()).number for _ in range(n)] for ours, n in ((one, 3), (other, 2))]
    assert numbers == [[0, 1, 2], [11, 12]], "each client has its own answers"
    assert scorer.batches == [1, 4]


def test_the_oldest_frame_is_dropped_and_its_client_told():
    scorer = HeldScorer()
    with serving(scorer) as server, raw_socket(server) as socket:
        server.queue.most = 3
        socket.send(encode(frame(0)))
        assert scorer.started.wait(20)
        for number in range(1, 7):
            socket.send(encode(frame(number)))
        dropped = [decode_from_server(socket.recv()) for _ in range(3)]
        scorer.go.set()
        scored = [decode_from_server(socket.recv()).number for _ in range(4)]
    assert [(message.number, message.total) for message in dropped] == [(1, 1), (2, 2), (3, 3)]
    assert all(isinstance(message, Dropped) for message in dropped)
    assert scored == [0, 4, 5, 6] and server.counts.dropped == 3


@given(st.lists(st.integers(1, 5), max_size=30), st.integers(1, 6), st.integers(1, 9))
def test_the_queue_keeps_the_newest_in_their_order(sizes, most, most_pixels):
    queue = FrameQueue(most, most_pixels)
    dropped = []
    for number, size in enumerate(sizes):
        waiting = Waiting(b"", Frame(number, 0.0, "", []), [np.zeros((1, size), np.uint8)], 0.0)
        dropped += [gone.frame.number for gone in queue.put(waiting)]
    kept = [waiting.frame.number for waiting in queue.frames]
    assert dropped + kept == list(range(len(sizes)))
    assert len(kept) <= most and sum(waiting.bytes for waiting in queue.frames) <= most_pixels


def test_frames_are_taken_up_to_so_many_pictures_and_one_at_least():
    queue = FrameQueue()
    for number, pictures in enumerate((2, 1, 5, 9, 1)):
        queue.put(Waiting(b"", Frame(number, 0.0, "", []), [np.zeros((1, 1), np.uint8)] * pictures, 0.0))
    assert [[one.frame.number for one in queue.take(4)] for _ in range(4)] == [[0, 1], [2], [3], [4]]


@pytest.mark.parametrize(
    ("message", "problem", "words"),
    [
        (Hello(VERSION + 1), "version", f"version {VERSION + 1}"),
        (b"", "message", "no message"),
        (b"GET / HTTP/1.1\r\n\r\n", "message", "no message"),
        (frame(3, *[BRIGHT] * 5), "regions", "5 regions"),
        (Frame(3, 0.0, "", [pack_picture("a", BRIGHT, "raw")] * 2), "regions", "another name"),
        (frame(3, BRIGHT[:, 1:]), "picture", "47 by 36 px"),
        (Frame(3, 0.0, "", [Picture("a", 48, 36, 1, "raw", b"short")]), "picture", "5 bytes"),
        (Frame(3, 0.0, "", [Picture("a", 48, 36, 1, "jpeg", b"\xff\xd8" * 9)]), "picture", "no JPEG"),
    ],
)
def test_what_can_not_be_answered_is_refused_and_counted(message, problem, words):
    with serving() as server, raw_socket(server) as socket:
        refused = ask(socket, message)
        assert isinstance(refused, Refused) and refused.problem == problem and words in refused.words
        assert isinstance(ask(socket, Hello(VERSION)), Welcome), "the server goes on"
    assert server.counts.refused[problem] == 1


def test_a_picture_that_no_scorer_can_stand_ends_no_server():
    with serving() as server, raw_socket(server) as socket:
        refused = ask(socket, frame(9, np.ones(SIZE[::-1], np.uint8)))
        assert (refused.problem, refused.number) == ("scorer", 9) and "no scorer can stand" in refused.words
        assert isinstance(ask(socket, frame(10)), Scored)


@settings(max_examples=60)
@given(st.data())
def test_hostile_bytes_leave_the_server_as_it_is(data):
    """Random bytes, and good messages with some bytes changed, cut, or doubled."""
    content = bytearray(encode(frame(1)))
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, min(200, len(content)) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    hostile = data.draw(st.sampled_from([bytes(content), bytes(content[:cut]), bytes(content) * 2]))
    socket = FUZZED["socket"]
    answer = ask(socket, data.draw(st.sampled_from([hostile, data.draw(st.binary(max_size=80))])))
    assert isinstance(answer, Refused | Scored | Welcome)


FUZZED: dict = {}


@pytest.fixture(scope="module", autouse=True)
def fuzzed():
    """One server for all that the fuzzer says."""
    with serving() as server, raw_socket(server) as socket:
        FUZZED["socket"] = socket
        yield
        assert isinstance(ask(socket, Hello(VERSION)), Welcome)


def test_messages_of_several_parts_are_refused():
    with serving() as server, raw_socket(server) as socket:
        socket.send_multipart([b"", encode(Hello(VERSION))])
        assert socket.poll(20_000)
        assert decode_from_server(socket.recv()).problem == "message"


def test_a_message_that_is_too_large_cuts_its_sender_off_and_nobody_else():
    with serving() as server, raw_socket(server) as large, raw_socket(server) as other:
        large.send(b"x" * (33 << 20))
        assert not large.poll(500)
        assert isinstance(ask(other, Hello(VERSION)), Welcome)


def test_a_port_that_is_taken_is_told():
    with serving() as server, pytest.raises(InputError, match="an address to listen on"):
        Server([FakeScorer()], server.address)


def test_a_server_that_is_told_to_stop_answers_what_it_is_at():
    with serving(FakeScorer(pause_s=0.3)) as server, raw_socket(server) as socket:
        ask(socket, Hello(VERSION))
        socket.send(encode(frame(4)))
        while not server.scorers[0].batches:
            time.sleep(0.005)
        server.stop()
        assert socket.poll(20_000) and decode_from_server(socket.recv()).number == 4


def test_threads_score_side_by_side_and_are_one_server():
    scorers = [FakeScorer(0.01), FakeScorer(0.01)]
    with serving(*scorers) as server, raw_socket(server) as socket:
        for number in range(40):
            socket.send(encode(frame(number)))
        numbers = sorted(decode_from_server(socket.recv()).number for _ in range(40) if socket.poll(20_000))
    assert len(numbers) == 40
    assert scorers[0].welcome.server == scorers[1].welcome.server


def test_with_keys_only_known_clients_are_heard(tmp_path):
    make_keys(tmp_path / "ours")
    make_keys(tmp_path / "theirs")
    (tmp_path / "theirs" / "server.key").write_bytes((tmp_path / "ours" / "server.key").read_bytes())
    with serving(keys=tmp_path / "ours") as server:
        with linked(server.address, keys=tmp_path / "ours") as known:
            assert known.wait_for_server(20) is not None
        with linked(server.address, keys=tmp_path / "theirs") as stranger, linked(server.address) as naked:
            assert stranger.wait_for_server(1) is None and naked.wait_for_server(0.5) is None


def test_a_client_that_is_gone_is_no_trouble():
    with serving(FakeScorer(pause_s=0.05)) as server:
        with raw_socket(server) as socket:
            socket.send(encode(frame(0)))
            time.sleep(0.02)
        with raw_socket(server) as socket:
            assert isinstance(ask(socket, frame(1)), Scored)


def test_waiting_messages_are_msgspec_structs_that_zmq_carries():
    assert isinstance(encode(msgspec.structs.replace(frame(1), masks=True)), bytes) and zmq.zmq_version_info() >= (4, 3)
