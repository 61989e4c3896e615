"""The storm in Snakemake's scheduler is still there, and `quiet_scheduler` ends it ."""

import json
import subprocess
import sys

from tests.conftest import ENVIRONMENT, ROOT

JOBS = 5
# Some jobs one after another, and what their scheduler does, counted: the passes that it would plan, and how often it
# asks for the size of each input.
SNAKEFILE = """
import json
import sys
from collections import Counter
from snakemake.io import _IOFile

sys.path.insert(0, {root!r})
from squint.jobs.snakemake_internals import quiet_scheduler

PLANNED, ASKED = [], Counter()


def watch(scheduler, calmed):
    scheduler._schedule_reevalutation = PLANNED.append
    if calmed:
        quiet_scheduler(scheduler)
    update, size = scheduler.update_input_sizes, _IOFile.size

    async def counted(path):
        ASKED[str(path)] += 1
        return await size(path)

    async def watched(jobs):
        _IOFile.size = counted
        await update(jobs)
        _IOFile.size = size  # which others ask for too

    scheduler.update_input_sizes = watched


rule all:
    input: "last"

rule first:
    output: "first"
    shell: "echo > {{output}}"

rule each:
    input: "first"
    output: "{{name}}.txt"
    shell: "cp {{input}} {{output}}"

rule last:
    input: expand("{{name}}.txt", name=list("abc"))
    output: "last"
    shell: "cat {{input}} > {{output}}"

onstart:
    watch(workflow.scheduler, {calmed})

onsuccess:
    with open("counts.json", "w") as file:
        json.dump(dict(planned=PLANNED, asked=ASKED), file)
"""


def run(folder, calmed: bool) -> dict:
    """What was counted in a run of a few jobs: the passes that were planned, and how often each size was asked for."""
    (folder / "Snakefile").write_text(SNAKEFILE.format(root=str(ROOT), calmed=calmed))
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--scheduler", "greedy", "--quiet", "all"]
    subprocess.run(command, cwd=folder, env=ENVIRONMENT, check=True, capture_output=True)
    return json.loads((folder / "counts.json").read_text())


def test_snakemake_still_plans_a_pass_after_each_pass(tmp_path):
    """Where this fails, Snakemake has mended it: delete `quiet_scheduler`, its call in the Snakefile, and this."""
    counts = run(tmp_path, calmed=False)
    assert len(counts["planned"]) >= JOBS
    assert counts["asked"]["first"] >= 3  # while the jobs that take it wait for each other


def test_no_pass_is_planned_and_no_size_asked_for_twice_where_it_is_calmed(tmp_path):
    """So few jobs never come to the limit of how many start in a second."""
    counts = run(tmp_path, calmed=True)
    assert counts["planned"] == []
    assert counts["asked"] == dict.fromkeys(["first", "a.txt", "b.txt", "c.txt", "last"], 1)
