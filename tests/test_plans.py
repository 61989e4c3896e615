"""What Snakemake would run: nothing after a finished run, after a change what depends on it, or one target alone."""

import os
import shutil

import pytest

from scripts.code_digest import all_imports
from tests.conftest import ROOT, Workplace, jobs_in, planned_jobs
from tests.rules import SCRIPTS


def test_a_finished_run_has_nothing_to_do(miniature):
    assert planned_jobs(miniature) == {}


def test_an_edited_module_and_a_touched_script_rerun_what_depends_on_them(miniature, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(miniature.project, project)
    with (project / "scripts" / "tables" / "tabulate.py").open("a") as module:
        module.write("\n# edited\n")
    os.utime(project / "scripts" / "tables" / "tabulate_proximity.py")
    edited = {"tabulate_scorer", "tabulate_gapped", "tabulate_study", "tabulate_comparison"}
    depend = {"make_report", "record_provenance", "all"}
    assert planned_jobs(Workplace(project, miniature.folder)).keys() == edited | {"tabulate_proximity"} | depend


def test_touching_the_summarys_template_remakes_the_summary_alone(miniature):
    template = miniature.project / "report" / "summary.html.j2"
    before = template.stat()
    try:
        os.utime(template)
        assert planned_jobs(miniature) == {"summarise_study": 1, "all": 1}
    finally:
        os.utime(template, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    ("module", "rerun", "left"),
    [
        (
            "tables/tabulate.py",
            {"tabulate_scorer", "tabulate_study", "tabulate_comparison"},
            {"measure_network", "train_network", "draw_comparison", "tabulate_recordings"},
        ),
        (
            "evaluation/metrics.py",
            {"measure_network", "measure_intervals", "draw_fold_panels", "draw_agreement"},
            {"train_network", "predict_images", "count_moments"},
        ),
        (
            "video.py",
            {
                "probe_videos",
                "synchronise_cameras",
                "detect_faces",
                "extract_frames",
                "train_detector",
                "score_recording",
                "draw_detected_faces",
            },
            {"simulate_recording", "draw_workflow", "draw_action_units"},
        ),
        (
            "balanced.py",
            {"compose_fold", "train_network", "check_classes"},
            {"cut_crops", "store_images", "detect_faces"},
        ),
        (
            "table_page.py",
            {"draw_coder_consistency", "measure_detection", "tabulate_recordings"},
            {"measure_consistency", "train_network", "detect_faces"},
        ),
    ],
)
def test_a_rule_watches_the_modules_that_its_script_imports(module, rerun, left):
    """What such a rule gives is made anew with all that depends on it; Snakemake sees to the rest."""
    watching = {name for name, script in SCRIPTS.items() if ROOT / "scripts" / module in all_imports(script, ROOT)}
    assert rerun <= watching
    assert not left & watching


def test_the_full_studys_graph_can_be_built_without_its_videos(full_study):
    jobs = jobs_in(full_study)
    assert jobs["probe_videos"] == 9
    assert jobs["detect_faces"] == 54
    # Before anything is chosen. Frozen: seven networks, three controls, two studies of which one variant is a network.
    assert jobs["train_heads"] == 7 + 3 + 2 * 8 - 1
    # The backbone is trained too, on six folds: four networks and a control.
    assert jobs["train_network"] == (4 + 1) * 6
    assert jobs["draw_fold_panels"] == 7
    assert "simulate_recording" not in jobs


def test_a_sheet_can_be_made_alone(workplace):
    jobs = planned_jobs(workplace, "sheets")
    assert "train_network" not in jobs
    assert jobs["write_sheet"] == 4
