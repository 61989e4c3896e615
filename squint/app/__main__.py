"""Opens a recording for blinded scoring and correcting boxes, or videos for annotating faces, in the browser.

`python -m squint.app --help`.
"""

import argparse
import errno
import os
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from squint.app.frame_set import DIGEST, FOLDER, annotations_path, import_annotations, read_frame_set, tables_of_frames
from squint.app.journal import Journal
from squint.app.recording import read_recording, recordings_in
from squint.app.session import Session
from squint.errors import InputError

FRAMES = 300  # to annotate, if nobody says how many
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


def coder_name(text: str) -> str:
    """A name that can stand in a file's name, on any disk."""
    name = text.lower()
    if not NAME.fullmatch(name):
        raise argparse.ArgumentTypeError(
            f"{text!r} cannot be a coder's name: take letters from a to z, digits and underscores, at most 32, and a "
            "letter first"
        )
    return name


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number within limits."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
        return int(text)

    return read


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m squint.app",
        description="Opens a recording for blinded scoring and for correcting boxes in the browser. It writes "
        "scores/RECORDING.CODER.csv and corrections/RECORDING.csv, which the workflow takes. With --annotate it opens "
        "frames of videos, on which faces are marked for a detector to learn from, in annotations/faces.csv.",
        epilog='With make: make app RECORDING=EXP1 CODER="ayse berk" ARGS="--port 8500", or make app '
        'VIDEOS="films/mouse1 films/mouse2" CODER=ayse.',
    )
    parser.add_argument("recording", nargs="?", help="one that has a sheet in results/sheets")
    parser.add_argument(
        "--annotate",
        type=Path,
        nargs="+",
        default=[],
        metavar="VIDEO",
        help="videos, folders of videos, or a table of their frames, such as results/faces/wanted.csv",
    )
    parser.add_argument(
        "--frames",
        type=whole_number(1, 100_000),
        metavar="N",
        help=f"how many frames of the videos to annotate; default: {FRAMES}",
    )
    parser.add_argument(
        "--coder", type=coder_name, action="append", default=[], help="who works; several times for several people"
    )
    parser.add_argument(
        "--quiz-every",
        type=whole_number(1, 10_000),
        default=0,
        metavar="N",
        help="ask a quiz question after each N items; without it there is none",
    )
    parser.add_argument("--directory", type=Path, default=Path(), help="where results/ is; default: here")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; default: this machine alone")
    parser.add_argument("--port", type=whole_number(1, 65_535), default=8477, help="where to listen; default: 8477")
    parser.add_argument("--no-browser", action="store_true", help="open no browser, print the links alone")
    given = parser.parse_args(arguments)
    if given.recording and given.annotate:
        parser.error("name a recording or videos to annotate, not both")
    if given.frames and not given.annotate:
        parser.error("--frames goes with videos to annotate (make app VIDEOS=…)")
    if given.quiz_every and given.annotate:
        parser.error("--quiz-every goes with a recording to score")
    if given.recording is None and not given.annotate:
        there = ", ".join(recordings_in(given.directory / "results"))
        parser.error(
            f"name a recording (make app RECORDING=…): there are {there or 'none yet, run snakemake sheets first'}; "
            "or videos to annotate (make app VIDEOS=…)"
        )
    if not given.coder:
        parser.error("name who works (make app CODER=…)")
    return given


def check_port(host: str, port: int) -> None:
    """Raise InputError where nothing can listen, as where another program does already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            remedy = (
                "another server of this app, perhaps: stop it, or choose another port with --port"
                if error.errno == errno.EADDRINUSE
                else "name an address of this machine with --host"
            )
            raise InputError(
                f"{host}:{port}", "an address to listen on", error.strerror or str(error), remedy
            ) from error


def open_recording(given: argparse.Namespace) -> Session:
    """The recording that is named, for scoring and correcting."""
    recording = read_recording(given.directory / "results", given.recording)
    journal = Journal(given.directory / "scores" / f"{recording.name}.journal", recording.digest)
    return Session(recording, journal, given.directory)


def open_frames(given: argparse.Namespace) -> Session:
    """Frames of the videos that are named, for annotating."""
    journal = Journal(given.directory / FOLDER / "faces.journal", DIGEST)
    if found := import_annotations(journal, given.directory, given.coder[0]):
        print(f"{found} frames are taken over from {annotations_path(given.directory)}.")
    frames = read_frame_set(given.annotate, given.frames or FRAMES, given.directory, journal)
    print(
        f"{len(frames.items)} frames. What is said of them stands in {annotations_path(given.directory)}; the config "
        "takes it as `faces: annotations`. A study's own recordings are not to be among these videos: they judge the "
        "detector."
    )
    return Session(frames, journal, given.directory, tables_of_frames)


def main(arguments: list[str]) -> None:
    """Open the journal, bring the tables up to date, and serve."""
    given = read_arguments(arguments)
    check_port(given.host, given.port)
    if given.annotate:
        session, home, does = open_frames(given), "annotate", "annotates"
    else:
        session, home, does = open_recording(given), "score", "scores"
    journal = session.journal
    for message in session.take_over(given.coder):
        print(message)
    tokens = {journal.token(coder): coder for coder in given.coder}
    with TemporaryDirectory(prefix="squint") as storage:
        # NiceGUI keeps a folder of its own where it is started; nothing is to be left beside the results.
        os.environ["NICEGUI_STORAGE_PATH"] = storage
        from squint.app.server import build
        from squint.web.guard import serve
        from squint.web.loopback import is_loopback

        build(session, tokens, is_loopback(given.host), given.quiz_every, home)
        name = socket.gethostname() if given.host in ("0.0.0.0", "::") else given.host
        for token, coder in tokens.items():
            print(f"{coder} {does} at http://{f'[{name}]' if ':' in name else name}:{given.port}/as/{token}/{home}")
        print("Each link is one person's, and stays the same. Ctrl+C stops the server.", flush=True)
        serve(given.host, given.port, "" if given.no_browser or len(tokens) > 1 else f"/as/{next(iter(tokens))}/{home}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        sys.exit(f"\n{error}\n")
    except KeyboardInterrupt:
        print("\nStopped. All that was done is on disk.")
