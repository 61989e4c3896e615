"""Squint from the command line, beside the workflow: `python -m squint --help`."""

import argparse
import importlib
import sys

from squint.errors import InputError

# Name to module, function and what it does; a module is imported when it is asked for.
COMMANDS = {
    "score": (
        "squint.scorer.command",
        "score",
        "score the videos of one recording with a scorer, without writing a config",
    ),
    "serve": ("squint.live.command", "serve", "score pictures that clients send, as they come (live scoring)"),
    "live": ("squint.live.command", "live", "score a video or a camera live, on a page or without one"),
}


def main(arguments: list[str]) -> int:
    """Run the command that the first argument names; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m squint", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, _, about) in COMMANDS.items():
        commands.add_parser(name, help=about, add_help=False)
    command = parser.parse_args(arguments[:1]).command
    module, function, about = COMMANDS[command]
    run = getattr(importlib.import_module(module), function)
    own = argparse.ArgumentParser(prog=f"python -m squint {command}", description=f"{about[:1].upper()}{about[1:]}.")
    return run(own, arguments[1:])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except InputError as error:
        sys.exit(f"\n{error}\n")
