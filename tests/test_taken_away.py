"""A scorer that is taken away gives the very numbers of the study that made it, without anything of that study."""

import json
import shutil
import subprocess
import zipfile

import pandas as pd
import pytest

from squint.scorer.archive import CARD, read_about
from tests.conftest import Workplace

SCORER = "results/scorer/compact_views.squint"
HEADER = "experiment\tsubject\tcondition\trole\tvideos\tcameras\n"


@pytest.fixture(scope="module")
def taken(miniature, tmp_path_factory):
    """The scorer's file alone, in a folder of its own."""
    return shutil.copy(miniature.folder / SCORER, tmp_path_factory.mktemp("taken") / "mouse.squint")


def test_videos_are_scored_on_the_command_line_as_in_the_study(miniature, taken, tmp_path):
    simulated = miniature.results / "simulated" / "NEW1"
    films = [shutil.copy(simulated / f"{camera}.mp4", tmp_path) for camera in ("left", "right")]
    options = ["--scorer", str(taken), "--name", "NEW1", "--cores", "2"]
    command = [miniature.python, "-m", "squint", "score", *films, *options]
    environment = miniature.environment | {"PYTHONPATH": str(miniature.project)}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert (tmp_path / "NEW1.csv").read_bytes() == (miniature.results / "timelines" / "NEW1.csv").read_bytes()
    judged = (miniature.results / "timelines" / "NEW1.cameras.csv").read_bytes()
    assert (tmp_path / "NEW1.cameras.csv").read_bytes() == judged
    assert "<svg" in (tmp_path / "NEW1.svg").read_text()


def test_a_folder_without_training_data_plans_to_score_and_nothing_else(miniature, taken, tmp_path):
    place = Workplace(miniature.project, tmp_path)
    (tmp_path / "config.yaml").write_text(f"scorer: {taken}\nexperiments: new.tsv\n")
    (tmp_path / "new.tsv").write_text(f"{HEADER}NEW1\tmouse1\tpain\tscore\tsimulated\tleft, right\n")
    code, output = place.snakemake("--dry-run", "--cores", "1")
    assert code == 0, output
    assert "score_recording" in output and "unpack_detector" in output
    assert not any(name in output for name in ("train_network", "select_moments", "cut_crops", "describe_training"))


def test_what_does_not_go_with_a_scorer_is_told_before_work_starts(miniature, taken, tmp_path):
    place = Workplace(miniature.project, tmp_path)
    (tmp_path / "config.yaml").write_text(f"scorer: {taken}\nexperiments: new.tsv\nscale: rat_grimace\n")
    (tmp_path / "new.tsv").write_text(f"{HEADER}NEW1\tm\tpain\tscore\tsimulated\tleft\n")
    code, output = place.snakemake("--dry-run", "--cores", "1")
    assert code != 0 and "a scorer of the scale of the config, 'Rat Grimace Scale'" in output
    assert not (tmp_path / "results").exists()


def test_the_file_holds_what_it_needs_and_tells_what_it_earned(miniature, taken):
    about = read_about(str(taken))
    agreement = pd.read_csv(miniature.results / "tables" / "scorer_agreement.csv", index_col="who")
    assert about.metrics["scorer"]["mae"] == agreement.mae["scorer"]
    assert about.animals == {"rotate": ["mouse1", "mouse2"], "train": ["mouse9"], "validate": ["mouse7"]}
    assert about.simulated and about.most_cameras == 4 and about.core.highest == 2
    with zipfile.ZipFile(taken) as archive:
        names, card = archive.namelist(), archive.read(CARD).decode()
    assert {name.split("/")[0] for name in names} >= {
        "networks",
        "extractors",
        "likeness",
        "detector.tflite",
        "LICENSE",
    }
    assert card == (miniature.results / "scorer" / "MODEL_CARD.md").read_text()
    assert "test bed" in card and "must not be used for" in card and f"{agreement.mae['scorer']:.2f} (" in card


def test_the_coverage_of_curves_is_judged_on_animals_that_were_left_out(miniature):
    table = pd.read_csv(miniature.results / "tables" / "curve.csv", index_col="curve")
    assert table.index.tolist() == ["a moment", "smoothed curve"]
    assert (table.animals == 2).all() and table.coverage.between(0, 1).all() and (table.width > 0).all()
    margins = json.loads((miniature.results / "scorer" / "calibration.json").read_text())
    assert margins["frame"] > 0 and margins["widest"] > 0
    held = [pd.read_parquet(miniature.results / "scorer" / "held_out" / f"EXP{k}.parquet") for k in (1, 2)]
    for raw in held:
        said = raw[raw.abstained == ""]
        assert len(said) and (said.low <= said.fused + 1e-9).all() and (said.fused <= said.high + 1e-9).all()
        assert raw[raw.abstained != ""].fused.isna().all()
