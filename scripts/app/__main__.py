"""Opens a recording for blinded scoring and for correcting boxes in the browser: `python -m scripts.app --help`."""

import argparse
import os
import re
import socket
import sys
import tempfile
from pathlib import Path

from scripts.app.desk import Desk
from scripts.app.journal import Journal
from scripts.app.recording import read_recording, recordings_in
from scripts.app.sheets import take_over
from scripts.job import InputError

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


def coder_name(text: str) -> str:
    """A name that can stand in a file's name, on any disk."""
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r}: up to 32 lower-case letters, digits and underscores, beginning with a letter"
        )
    return text


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.app",
        description="Opens a recording for blinded scoring and for correcting boxes in the browser. It writes "
        "scores/RECORDING.CODER.csv and corrections/RECORDING.csv, which the workflow takes.",
    )
    parser.add_argument("recording", nargs="?", help="one with a sheet in results/sheets; without it, all are listed")
    parser.add_argument(
        "--coder", type=coder_name, action="append", default=[], help="who scores; several times for several people"
    )
    parser.add_argument("--quiz-every", type=int, default=0, metavar="N", help="a quiz question after N items (never)")
    parser.add_argument("--directory", type=Path, default=Path(), help="where results/ is and scores/ go (here)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1: this machine alone)")
    parser.add_argument("--port", type=int, default=8477, help="the port to listen on (8477)")
    parser.add_argument("--no-browser", action="store_true", help="open no browser, print the links alone")
    given = parser.parse_args(arguments)
    if given.recording is None:
        there = recordings_in(given.directory / "results")
        parser.error(f"name a recording; there are: {', '.join(there) or 'none, run `snakemake sheets` first'}")
    if not given.coder:
        parser.error("name who scores: --coder NAME")
    return given


def check_port(host: str, port: int) -> None:
    """Raise InputError where another program listens already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            remedy = "stop the program that listens there, or choose another with --port"
            raise InputError(f"{host}:{port}", "an address to listen on", error.strerror, remedy) from error


def main(arguments: list[str]) -> None:
    """Open the journal, bring the tables up to date, and serve."""
    given = read_arguments(arguments)
    recording = read_recording(given.directory / "results", given.recording)
    check_port(given.host, given.port)
    journal = Journal(given.directory / "scores" / f"{recording.name}.journal", recording.digest)
    for path in take_over(journal, recording, given.directory, given.coder):
        print(f"The table there said something else than the journal; it is kept as {path}.")
    tokens = {journal.token(coder): coder for coder in given.coder}
    # NiceGUI keeps a folder of its own where it is started; nothing is to be left beside the results.
    os.environ["NICEGUI_STORAGE_PATH"] = tempfile.mkdtemp(prefix="squint")
    from scripts.app.server import build, is_loopback, serve

    build(Desk(recording, journal, given.directory), tokens, is_loopback(given.host), given.quiz_every)
    name = socket.gethostname() if given.host in ("0.0.0.0", "::") else given.host
    for token, coder in tokens.items():
        print(f"{coder} scores at http://{name}:{given.port}/{token}/score", flush=True)
    print("The links are personal. Ctrl+C stops the server; all that was done is on disk.", flush=True)
    start = "" if given.no_browser or len(tokens) > 1 else f"/{next(iter(tokens))}/score"
    serve(given.host, given.port, start)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        sys.exit(f"\n{error}\n")
