"""What is scored and corrected in the browser goes through the workflow, and a correction reruns what depends on it."""

import os

import pandas as pd
import pytest

pytest.importorskip("selenium", reason="the app's environment is needed: make test-app")

from selenium.webdriver.common.keys import Keys

from squint.app.recording import read_recording
from squint.files.crop_names import decode
from tests.conftest import ENVIRONMENT, ROOT, Workplace, planned_jobs, set_up
from tests.scales import UNITS
from tests.squint.app.browser import serving

NAME = "EXP1"
WORKFLOW = ROOT / ".venv" / "bin"
SHEET = [f"results/sheets/{NAME}.csv", f"results/frames/{NAME}", "results/scale.json"]
CROPS = [f"results/crops/{NAME}_{kind}" for kind in ("ORGN", "CORR", "SYMM", "AUGM")]


@pytest.fixture
def prepared(tmp_path):
    """The miniature with one recording that waits for its scores, made as far as its sheet."""
    folder = set_up(tmp_path / "work")
    sheet = folder / "experiments.tsv"
    table = pd.read_csv(sheet, sep="\t", dtype=str, keep_default_na=False).set_index("experiment")
    table.loc[NAME, ["scores", "corrections"]] = [f"scores/{NAME}.ayse.csv", f"corrections/{NAME}.csv"]
    table.to_csv(sheet, sep="\t")
    its_own = ENVIRONMENT | {"PATH": f"{WORKFLOW}{os.pathsep}{ENVIRONMENT['PATH']}"}
    place = Workplace(ROOT, folder, str(WORKFLOW / "python"), its_own)
    code, output = place.snakemake("--cores", "2", *SHEET)
    assert code == 0, output[-3000:]
    return place


def test_scores_and_corrections_of_the_browser_go_through_the_workflow(prepared, window):
    recording = read_recording(prepared.results, NAME)
    items, moments = recording.order("ayse"), recording.moments_once("ayse")
    with serving(prepared.folder, NAME, "--coder", "ayse") as server:
        window.open(server.links["ayse"])
        for place in range(1, len(items) + 1):
            window.wait_for(place)
            window.press_and_wait(*"012x1")
            window.press(Keys.ENTER)
        window.until("return document.title.startsWith('Agreement')")
        window.open(server.page("ayse", "correct"))
        window.wait_for(1)
        number, view = next((i, view) for i, view in enumerate(moments[0].views) if view.detected)
        window.press_and_wait(str(number + 1)) if number else None
        window.press_and_wait("]")
        code, output = prepared.snakemake("--cores", "2", *CROPS)
        assert code == 0, output[-3000:]
        labels = pd.read_parquet(prepared.results / "labels" / f"{NAME}.parquet")
        assert labels[UNITS].drop_duplicates().fillna(-1).to_numpy().tolist() == [[0, 1, 2, -1, 1]]
        assert set(labels.coder) == {"ayse"}
        sizes = {}
        for kind in ("ORGN", "CORR"):
            names = [decode(path.name) for path in (prepared.results / "crops" / f"{NAME}_{kind}").glob("*.jpg")]
            assert len({name.sync_index for name in names}) == len(labels)
            (sizes[kind],) = {name.box_size for name in names if f"{name.camera}/{name.frame_num}" == view.frame}
        assert sizes["ORGN"] == view.detected[2] < sizes["CORR"]
        assert planned_jobs(prepared, *CROPS) == {}
        # One more correction, and then one more score: only what depends on it runs again.
        window.press_and_wait("]")
        assert planned_jobs(prepared, *CROPS) == {"cut_crops": 3}
        window.open(server.links["ayse"])
        window.press_and_wait("b")
        assert planned_jobs(prepared, *CROPS) == {"accept_labels": 1, "cut_crops": 4}
