"""The profiles name rules that are there, every job says what it needs, and one at a time has the workstation's GPU."""

import re
import subprocess
import sys

import pytest
import yaml

from tests.conftest import ROOT
from tests.lab import use_full_study

BLOCKS = {
    name: block
    for path in sorted((ROOT / "rules").glob("*.smk"))
    for name, block in re.findall(
        r"^(?:(?:use )?rule|checkpoint) (?:\w+ as )?(\w+)(?: with)?:\n(.*?)(?=^\S|\Z)", path.read_text(), re.M | re.S
    )
}
SCRIPTED = {name: block for name, block in BLOCKS.items() if "\n    script:" in block}
LEARNING = {"train_detector", "extract_features", "train_network", "predict_images", "score_recording"}
# They run where Snakemake does.
LOCAL = {
    name
    for path in (ROOT / "rules").glob("*.smk")
    for block in re.findall(r"^localrules:\n((?:    \w+,\n)+)", path.read_text(), re.M)
    for name in re.findall(r"\w+", block)
}
# What may take long, changes the graph, or is waited for by everything.
ALONE = {
    *("annotate_simulated_faces", "train_detector", "detect_faces", "extract_features", "train_network", "train_heads"),
    *("score_recording", "choose_backbone", "choose_fold", "measure_consistency", "export_detections"),
    *("measure_detection", "draw_detections", "draw_detected_faces", "draw_moments", "measure_intervals"),
    *("measure_agreement", "simulate_camera", "simulate_face_camera", "make_report", "record_provenance"),
}
TARGETS = {"evaluate", "provenance"}


def profile(name: str) -> dict:
    return yaml.safe_load((ROOT / "profiles" / name / "config.yaml").read_text())


@pytest.mark.parametrize("name", SCRIPTED)
def test_every_job_says_what_it_needs(name):
    assert re.search(r"^    threads: (\d+|config\[\"threads\"\])", SCRIPTED[name], re.M)
    assert re.search(r"\bmem_mb=\d+", SCRIPTED[name]) and re.search(r"\bruntime=\d+", SCRIPTED[name])
    assert ('gres=config["gres"]' in SCRIPTED[name]) == (name in LEARNING)


def test_each_rule_is_in_a_group_or_stands_alone():
    grouped = set(profile("slurm")["groups"])
    acting = set(BLOCKS) - TARGETS
    assert grouped <= acting, "the profile names rules that are not there"
    assert not grouped & (ALONE | LOCAL)
    assert acting - grouped - LOCAL == ALONE, "a new rule: put it into a group of profiles/slurm, or into ALONE"


def test_the_full_study_does_not_flood_the_scheduler(workplace):
    """Its 54 videos and its trainings each stand alone; all else shares SLURM jobs or needs none."""
    use_full_study(workplace)
    code, output = workplace.snakemake("--dry-run", "--workflow-profile", str(ROOT / "profiles" / "slurm"))
    assert code == 0, output[-3000:]
    jobs = {name: int(number) for name, number in re.findall(r"^(\w+) +(\d+)$", output, re.M)}
    groups = re.findall(r"Group job \w+ ", output)
    sent = len(groups) + sum(number for name, number in jobs.items() if name in ALONE)
    print(f"\n{jobs['total']} jobs are {sent} SLURM jobs")
    assert sum(number for name, number in jobs.items() if name in LOCAL) > 100
    assert sent < 0.4 * jobs["total"]


def test_the_slurm_profile_uses_nothing_that_loses_jobs():
    """See the profile: neither holds with Snakemake 9.27 and plugin 2.8."""
    assert not {"slurm-array-jobs", "group-components"} & set(profile("slurm"))


TWO_JOBS = """
rule all:
    input: "a", "b"

rule learn:
    output: "{name}"
    resources: gpu_jobs=1
    shell: "date +%s%N > {output}; sleep 1; date +%s%N >> {output}"
"""


def test_one_job_at_a_time_has_the_workstations_gpu(tmp_path):
    (tmp_path / "Snakefile").write_text(TWO_JOBS)
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "all"]
    command += ["--workflow-profile", str(ROOT / "profiles" / "default")]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    times = sorted(tuple(map(int, (tmp_path / name).read_text().split())) for name in "ab")
    assert times[0][1] <= times[1][0]
