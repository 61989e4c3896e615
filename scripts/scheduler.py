"""Ends a storm in Snakemake's scheduler, whose process took as much of a core as a job.

Seen in Snakemake 9.27.1 (`snakemake.scheduling.job_scheduler`), which limits how many jobs start in a second
(`--max-jobs-per-timespan`). Each pass of its scheduler plans another pass a second later, whether the limit held jobs
back or not, and each finished job starts one more such chain, which never ends. Each pass asks for the size of every
input of every ready job. `tests/test_scheduler.py` fails when a Snakemake plans no such passes: then delete this.
"""

from collections.abc import Iterable


def calm(scheduler) -> None:
    """Let the `scheduler` of a run plan passes only where its limit holds jobs back, and ask for each size once."""
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
