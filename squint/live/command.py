"""The commands of live scoring: `python -m squint serve --help`, `python -m squint live --help`."""

import argparse
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from tqdm import tqdm

from squint.domain.regions import MOST_REGIONS, REGION_NAME, Region, read_region
from squint.errors import InputError
from squint.files.frames import picture
from squint.live.client import REFUSED, Client
from squint.live.keys import make_keys
from squint.live.messages import Welcome
from squint.live.recorder import Recorder
from squint.live.session import Session
from squint.live.sources import FileSource, Source, open_source
from squint.regions.finding import find_regions
from squint.web.loopback import is_loopback

PORT = 8478
SCORER = "results/scorer/regions.squint"
LISTENS = "The server listens at "
FIND_S = 20.0  # that a server may take to be found; one of faces loads TensorFlow first
RESTART_S = 0.5  # after which a server of its own that ended is started again
STOP_S = 5.0
SEARCHED = 30  # frames, in which regions are looked for


def port_number(text: str) -> int:
    """A port, which argparse takes if it is a number from 0 to 65,535."""
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 0 to 65535")
    return int(text)


def thread_count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 64")
    return int(text)


def serve(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Serve a scorer until it is told to stop; the exit status."""
    parser.add_argument("scorer", nargs="?", metavar="FILE", help=f"a scorer (.squint), such as {SCORER}")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; default: this machine alone")
    parser.add_argument("--port", type=port_number, default=PORT, help=f"where to listen; default: {PORT}")
    parser.add_argument(
        "--keys", type=Path, metavar="FOLDER", help="keys, without which the server listens to this machine alone"
    )
    parser.add_argument("--make-keys", type=Path, metavar="FOLDER", help="make keys of a server and a client, and end")
    parser.add_argument("--threads", type=thread_count, default=1, help="threads that score side by side; default: 1")
    parser.add_argument("--until-closed", action="store_true", help="stop when standard input is closed")
    given = parser.parse_args(arguments)
    if given.make_keys:
        make_keys(given.make_keys)
        print(
            f"The keys are in {given.make_keys}. Start the server with --keys {given.make_keys}; give the client's "
            "machine a folder with client.key_secret and server.key, and its client --keys and that folder."
        )
        return 0
    if not given.scorer:
        parser.error(f"name a scorer, such as {SCORER}: it is made with snakemake --configfile configs/live.yaml")
    if not is_loopback(given.host) and given.keys is None:
        raise InputError(
            f"--host {given.host}",
            "keys for a server that other machines reach",
            "none",
            "make some (python -m squint serve --make-keys FOLDER) and name them with --keys, or leave --host out",
        )
    from squint.live.scorers import load_scorer  # noqa: PLC0415 (loads the networks' libraries)
    from squint.live.server import Server, same_server  # noqa: PLC0415

    scorers = same_server([load_scorer(given.scorer, threads=1) for _ in range(given.threads)])
    host = f"[{given.host}]" if ":" in given.host else given.host
    server = Server(scorers, f"tcp://{host}:{given.port}", given.keys)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: server.stop())
    if given.until_closed:
        threading.Thread(target=stop_when_closed, args=(server,), daemon=True).start()
    welcome = server.welcome
    print(f"{given.scorer}: {welcome.scorer}, {welcome.scale}, from 0 to {welcome.highest:g}")
    print(f"{LISTENS}{server.address}. Ctrl+C stops it.", flush=True)
    server.run()
    counts = server.counts
    refused = f", {sum(counts.refused.values())} refused ({dict(counts.refused)})" if counts.refused else ""
    print(f"\nStopped. {counts.frames} frames scored, {counts.dropped} dropped{refused}.", flush=True)
    return 0


def stop_when_closed(server) -> None:
    """Stop a server when its standard input ends, as when the process that started it is gone."""
    while sys.stdin.read(1):
        continue
    server.stop()


class OwnServer:
    """A server of this machine's own, which is started again at its port when it ends by itself."""

    def __init__(self, scorer: str):
        """Raises ServerFailed where it does not start."""
        self.scorer, self.stopping = scorer, threading.Event()
        self.process, self.address = self.start("0")
        self.keeper = threading.Thread(target=self.keep, daemon=True)
        self.keeper.start()

    def start(self, port: str) -> tuple[subprocess.Popen, str]:
        """A process that listens at a port, and its address."""
        program = [sys.executable, "-m", "squint", "serve", self.scorer, "--port", port, "--until-closed"]
        root = Path(__file__).parents[2]
        path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
        process = subprocess.Popen(
            program,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
            start_new_session=True,  # Ctrl+C is for this process, which stops the server when all is written
            stdin=subprocess.PIPE,  # it ends where this process does, however that ends
        )
        words = []
        try:
            for line in process.stdout or []:
                words.append(line)
                if line.startswith(LISTENS):
                    threading.Thread(target=drain, args=(process.stdout,), daemon=True).start()
                    return process, line.removeprefix(LISTENS).partition(". ")[0]
        except BaseException:
            process.kill()
            raise
        process.wait()
        raise ServerFailed("".join(words).strip() or "it ended without a word")

    def keep(self) -> None:
        """Start it again as often as it ends; runs in a thread of its own."""
        while not self.stopping.is_set():
            self.process.wait()
            if self.stopping.wait(RESTART_S):
                return
            try:
                self.process, _ = self.start(self.address.rpartition(":")[2])
            except ServerFailed as error:
                print(f"The server could not be started again: {error}", file=sys.stderr)

    def stop(self) -> None:
        """Stop it for good."""
        self.stopping.set()
        self.process.terminate()
        self.keeper.join()
        self.process.terminate()  # one that was being started meanwhile
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class ServerFailed(Exception):
    """A server of its own that did not start, with what it said."""


def drain(stream) -> None:
    """Read what a process says, so that it never waits for it."""
    for _ in stream:
        continue


def named_region(text: str) -> tuple[str, Region]:
    """`NAME=left,top,width,height`, or the numbers alone."""
    name, separator, numbers = text.rpartition("=")
    try:
        region = read_region(numbers)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; write --region NAME=left,top,width,height") from error
    if separator and not REGION_NAME.fullmatch(name):
        raise argparse.ArgumentTypeError(f"{name!r} is no name of letters, digits and underscores, at most 32")
    return name, region


def name_regions(given: Sequence[tuple[str, Region]]) -> dict[str, Region]:
    """Regions by name; those without one are numbered. Raises InputError for two of one name."""
    names = [name or str(number) for number, (name, _) in enumerate(given, start=1)]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(
            "the command line, --region", "regions of names of their own", f"{twice[0]!r} twice", "rename one"
        )
    return dict(zip(names, (region for _, region in given), strict=True))


def search_regions(source: Source, most: int) -> dict[str, Region]:
    """The regions of a file in which something moves. Raises InputError for a camera, and where nothing moves."""
    remedy = "name regions: --region NAME=left,top,width,height, up to four times"
    if not isinstance(source, FileSource):
        raise InputError(source.name, "regions, which can be found in a file alone", "a camera", remedy)
    film = source.video
    numbers = np.unique(np.linspace(0, len(film) - 1, SEARCHED).round().astype(int)).tolist()
    found = find_regions([picture(frame) for _, frame in film.read(numbers)], most)
    if not found:
        raise InputError(source.name, "places in which something moves", "none", remedy)
    return {str(number): region for number, region in enumerate(found, start=1)}


def add_source_arguments(parser: argparse.ArgumentParser) -> None:
    """What says where frames come from and where they are scored, with a page or without."""
    parser.add_argument(
        "--scorer", default=SCORER, metavar="FILE", help=f"the scorer of a server of its own; default: {SCORER}"
    )
    parser.add_argument("--server", metavar="ADDRESS", help="a server that runs, such as tcp://127.0.0.1:8478")
    parser.add_argument("--keys", type=Path, metavar="FOLDER", help="keys for a server on another machine")
    parser.add_argument(
        "--jpeg", action="store_true", help="send pictures as JPEG, for slow networks; scores differ a little"
    )
    parser.add_argument(
        "--region",
        type=named_region,
        action="append",
        default=[],
        metavar="NAME=left,top,width,height",
        help="a region of the video in px, up to four; without one they are found where something moves",
    )
    parser.add_argument("--results", type=Path, default=Path("results"), help="where the workflow's recordings are")
    parser.add_argument("--scale", default="", help="stop unless the server scores on the scale of this name")


@contextmanager
def linked(given: argparse.Namespace) -> Iterator[tuple[Client, Welcome]]:
    """A link to the server that is named, or to one of its own. Raises InputError where there is none."""
    if given.server:
        with link_to(given, given.server) as link:
            yield link
        return
    if not Path(given.scorer).is_file():
        remedy = (
            "make one (snakemake --configfile configs/live.yaml), name one with --scorer, or a server with --server"
        )
        raise InputError(given.scorer, "a scorer for live use", "no such file", remedy)
    try:
        server = OwnServer(given.scorer)
    except ServerFailed as error:
        raise InputError(given.scorer, "a server that starts", f"it did not: {error}", "see the words above") from error
    try:
        with link_to(given, server.address) as link:
            yield link
    finally:
        server.stop()


@contextmanager
def link_to(given: argparse.Namespace, address: str) -> Iterator[tuple[Client, Welcome]]:
    """A link to the server at an address, which is checked."""
    if not re.fullmatch(r"tcp://[^/\s]+:[0-9]{1,5}", address):
        raise InputError(
            address, "the address of a server, as tcp://127.0.0.1:8478", "another text", "correct --server"
        )
    client = Client(address, lambda *_: None, keys=given.keys, form="jpeg" if given.jpeg else "raw").start()
    try:
        welcome = client.wait_for_server(FIND_S)
        if welcome is None:
            found = client.words if client.state == REFUSED else "no answer"
            remedy = "start it (python -m squint serve FILE), check its address, and --keys if it has some"
            raise InputError(address, "a scoring server", found, remedy)
        if given.scale and given.scale != welcome.scale:
            remedy = "name another server or scorer, or leave --scale out"
            raise InputError(address, f"scores on the scale {given.scale!r}", f"{welcome.scale!r}", remedy)
        yield client, welcome
    finally:
        client.stop()


def live(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Score a source live, on a page or without one; the exit status."""
    parser.add_argument(
        "source",
        metavar="VIDEO",
        help="a video file, a camera (/dev/video0, rtsp://…), or RECORDING/CAMERA of a finished run",
    )
    parser.add_argument("--headless", action="store_true", help="without a page: scores go into a folder")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where to record; default: live/ and the time")
    parser.add_argument("--annotated", action="store_true", help="record the video with scores and marks too")
    parser.add_argument("--masks", action="store_true", help="show what the segmentation sees")
    parser.add_argument("--loop", action="store_true", help="a file begins again when it ends")
    parser.add_argument("--fast", action="store_true", help="with --headless: a file as fast as it can be scored")
    add_source_arguments(parser)
    page = parser.add_argument_group("the page")
    page.add_argument("--host", default="127.0.0.1", help="the address to listen on; default: this machine alone")
    page.add_argument("--port", type=port_number, default=8479, help="where to listen; default: 8479")
    page.add_argument("--no-browser", action="store_true", help="open no browser, print the link alone")
    given = parser.parse_args(arguments)
    if len(given.region) > MOST_REGIONS:
        parser.error(f"{len(given.region)} regions; a video has {MOST_REGIONS} at most")
    if not given.headless:
        from squint.live.page import show  # noqa: PLC0415 (the page's packages are in an environment of their own)

        return show(given)
    return run_headless(given)


def recording_folder(given: argparse.Namespace, source: Source) -> Path:
    """Where a recording goes that begins now."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", source.name)[:60]
    return given.output or Path("live") / f"{time.strftime('%Y-%m-%dT%H-%M-%S')}_{name}"


def run_headless(given: argparse.Namespace) -> int:
    """Score a source to its end, or until it is stopped; the exit status."""
    source = open_source(given.source, given.results, not given.fast, given.loop)
    regions = name_regions(given.region) or search_regions(source, MOST_REGIONS)
    with linked(given) as (client, welcome):
        client.patient = given.fast
        session = Session(source, regions, client, welcome, masks=given.masks)
        folder = recording_folder(given, source)
        told = {name: str(region) for name, region in regions.items()}
        session.record(Recorder(folder, welcome, told, source.name), given.annotated)
        print(
            f"{source.name}: {welcome.scorer}; regions {', '.join(f'{n} ({r})' for n, r in told.items())}", flush=True
        )
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        session.start()
        total = len(source.video) if isinstance(source, FileSource) else None
        with tqdm(total=total, unit="frame", mininterval=1, disable=None) as bar:
            while not session.ended and not stop.is_set():
                stop.wait(0.3)
                measures = session.measures()
                bar.update(session.scored - bar.n)
                bar.set_postfix_str(", ".join(tell_measures(measures)), refresh=False)
        session.stop()
        print(f"{folder}: {session.scored} frames scored. {'; '.join(tell_measures(session.measures()))}")
        if session.failure:
            raise session.failure
    return 0


def tell_measures(measures: dict) -> list[str]:
    """Latency, rate and dropped frames in words."""
    words = [f"{measures['fps']:.0f} frames/s"]
    if measures["median_ms"] is not None:
        words.append(f"{measures['median_ms']:.0f} ms from frame to score (99 %: {measures['p99_ms']:.0f} ms)")
    words.append(f"{measures['dropped']} dropped")
    words += [measures["note"]] if measures["note"] else []
    return words if measures["connected"] else [*words, measures["words"]]
