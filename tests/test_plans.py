"""What Snakemake would run: nothing after a finished run, after a change what depends on it, or one target alone."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest

from squint.jobs.digests import all_imports
from tests.conftest import ENVIRONMENT, ROOT, Workplace, jobs_in, planned_jobs, set_up
from tests.lab import DARK, GOOD, LIT, own_videos
from tests.rules import BLOCKS, SCRIPTS
from tests.videos import SIZE, write_pictures


def test_a_finished_run_has_nothing_to_do(miniature):
    assert planned_jobs(miniature) == {}


# They need no videos; one of them is of the simulated mouse, whose module its script reaches through others.
FIGURES = ("results/figures/action_units.svg", "results/figures/workflow.svg")


@pytest.fixture(scope="module")
def drawn(project, tmp_path_factory) -> Workplace:
    """A project of its own that tests may edit, with both figures drawn."""
    folder = tmp_path_factory.mktemp("edited")
    place = Workplace(shutil.copytree(project, folder / "project"), set_up(folder / "work"))
    code, output = place.snakemake("--cores", "2", *FIGURES)
    assert code == 0, output
    return place


@contextmanager
def edited(place: Workplace, *edits: tuple[str, str, str]) -> Iterator[None]:
    """The project with one text in some files replaced by another, as long as it lasts."""
    kept = {place.project / file: (place.project / file).read_text() for file, _, _ in edits}
    for (path, text), (_, old, new) in zip(kept.items(), edits, strict=True):
        assert old in text
        path.write_text(text.replace(old, new, 1))
    try:
        yield
    finally:
        for path, text in kept.items():
            path.write_text(text)


@pytest.mark.parametrize(
    ("file", "old", "new", "rerun"),
    [
        ("squint/simulation/mouse.py", "EYE_TURN = ", "EYE_TURN = 0.9 * ", {"draw_action_units": 1}),
        ("squint/domain/seeds.py", "[:4]", "[4:8]", {"draw_action_units": 1}),
        ("scripts/report/draw_workflow.py", "STEP = 1.62, 1.0, 1.95", "STEP = 1.6, 1.0, 1.95", {"draw_workflow": 1}),
        (
            "squint/presentation/figures.py",
            '"font.size": 9',
            '"font.size": 8',
            dict.fromkeys(("draw_action_units", "draw_workflow"), 1),
        ),
    ],
)
def test_an_edit_reruns_what_it_can_change_and_nothing_else(drawn, file, old, new, rerun):
    with edited(drawn, (file, old, new)):
        assert planned_jobs(drawn, *FIGURES) == rerun


def test_edits_that_change_no_result_rerun_nothing(drawn):
    """Of a message, of how progress is shown, of a comment, and of a docstring."""
    with edited(
        drawn,
        ("squint/errors.py", "Squint cannot go on with", "Squint stumbles over"),
        ("squint/jobs/job.py", "mininterval=5", "mininterval=6"),
        ("squint/simulation/mouse.py", "\n\n\ndef ", "\n\n\n# Some words.\ndef "),
        ("scripts/report/draw_workflow.py", '"""Write the picture', '"""Draw the picture'),
    ):
        assert planned_jobs(drawn, *FIGURES) == {}


def test_a_checkout_that_is_reached_through_a_link_is_the_same(drawn, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(drawn.project)
    code, output = Workplace(link, drawn.folder).snakemake("--dry-run", "--cores", "1", *FIGURES)
    assert code == 0, output


def test_the_summary_is_made_anew_with_what_it_looks_like():
    inputs = BLOCKS["summarise_study"].partition("\n    output:")[0]
    parts = [path.name for path in (ROOT / "report").glob("summary.*")]
    assert len(parts) >= 3 and all(f'str(ROOT / "report" / "{name}")' in inputs for name in parts)


@pytest.mark.parametrize(
    ("module", "rerun", "left"),
    [
        (
            "presentation/tables.py",
            {"tabulate_{table_set}", "tabulate_study", "tabulate_comparison"},
            {"measure_network", "train_network", "tabulate_recordings", "draw_comparison", "choose_backbone"},
        ),
        (
            "measures/metrics.py",
            {"measure_network", "measure_intervals", "draw_fold_panels", "draw_agreement"},
            {"train_network", "predict_images", "count_moments"},
        ),
        (
            "files/video.py",
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
            "learning/balanced.py",
            {"train_network"},
            {"compose_fold", "check_classes", "cut_crops", "store_images", "detect_faces"},
        ),
        (
            "scorer/likeness.py",
            {"describe_training", "measure_likeness", "score_held_out", "score_recording"},
            {"train_network", "predict_images", "measure_network", "detect_faces"},
        ),
        ("scorer/calibration.py", {"calibrate_scorer", "score_recording"}, {"describe_training", "score_held_out"}),
        ("scorer/archive.py", {"pack_scorer", "unpack_detector", "score_recording"}, {"score_held_out"}),
        ("learning/training.py", {"train_network", "train_detector"}, {"predict_images", "score_recording"}),
        ("models/heads.py", {"train_network"}, {"train_detector", "measure_network", "choose_fold"}),
        (
            "presentation/pages.py",
            {"render_pages"},
            {"measure_detection", "tabulate_recordings", "measure_consistency", "train_network", "detect_faces"},
        ),
        ("config/networks.py", set(), set(SCRIPTS) - {"record_provenance"}),  # a check, and what is planned
    ],
)
def test_a_rule_watches_the_modules_that_its_script_imports(module, rerun, left):
    """What such a rule gives is made anew with all that depends on it; Snakemake sees to the rest."""
    watching = {name for name, script in SCRIPTS.items() if ROOT / "squint" / module in all_imports(script, ROOT)}
    assert rerun <= watching
    assert not left & watching


def test_chapters_are_one_recording(workplace):
    """Three files a camera: the light is found where it is in the whole film, which a changed chapter makes anew."""
    levels = [level + number % 7 for number, level in enumerate(GOOD)]  # no two files are the same
    own_videos(workplace, levels=levels, cameras=["left", "top"], chapters=3)
    target = "results/sync/EXP1.csv"
    code, output = workplace.snakemake("--cores", "2", target)
    assert code == 0, output
    sync = pd.read_csv(workplace.folder / target)
    assert sync.sync_frame.tolist() == [GOOD.index(DARK[0]) + GOOD.count(DARK[0])] * 2
    for camera in ("left", "top"):
        record = json.loads((workplace.folder / f"results/recordings/EXP1/{camera}.json").read_text())
        assert (record["frames"], record["constant_rate"]) == (len(GOOD), True)
    assert planned_jobs(workplace, target) == {}
    changed = workplace.folder / "videos" / "top-0001.mp4"
    write_pictures(changed, [np.full((SIZE[1], SIZE[0]), LIT[0], np.uint8)] * 30)
    assert planned_jobs(workplace, target) == {"join_chapters": 1, "probe_video": 1, "synchronise_cameras": 1}


def test_a_sheet_can_be_made_alone(workplace):
    jobs = planned_jobs(workplace, "sheets")
    assert "train_network" not in jobs
    assert jobs["write_sheet"] == 4


def test_the_shipped_study_of_live_scoring_is_planned(project, tmp_path):
    line = [sys.executable, "-m", "snakemake", "--snakefile", str(project / "Snakefile"), "--directory", str(tmp_path)]
    line += ["--configfile", str(project / "configs" / "live.yaml"), "--dry-run", "--cores", "1"]
    told = subprocess.run(line, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    jobs = jobs_in(told.stdout + told.stderr)
    assert jobs["live_study"] == 1 and jobs["simulate_rack"] == 4 and jobs["train_segmentation"] == 4
    # Three networks of eyes, patches of all units and the face; over frames too the published one, with and without
    # pre-training; the control; and the scorer's on all animals.
    assert jobs["train_eye_network"] == 4 + 2 + 1 + 1 and jobs["pretrain_eye_network"] == 2
    assert "detect_faces" not in jobs
