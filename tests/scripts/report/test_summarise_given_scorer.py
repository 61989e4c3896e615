"""The first page where recordings are scored by a scorer that was made elsewhere: it claims nothing of its own."""

from pathlib import Path

import pandas as pd
import pytest

from scripts.report.summarise_study import render, summarise_study
from tests.conftest import ROOT
from tests.scales import MGS, MGS_GUIDE
from tests.scorers import FIELDS, METRICS
from tests.shown import SUMMARY_SETTINGS, SVG

NAN = float("nan")
NAMES = ["NEW1", "NEW2"]
SETTINGS = SUMMARY_SETTINGS | {"faces": SUMMARY_SETTINGS["faces"] | {"detector": "scorer"}}
SCORER = {"name": "good", "file": "mine.squint", "animals": FIELDS["animals"], "metrics": METRICS}
SCORER |= {"notes": {"NEW2": "an animal that all of its networks were trained on"}}


def videos():
    table = pd.DataFrame([{"experiment": name, "camera": camera} for name in NAMES for camera in ("C1", "C2")])
    table = table.assign(size="640x360", fps=10.0, minutes=2.0, frames=1200, missing_frames=0, unreadable_samples=0)
    table = table.assign(sync_frame=20, clock_ppm=3.0, end_error_frames=0.5, searched_frames=240, faces=100)
    return table.assign(reason="the first frame lit for half of its exposure, after 15 dark ones")


def timelines():
    """The second recording's faces all abstain."""
    table = pd.DataFrame({"time_s": [0.0, 60.0], "fused": [0.5, 1.5], "spread": 0.1, "smoothed": [0.6, 1.4]})
    table = table.assign(faces=2, smoothed_low=table.smoothed - 0.2, smoothed_high=table.smoothed + 0.2, abstained="")
    silent = table.assign(abstained="blurred", faces=0)
    silent[["fused", "spread", "smoothed", "smoothed_low", "smoothed_high"]] = NAN
    return {"NEW1": table, "NEW2": silent}


def page_of(folder, monkeypatch, simulated=False):
    monkeypatch.chdir(folder)
    results = Path("results")
    for name in ("tables", "timelines"):
        (results / name).mkdir(parents=True)
    videos().to_csv(results / "tables" / "recordings.csv", index=False)
    paths = {
        kind: {name: f"results/timelines/{name}.{kind}" for name in NAMES} for kind in ("csv", "cameras.csv", "svg")
    }
    for name, table in timelines().items():
        table.to_csv(paths["csv"][name], index=False)
        told = pd.DataFrame({"camera": ["C1", "C2"], "told": [name == "NEW2", False], "differs": ["darker", ""]})
        told.to_csv(paths["cameras.csv"][name], index=False)
        Path(paths["svg"][name]).write_text(SVG)
    sheet = pd.DataFrame({"subject": ["eve", "cat"], "condition": "pain", "role": "score"}, index=NAMES)
    parts = summarise_study(
        {"recordings": "results/tables/recordings.csv"},
        {},
        [],
        paths["csv"],
        paths["cameras.csv"],
        paths["svg"],
        {},
        sheet.assign(simulated=simulated, pictures=0),
        MGS,
        MGS_GUIDE,
        SCORER,
        SETTINGS,
        {"snakemake": "9.1", "keras": "0.0"},
    )
    report = ROOT / "report"
    style, script = ((report / f"summary.{kind}").read_text() for kind in ("css", "js"))
    return render(str(report / "summary.html.j2"), style, script, **parts)


@pytest.fixture
def text(tmp_path, monkeypatch):
    return " ".join(page_of(tmp_path, monkeypatch).split())


def test_the_page_tells_who_made_the_scorer_and_what_it_earned_there(text):
    for words in (
        "<h1>2 recordings scored by good</h1>",
        "The scorer (mine.squint) was made elsewhere. On 6 animals",
        "How it does here is not known: nobody scored these recordings.",
        "Scored by good, its networks together.",
        "the mean score of a single animal was off by −0.12 to – where the scorer was made.",
        "scored by a given scorer",
    ):
        assert words in text, words


def test_the_page_has_no_agreement_of_its_own(text):
    assert 'id="agreement"' not in text and 'href="#agreement"' not in text
    assert "left out in turn" not in text and "agrees with the expert" not in text


def test_the_page_shows_each_curve_with_what_is_known_of_its_animal(text):
    assert "NEW1 (eve, pain): mean fused score 1.00 over 1.0 min" in text
    assert "its interval is 0.40 wide on average" in text
    assert "NEW2 (cat, pain): the scorer judged no moment of 1.0 min." in text
    assert text.count("the curve is not that of an animal it never saw") == 1
    assert "It is an animal that all of its networks were trained on" in text


def test_the_page_tells_what_is_unlike_and_what_was_not_scored(text):
    assert "1 of 4 new videos is unlike what the scorer was trained on." in text and "NEW2 C1: darker" in text
    assert "The scorer did not judge 2 of 4 moments with a face." in text
    assert "NEW2: 2 blurred, of 2 moments with a face" in text


def test_the_methods_tell_nothing_of_training(text):
    methods = text.split('id="methods"')[1].split('id="files"')[0]
    for words in ("networks learnt", "was the test", "bootstrap", "coders scored", "Keras 3.1", "undefined", "None"):
        assert words not in methods, words


def test_simulated_recordings_are_told_on_this_page_too(tmp_path, monkeypatch):
    assert "All 2 recordings are simulated" in page_of(tmp_path, monkeypatch, simulated=True)
