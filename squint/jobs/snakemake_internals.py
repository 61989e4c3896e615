"""All that Squint does with the inside of Snakemake, which may be another in its next version.

Written for the version in `TESTED`; `tests/squint/jobs/test_snakemake_internals.py` fails where another one is not as
is assumed here.
"""

import logging
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from squint.jobs.digests import code_digest

TESTED = "9.27"


def is_tested() -> bool:
    """Whether the Snakemake that is installed is of the version that this module was written for."""
    return version("snakemake").startswith(f"{TESTED}.")


def watch_code(rules, root: Path) -> None:
    """Give each scripted rule of a loaded workflow a param with the digest of the code that its script runs."""
    root = root.resolve()  # as scripts are: a checkout may be reached through a link
    for rule in rules:
        if rule.script:
            script = Path(rule.basedir.get_path_or_uri(secret_free=True), rule.script).resolve()
            rule.set_params(code_digest=code_digest(script, root))


def quiet_scheduler(scheduler) -> None:
    """End a storm in the `scheduler` of a run, whose process took as much of a core as a job.

    Snakemake limits how many jobs start in a second (`--max-jobs-per-timespan`). Each pass of its scheduler plans
    another pass a second later, whether the limit held jobs back or not, and each finished job starts one more such
    chain, which never ends. Each pass asks for the size of every input of every ready job. Here passes are planned
    only where the limit holds jobs back, and each size is asked for once. Another Snakemake is left as it is.
    """
    if not is_tested():
        logging.warning("Snakemake %s: its scheduler is left as it is (Squint knows %s).", version("snakemake"), TESTED)
        return
    plan, limiter, sizes = scheduler._schedule_reevalutation, scheduler.job_rate_limiter, scheduler._input_sizes

    def plan_if_limited(delay: float) -> None:
        if limiter is None or limiter.get_free_jobs() == 0:
            plan(delay)

    async def ask_for_new(jobs: Iterable) -> None:
        # Inputs of a job that is ready are finished, so that their sizes stay.
        for path in {path for job in jobs for path in job.input} - sizes.keys():
            sizes[path] = await path.size() if await path.exists() else None

    scheduler._schedule_reevalutation = plan_if_limited
    scheduler.update_input_sizes = ask_for_new


class JobRecords:
    """Snakemake's own records of the jobs that made the files in `folder`, its working directory."""

    def __init__(self, folder: Path):
        from snakemake.persistence.file import FilePersistence

        self.records = FilePersistence(nolock=True, path=folder / ".snakemake")
        self.inputs = cache(self._inputs)

    def _inputs(self, path: str) -> tuple[str, ...] | None:
        """What a job made the file at `path` from; None for one whose making is not on record."""
        from snakemake.io import IOFile

        record = self.records.metadata(IOFile(path))
        return None if record is None or record.input is None else tuple(record.input)
