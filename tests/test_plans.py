"""What Snakemake would run: nothing after a finished run, after a change what depends on it, or one target alone."""

import shutil

import pytest

from squint.jobs.digests import all_imports
from tests.conftest import ROOT, Workplace, planned_jobs, set_up
from tests.rules import BLOCKS, SCRIPTS


def test_a_finished_run_has_nothing_to_do(miniature):
    assert planned_jobs(miniature) == {}


def test_an_edited_module_has_what_imports_it_made_anew(project, tmp_path):
    """In a project of its own, on two figures that need no videos; one of them is of the simulated mouse."""
    place = Workplace(shutil.copytree(project, tmp_path / "project"), set_up(tmp_path / "work"))
    figures = ("results/figures/action_units.svg", "results/figures/workflow.svg")
    code, output = place.snakemake("--cores", "2", *figures)
    assert code == 0, output
    with (place.project / "scripts" / "recordings" / "mouse.py").open("a") as module:
        module.write("\n# edited\n")
    assert planned_jobs(place, *figures) == {"draw_action_units": 1}


def test_the_summary_is_made_anew_with_what_it_looks_like():
    inputs = BLOCKS["summarise_study"].partition("\n    output:")[0]
    parts = [path.name for path in (ROOT / "report").glob("summary.*")]
    assert len(parts) >= 3 and all(f'str(ROOT / "report" / "{name}")' in inputs for name in parts)


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


def test_a_sheet_can_be_made_alone(workplace):
    jobs = planned_jobs(workplace, "sheets")
    assert "train_network" not in jobs
    assert jobs["write_sheet"] == 4
