"""What surrounds the work of a job: everything that is printed goes to its log, mistakes are told in one message."""

import subprocess
import sys

import pytest

from squint.jobs import job
from tests.conftest import ENVIRONMENT, ROOT

START = """
import logging, os, sys
from types import SimpleNamespace
from squint.errors import InputError
from squint.jobs.job import job, progress

snakemake = SimpleNamespace(log=[sys.argv[1]], rule="some_rule", input=[], output=["out.csv"])
with job(snakemake) as log:
"""


def run(tmp_path, work: str) -> tuple[int, str, str]:
    """Run some work as a job in a process of its own: exit code, what the terminal shows, and the log."""
    path = tmp_path / "job.log"
    program = START + "\n".join(f"    {line}" for line in work.splitlines())
    found = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.returncode, found.stdout + found.stderr, path.read_text()


def test_what_a_job_prints_is_in_its_log_and_not_on_the_terminal(tmp_path):
    work = 'print("by Python")\nos.system("echo by another")\nlog.info("told")\nlist(progress(range(3), unit="item"))'
    code, terminal, log = run(tmp_path, work)
    assert (code, terminal) == (0, "")
    assert "by Python" in log and "by another" in log and "told" in log and "3/3" in log


def test_warnings_are_shown_on_the_terminal_too(tmp_path):
    code, terminal, log = run(tmp_path, 'logging.warning("A camera ends early.")')
    assert code == 0 and terminal == "A camera ends early.\n" and "A camera ends early." in log


def test_a_mistake_of_the_lab_ends_the_job_with_its_message_alone(tmp_path):
    code, terminal, log = run(tmp_path, 'raise InputError("in.csv", "two rows", "one", "add one")')
    assert code == 1
    assert "file:     in.csv" in terminal and "to do:    add one" in terminal and "Traceback" not in terminal
    assert "expected: two rows" in log and "Traceback" not in log


def test_an_error_of_ours_is_named_on_the_terminal_and_traced_in_the_log(tmp_path):
    code, terminal, log = run(tmp_path, "1 / 0")
    assert code == 1
    assert "rule some_rule: ZeroDivisionError" in terminal and "job.log" in terminal and "Traceback" not in terminal
    assert "Traceback" in log


def test_a_full_disk_is_told_by_name(tmp_path):
    code, terminal, log = run(tmp_path, 'raise OSError(28, "No space left on device", "out.csv")')
    assert code == 1 and "file:     out.csv" in terminal and "no space left" in terminal
    assert "Traceback" in log


@pytest.mark.parametrize("name", ["job", "progress", "report_error"])
def test_what_scripts_call_is_there(name):
    assert callable(getattr(job, name))
