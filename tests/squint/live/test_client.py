import subprocess
import sys
import time

import numpy as np
import pytest

from squint.live.client import CONNECTED, GONE, HOLD_S, REFUSED, WINDOW, Client, Sent
from squint.live.messages import Hello, Scored, encode
from tests.conftest import ROOT
from tests.squint.live.fakes import SIZE, FakeScorer, HeldScorer, level_score, linked, serving


def sent(number: int, level: int = 100, due: float | None = None) -> Sent:
    picture = np.full(SIZE[::-1], level, np.uint8)
    return Sent(number, number / 30, time.monotonic() if due is None else due, "C1", {"a": picture})


def wait(true, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(true())


def test_frames_come_back_with_their_scores():
    got = {}
    with (
        serving() as server,
        linked(server.address, on_scored=lambda f, s, at: got.update({f.number: (f, s)})) as client,
    ):
        assert client.wait_for_server(20).scorer == "fake"
        for number in range(20):
            client.submit(sent(number, 10 * number))
        assert client.wait_until_done(20)
    assert sorted(got) == list(range(20)) and client.counts.scored == 20 and not client.counts.dropped
    frame, scored = got[7]
    assert scored.regions[0].score == level_score(frame.pictures["a"])


def test_no_more_than_some_are_on_their_way():
    scorer = HeldScorer()
    with serving(scorer) as server, linked(server.address) as client:
        client.wait_for_server(20)
        client.patient = True
        for number in range(4 * WINDOW):
            client.submit(sent(number))
        assert scorer.started.wait(20)
        assert wait(lambda: len(client.on_way) == WINDOW) and len(client.waiting) == 3 * WINDOW
        scorer.go.set()
        assert client.wait_until_done(20) and client.counts.scored == 4 * WINDOW


def test_what_waits_for_too_long_is_dropped_the_oldest_first():
    scorer, got = HeldScorer(), []
    with serving(scorer) as server, linked(server.address, on_scored=lambda f, *_: got.append(f.number)) as client:
        client.wait_for_server(20)
        client.submit(sent(0, due=0.0))
        assert scorer.started.wait(20)
        for number in range(1, WINDOW):
            client.submit(sent(number, due=0.0))
        assert wait(lambda: len(client.on_way) == WINDOW)
        for number in range(WINDOW, WINDOW + 10):
            client.submit(sent(number, due=0.2 * number))
        scorer.go.set()
        assert client.wait_until_done(20)
    kept = [number for number in range(WINDOW, WINDOW + 10) if 0.2 * (WINDOW + 9 - number) <= HOLD_S + 1e-9]
    assert got == [*range(WINDOW), *kept] and client.counts.dropped_here == 10 - len(kept)


def test_where_there_is_no_server_it_is_told_and_looked_for():
    with linked("tcp://127.0.0.1:9") as client:
        assert client.wait_for_server(0.3) is None and "looking for a server" in client.words
        client.submit(sent(0))
    assert client.counts.scored == 0


def fake_server(port: int, pause_s: float = 0.0) -> subprocess.Popen:
    """A server in a process of its own."""
    program = [sys.executable, "-m", "tests.squint.live.fakes", str(port), str(pause_s)]
    process = subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert "listens at" in process.stdout.readline()
    return process


def test_a_server_that_is_killed_and_started_again_costs_no_frame():
    """Frames that it had not answered are sent to the next one; those that came meanwhile wait."""
    with serving() as server:
        port = int(server.address.rpartition(":")[2])
    states, got = [], []
    process = fake_server(port, 0.01)
    client = Client(
        f"tcp://127.0.0.1:{port}",
        lambda frame, *_: got.append(frame.number),
        lambda state, words: states.append(state),
    ).start()
    try:
        assert client.wait_for_server(20)
        for number in range(100):
            client.submit(sent(number, due=number / 30))
            time.sleep(0.005)
            if number == 30:
                process.kill()
                process.wait()
            if number == 60:
                process = fake_server(port, 0.01)
        assert client.wait_until_done(60), (client.state, client.words, len(client.waiting), len(client.on_way))
    finally:
        client.stop()
        process.kill()
        process.wait()
    assert sorted(set(got)) == list(range(100)) and len(got) == len(set(got)), "each once"
    assert client.counts.dropped == 0 and client.counts.sent_again <= WINDOW and client.counts.outages == 1
    assert states.count(GONE) <= 1 and client.state == CONNECTED


def test_another_scorer_behind_the_same_address_is_refused():
    scorer = FakeScorer()
    with serving(scorer) as server, linked(server.address) as client:
        assert client.wait_for_server(20)
        client.greet(FakeScorer(digest="1" * 64, scorer="other").welcome)
        assert client.state == REFUSED and "another scorer now (other)" in client.words


@pytest.mark.parametrize("content", [b"", b"\xc1", b"HTTP/1.1 200 OK", encode(Hello(1))])
def test_what_is_no_scoring_server_is_told(content):
    client = Client("tcp://127.0.0.1:9", lambda *_: None)
    client.receive(content)
    assert client.state == REFUSED and "no scoring server" in client.words
    client.stop()


def test_a_picture_that_the_server_refuses_is_told():
    with serving() as server, linked(server.address) as client:
        client.wait_for_server(20)
        client.submit(Sent(3, 0.1, 0.0, "C1", {"a": np.zeros((5, 5), np.uint8)}))
        assert wait(lambda: client.state == REFUSED) and client.counts.refused == 1 and "5 by 5 px" in client.words


def answered(client: Client, number: int) -> None:
    client.take_scores(Scored(number, [], 0.0, 0.0))


def test_answers_are_handed_on_in_the_order_of_frames():
    """Threads of a server overtake each other; what was dropped or refused is not waited for."""
    got = []
    client = Client("tcp://127.0.0.1:9", lambda frame, *_: got.append(frame.number))
    client.on_way = {number: sent(number) for number in range(6)}
    answered(client, 2)
    answered(client, 1)
    assert got == []
    answered(client, 0)
    assert got == [0, 1, 2]
    answered(client, 5)
    answered(client, 2)
    client.forget(3, "dropped_there")
    assert got == [0, 1, 2]
    answered(client, 4)
    assert got == [0, 1, 2, 4, 5] and client.counts.scored == 5 and client.counts.dropped == 1
    client.stop()


def test_what_is_not_answered_when_the_link_is_closed_is_counted():
    client = Client("tcp://127.0.0.1:9", lambda *_: None)
    client.submit(sent(0))
    client.on_way = {1: sent(1)}
    client.stop()
    assert client.counts.dropped == 2


def test_a_link_that_fails_says_so():
    def fail(*_):
        raise RuntimeError("no room")

    with serving() as server, linked(server.address, on_scored=fail) as client:
        client.wait_for_server(20)
        client.submit(sent(0))
        assert wait(lambda: client.state == REFUSED) and "no room" in client.words


def test_after_an_outage_what_waits_too_long_is_dropped_again():
    client = Client("tcp://127.0.0.1:9", lambda *_: None)
    client.state, client.caught_up_by = CONNECTED, time.monotonic() + 1000
    for number in range(10):
        client.submit(sent(number, due=float(number)))
    assert len(client.waiting) == 10
    client.caught_up_by = 0.0
    client.submit(sent(10, due=10.0))
    assert [frame.number for frame in client.waiting] == [10] and client.counts.dropped_here == 10
    client.stop()
