"""The profiles name rules that are there, every job says what it needs, and one at a time has the workstation's GPU."""

import re
import shutil
from collections import Counter

import pytest
import yaml

from tests.conftest import ROOT, Workplace, jobs_in
from tests.rules import BLOCKS, SCRIPTS

LEARNING = {"train_detector", "extract_features", "train_network", "predict_images", "score_recording"}
LEARNING |= {"describe_training", "score_held_out"}
LEARNING |= {"train_segmentation", "pretrain_eye_network", "train_eye_network", "score_held_out_regions"}
# They run where Snakemake does.
LOCAL = {name for name, block in BLOCKS.items() if "    localrule: True\n" in block}
# What may take long, changes the graph, or is waited for by everything.
ALONE = {
    *("annotate_simulated_faces", "train_detector", "detect_faces", "extract_features", "train_network", "train_heads"),
    *("score_recording", "choose_backbone", "choose_fold", "measure_consistency", "export_detections"),
    *("measure_detection", "draw_detections", "draw_detected_faces", "measure_intervals"),
    *("measure_agreement", "simulate_camera", "simulate_face_camera", "make_report", "record_provenance"),
    *("describe_training", "score_held_out", "pack_scorer"),
    *("simulate_rack", "place_regions", "store_regions", "train_segmentation", "segment_regions"),
    *("pretrain_eye_network", "train_eye_network", "score_held_out_regions", "score_rack"),
}
TARGETS = {"evaluate", "provenance", "sheets", "scorer", "coco"}


def profile(name: str) -> dict:
    return yaml.safe_load((ROOT / "profiles" / name / "config.yaml").read_text())


@pytest.mark.parametrize("name", ["default", "slurm"])
def test_the_profiles_say_what_a_job_needs_that_says_nothing_else(name):
    assert profile(name)["default-resources"] == {"mem_mb": 1000, "runtime": 60}
    assert "code" not in profile(name)["rerun-triggers"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_job_of_learning_says_what_it_needs(name):
    block = BLOCKS[name]
    assert ('gres=config["gres"]' in block) == (name in LEARNING)
    assert bool(re.search(r"^    threads: config\[\"threads\"\]", block, re.M)) == (name in LEARNING)
    if name in LEARNING:
        assert re.search(r"\bmem_mb=\d+", block) and re.search(r"\bruntime=\d+", block)


def test_each_rule_is_in_a_group_or_stands_alone():
    grouped = set(profile("slurm")["groups"])
    acting = set(BLOCKS) - TARGETS
    assert grouped <= acting, "the profile names rules that are not there"
    assert not grouped & (ALONE | LOCAL)
    assert acting - grouped - LOCAL == ALONE, "a new rule: put it into a group of profiles/slurm, or into ALONE"


@pytest.fixture(scope="module")
def full_study(project, tmp_path_factory) -> str:
    """What a dry run of the full study through the SLURM profile prints; no video of it is there."""
    folder = tmp_path_factory.mktemp("full_study")
    shutil.copytree(ROOT / "configs", folder / "configs")
    shutil.copy(ROOT / "configs" / "six_camera_tbi.yaml", folder / "config.yaml")
    arguments = ("--dry-run", "--workflow-profile", str(ROOT / "profiles" / "slurm"))
    code, output = Workplace(project, folder).snakemake(*arguments)
    assert code == 0, output[-3000:]
    return output


def test_the_full_studys_graph_can_be_built_without_its_videos(full_study):
    jobs = jobs_in(full_study)
    assert jobs["synchronise_cameras"] == 9
    assert jobs["probe_video"] == 54
    assert jobs["detect_faces"] == 54
    # Before anything is chosen. Frozen: seven networks, three controls, two studies of which one variant is a network.
    assert jobs["train_heads"] == 7 + 3 + 2 * 8 - 1
    # The backbone is trained too, on six folds: four networks and a control.
    assert jobs["train_network"] == (4 + 1) * 6
    assert jobs["draw_fold_panels"] == 7
    assert "simulate_camera" not in jobs


def test_the_full_study_does_not_flood_the_scheduler(full_study):
    """What may take long stands alone; all else runs where Snakemake does, or shares a job by recording or network."""
    jobs, groups = jobs_in(full_study), Counter(re.findall(r"Group job (\w+) ", full_study))
    each = dict.fromkeys(["recording", "moments", "crops"], jobs["synchronise_cameras"])
    assert groups == each | {"folds": 1, "predictions": jobs["measure_network"]}
    sent = groups.total() + sum(number for name, number in jobs.items() if name in ALONE)
    print(f"\n{sum(jobs.values())} jobs are {sent} SLURM jobs")


def test_the_slurm_profile_uses_nothing_that_loses_jobs():
    """See the profile: neither holds with Snakemake 9.27 and plugin 2.8."""
    assert not {"slurm-array-jobs", "group-components"} & set(profile("slurm"))


def test_one_job_of_learning_at_a_time_has_the_workstations_gpu():
    assert profile("default")["resources"]["gpu_jobs"] == 1
    assert {name for name in SCRIPTS if "\n        gpu_jobs=GPU_JOBS,\n" in BLOCKS[name]} == LEARNING
