"""What Snakemake would run: nothing after a finished run, after a change what depends on it, or one target alone."""

import os
import re

import pytest

from tests.conftest import planned_jobs
from tests.lab import use_full_study


def test_a_finished_run_has_nothing_to_do(miniature):
    assert planned_jobs(miniature) == {}


ONE_TABLE = ("tabulate_proximity", "make_report", "record_provenance", "all")


def test_touching_a_tables_script_reruns_that_table_and_the_report(miniature):
    script = miniature.project / "scripts" / "tables" / "tabulate_proximity.py"
    before = script.stat()
    try:
        os.utime(script)
        assert planned_jobs(miniature) == dict.fromkeys(ONE_TABLE, 1)
    finally:
        os.utime(script, ns=(before.st_atime_ns, before.st_mtime_ns))


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
            {"compare_scores", "tabulate_single_view", "tabulate_pain", "tabulate_study", "make_report"},
            {"measure_network", "train_network", "draw_comparison", "tabulate_durations"},
        ),
        (
            "evaluation/metrics.py",
            {"measure_network", "measure_intervals", "draw_fold_panels", "compare_scores"},
            {"train_network", "predict_images", "count_groups"},
        ),
        (
            "video.py",
            {
                "probe_video",
                "synchronise_cameras",
                "detect_faces",
                "extract_frames",
                "train_detector",
                "score_recording",
                "draw_detected_faces",
            },
            {"simulate_camera", "draw_workflow", "draw_action_units"},
        ),
        (
            "balanced.py",
            {"compose_fold", "train_network", "measure_network", "check_classes"},
            {"cut_crops", "store_images", "detect_faces"},
        ),
        (
            "table_page.py",
            {"draw_coder_consistency", "measure_detection", "make_report"},
            {"measure_consistency", "train_network", "detect_faces"},
        ),
    ],
)
def test_editing_a_module_reruns_what_imports_it(miniature, module, rerun, left):
    path = miniature.project / "scripts" / module
    text, before = path.read_text(), path.stat()
    try:
        path.write_text(text + "\n# edited\n")
        jobs = set(planned_jobs(miniature))
    finally:
        path.write_text(text)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert rerun <= jobs
    assert not left & jobs


def test_the_full_studys_graph_can_be_built_without_its_videos(workplace):
    use_full_study(workplace)
    jobs = planned_jobs(workplace)
    assert jobs["probe_video"] == 54
    # Before anything is chosen. Frozen: seven networks, three controls, two studies of which one variant is a network.
    assert jobs["train_heads"] == 7 + 3 + 2 * 8 - 1
    # The backbone is trained too, on six folds: four networks and a control.
    assert jobs["train_network"] == (4 + 1) * 6
    assert jobs["draw_fold_panels"] == 7 * 6
    assert "simulate_camera" not in jobs


def test_a_sheet_can_be_made_alone(workplace):
    code, output = workplace.snakemake("--dry-run", "--cores", "1", "sheets")
    assert code == 0, output
    assert "train_network" not in output
    assert re.search(r"^write_sheet +4$", output, re.M)
