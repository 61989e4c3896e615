"""What every script job does around its work: its log, its progress, and mistakes told in one message."""

import logging
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from squint.errors import InputError
from squint.jobs.diagnosis import diagnose

Item = TypeVar("Item")


@contextmanager
def job(snakemake) -> Iterator[logging.Logger]:
    """Run a script's work with its log as its standard output and error, those of native libraries too.

    Warnings go to the terminal too. An `InputError` ends the job with its message alone. So does an error that comes
    from a full disk or a damaged file; any other is written to the log with its traceback and named on the terminal.
    """
    terminal = os.fdopen(os.dup(2), "w")
    with ExitStack() as stack:
        try:
            log = stack.enter_context(Path(snakemake.log[0]).open("w", buffering=1))
        except OSError as error:
            report_error(snakemake, error, terminal)
            sys.exit(1)
        for descriptor in (1, 2):
            os.dup2(log.fileno(), descriptor)
        logging.basicConfig(stream=log, level=logging.INFO, format="%(asctime)s %(message)s", force=True)
        terminal_handler = logging.StreamHandler(terminal)
        terminal_handler.setLevel(logging.WARNING)
        logging.getLogger().addHandler(terminal_handler)
        try:
            yield logging.getLogger(snakemake.rule)
        except Exception as error:
            message = report_error(snakemake, error, terminal)
            with suppress(OSError):  # the log may be on the disk that is full
                log.write(message)
            sys.exit(1)


def report_error(snakemake, error: Exception, terminal) -> str:
    """Report an error of a job on the terminal; gives the text for its log."""
    known, trace = error, ""
    if not isinstance(error, InputError):
        cause = diagnose(error, snakemake.input, snakemake.output)
        known, trace = cause and InputError(*cause), "".join(traceback.format_exception(error))
    text = known or f"rule {snakemake.rule}: {type(error).__name__}: {error}\nSee {snakemake.log[0]}"
    print(f"\n{text}\n", file=terminal, flush=True)
    return f"{trace}\n{known or ''}\n"


def progress(items: Iterable[Item], **options: Any) -> Iterable[Item]:
    """tqdm into the job's log, with a line every few seconds at most."""
    return tqdm(items, mininterval=5, ascii=True, file=sys.stderr, **options)
