"""The first page of the results: what it tells, of how many, in words; and that it needs and trusts nothing else."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from scripts.report.summarise_study import allow, list_facts, read_cameras, render, summarise_study
from squint.presentation.summary.findings import (
    damaged_videos,
    doubtful_clocks,
    early_ends,
    faceless_cameras,
    missed_faces,
    moments_left_out,
    unfinished_sheets,
    untested_animals,
)
from squint.presentation.summary.methods import describe_methods
from squint.presentation.summary.verdict import compare_errors, headline, tabulate_agreement, tell_verdict
from squint.presentation.summary.wording import count, estimate, listing, number, ordinal, percent
from tests.conftest import ROOT
from tests.scales import MGS, MGS_GUIDE, ORBITAL, ORBITAL_GUIDE, SCALE
from tests.shown import SUMMARY_SETTINGS, SVG

NAN = float("nan")
EVIL = '<img src=x onerror="alert(1)">'


def sheet(simulated=False, new=True):
    rows = [
        ("EXP1", "mouse1", "pain", "rotate"),
        ("EXP2", "mouse2", "basal", "rotate"),
        ("EXP7", "mouse7", "pain", "validate"),
        ("NEW1", "mouse9", "pain", "score"),
    ]
    table = pd.DataFrame(rows, columns=["experiment", "subject", "condition", "role"]).set_index("experiment")
    return table.assign(simulated=simulated, pictures=0)[: None if new else 3]


def recordings(**changes):
    """Two cameras of two recordings; `changes` are values of the first."""
    table = pd.DataFrame(
        {
            "experiment": ["EXP1", "EXP1", "EXP2", "EXP2"],
            "camera": ["C1", "C2"] * 2,
            "size": "640x360",
            "fps": 10.0,
            "minutes": 2.0,
            "frames": 1200,
            "missing_frames": 0,
            "unreadable_samples": 0,
            "sync_frame": 20,
            "clock_ppm": [0.0, 12.5, 0.0, -9.0],
            "end_error_frames": 0.5,
            "reason": "the first frame lit for half of its exposure, after 15 dark ones",
            "searched_frames": 240,
            "faces": 100,
        }
    )
    for column, value in changes.items():
        table.loc[0, column] = value
    return table


def agreement(**changes):
    """The table of agreement by `who`; `changes` are of the scorer's row."""
    ends = [f"{name}{end}" for name in ("r", "mae", "icc", "excess mae") for end in ("", " low", " high")]
    columns = ["who", "network", "animals", "moments", *ends, "lowest animal bias", "highest animal bias"]
    nothing = [NAN] * 3
    rows = [
        ["scorer", "good", 6, 300, 0.77, 0.65, 0.85, 0.23, 0.2, 0.27, 0.7, 0.6, 0.8, *nothing, -0.12, 0.18],
        ["expert again", NAN, 9, 21, 0.9, 0.8, 0.95, 0.17, 0.1, 0.2, 0.9, 0.8, 0.95, *nothing, -0.1, 0.1],
        ["shuffled control", "c", 6, 300, -0.1, -0.3, 0.1, 0.5, 0.4, 0.6, 0.0, -0.1, 0.1, 0.27, 0.2, 0.3, -0.6, 0.5],
        ["constant", "k", 6, 300, *nothing, 0.45, 0.4, 0.5, *nothing, 0.22, 0.1, 0.3, -0.5, 0.5],
    ]
    table = pd.DataFrame(rows, columns=columns).set_index("who")
    for column, value in changes.items():
        table.loc["scorer", column.replace("_", " ")] = value
    return table


def network_record(**settings):
    values = {
        "views": "one",
        "output": "distribution",
        "backbone": "compact",
        "weights": "none",
        "trainable": True,
        "normalisation": "none",
        "head": [],
        "batch_normalisation": False,
        "slope": 0.0,
        "dropout": 0.3,
        "learning_rate": 0.004,
        "decay": 0.0,
        "bins": [0, 0.5, 1.0, 1.5, 2.0],
        "batch_size": 32,
        "monitor": "val_loss",
        "patience": 5,
        "epochs": 8,
        "scale": SCALE,
    }
    versions = {"keras": "3.1", "tensorflow-cpu": "2.2"}
    return {
        "network": "good",
        "settings": values | settings,
        "loss": "binary_crossentropy",
        "best_epoch": 2,
        "versions": versions,
    }


def groups(**counts):
    names = ["accepted", "shown again", "bad", "too few units", "not scored"]
    numbers = {"accepted": 30, "shown again": 2} | {name.replace("_", " "): many for name, many in counts.items()}
    rows = [("EXP1", "moments", "group", name, numbers.get(name, 0)) for name in names]
    return pd.DataFrame(rows, columns=["experiment", "counted", "grouping", "name", "count"])


def scoring(done):
    return pd.DataFrame({"experiment": ["EXP1"], "coder": "ayse", "done": done, "items": 33})


def page_of(folder, monkeypatch, sheet, coder="ayse", detection=False, videos=None):
    """The page of a small study, made in `folder`; `videos` are those of its recordings where they are others."""
    monkeypatch.chdir(folder)
    tables = {
        "scorer_agreement": agreement().reset_index(),
        "recordings": pd.concat(
            [
                recordings() if videos is None else videos,
                *(recordings()[:2].assign(experiment=name) for name in sheet.index[sheet.role == "score"]),
            ]
        ),
        "groups": groups(bad=1),
        "intervals": pd.DataFrame(
            {"network": ["good", "k"], "score": "all", "coverage": 0.87, "coverage low": 0.8, "coverage high": 0.93}
        ).assign(width=[0.9, 1.6]),
        "moments": pd.DataFrame(
            {
                "experiment": ["EXP1", "total"],
                "selected moments": 31,
                "duplicates": 2,
                "accepted moments": 30,
                "mean score": 0.9,
                "coders": coder,
            }
        ),
        "images": pd.DataFrame({"experiment": ["EXP1", "total"], "CORR": 90, "total": 990}),
        "curve": pd.DataFrame(
            {"curve": ["a moment", "smoothed curve"], "moments": 40, "coverage": [0.88, 0.92], "width": [0.9, 0.7]}
        ).assign(**{"not scored": 2, "coverage low": 0.8, "coverage high": 0.97}),
    }
    if detection:
        tables["detection"] = pd.DataFrame(
            {"scope": ["all", "reference"], "faces": 500, "recall": 0.96, "ap50": [0.98, 0.05]}
        ).assign(ap50_low=[0.97, 0.03], ap50_high=[0.99, 0.07])
    results = Path("results")
    for name in ("tables", "timelines", "figures", "models", "labels"):
        (results / name).mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, table in tables.items():
        paths[name] = f"results/tables/{name}.csv"
        table.to_csv(paths[name], index=False)
    pd.DataFrame({"item": range(33), "coder": coder, "done": True}).to_parquet("results/labels/EXP1.scored.parquet")
    Path("results/models/LOSOCV-1.json").write_text(json.dumps(network_record()))
    Path("results/figures/comparison.svg").write_text(SVG)
    new = sheet.index[sheet.role == "score"]
    curves, cameras, figures = (
        {name: f"results/timelines/{name}.{kind}" for name in new} for kind in ("csv", "cameras.csv", "svg")
    )
    curve = pd.DataFrame({"time_s": [0.0, 60.0], "fused": [0.5, 1.5], "spread": 0.1, "smoothed": [0.6, 1.4]})
    curve = curve.assign(faces=2, smoothed_low=curve.smoothed - 0.2, smoothed_high=curve.smoothed + 0.2, abstained="")
    for name in new:
        curve.to_csv(curves[name], index=False)
        pd.DataFrame({"camera": ["C1", "C2"], "told": False, "differs": ""}).to_csv(cameras[name], index=False)
        Path(figures[name]).write_text(SVG)
    parts = summarise_study(
        paths,
        {"EXP1": "results/labels/EXP1.scored.parquet"},
        ["results/models/LOSOCV-1.json"],
        curves,
        cameras,
        figures,
        {"comparison": "results/figures/comparison.svg"},
        sheet,
        MGS,
        MGS_GUIDE,
        {"name": "good", "animals": {}, "notes": {}},
        SUMMARY_SETTINGS,
        {"snakemake": "9.1", "keras": "0.0"},
    )
    report = ROOT / "report"
    style, script = ((report / f"summary.{kind}").read_text() for kind in ("css", "js"))
    return render(str(report / "summary.html.j2"), style, script, **parts)


class Tags(HTMLParser):
    """All start tags of a page with their attributes, and its text."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def page(tmp_path, monkeypatch):
    return page_of(tmp_path, monkeypatch, sheet(simulated=True))


def test_the_page_answers_what_the_head_of_a_lab_asks(page):
    text = " ".join(Tags(page).text.split())
    assert "The scorer agrees with the expert on simulated animals it never saw" in text
    for words in ("0.77 (0.65 to 0.85)", "0.23 (0.20 to 0.27)", "0.70 (0.60 to 0.80)", "0.45 (0.40 to 0.50)"):
        assert words in text
    assert "All 4 recordings are simulated" in text and "no number from them is a result about animals" in text
    assert "NEW1 (simulated mouse9, pain): mean fused score 1.00 over 1.0 min" in text
    assert "from 0.60 (at 0.0 min) to 1.40 (at 1.0 min)" in text
    assert "hold 87 % (80 % to 93 %)" in text
    assert "Keras 3.1" in text and "TensorFlow 2.2" in text and "Snakemake 9.1" in text
    assert "With 6 animals" in text


def test_the_page_needs_nothing_that_is_not_in_it(page):
    tags = Tags(page).tags
    for tag, attributes in tags:
        for name in ("src", "srcset", "data", "poster", "action"):
            assert attributes.get(name, "data:").startswith("data:"), (tag, attributes)
        assert tag not in ("link", "iframe", "object", "embed", "base"), tag
    assert not re.search(r"url\(|@import", page)
    links = [attributes["href"] for tag, attributes in tags if tag == "a"]
    assert "report.html" in links and "provenance.json" in links and "figures/comparison.svg" in links
    assert all(not re.match(r"[a-z]+:|/", link) for link in links), links
    script = re.search(r"<script>(.*)</script>", page, re.S)[1]
    assert next(a for tag, a in tags if tag == "meta" and "content" in a)["content"] == allow(script)


def test_anchors_labels_and_pictures_are_there(page):
    tags = Tags(page).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in tags:
        for name in ("aria-labelledby", "href"):
            if name == "aria-labelledby" or attributes.get(name, "").startswith("#"):
                assert attributes.get(name, ids[0]).removeprefix("#") in ids
    assert ("html", {"lang": "en"}) in tags
    assert all("alt" in attributes for tag, attributes in tags if tag == "img")
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")


def test_what_comes_from_data_is_escaped(tmp_path, monkeypatch):
    named = sheet().rename(index={"NEW1": "NEW1"}).replace("mouse9", EVIL)
    page = page_of(tmp_path, monkeypatch, named, coder=EVIL)
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x onerror=&#34;alert(1)&#34;&gt;") >= 2


def test_the_same_study_gives_the_same_page_anywhere(tmp_path, monkeypatch, page):
    other = tmp_path / "elsewhere"
    other.mkdir()
    again = page_of(other, monkeypatch, sheet(simulated=True))
    assert again == page
    assert str(tmp_path) not in page


def test_parts_that_are_missing_are_told(tmp_path, monkeypatch):
    page = page_of(tmp_path, monkeypatch, sheet(new=False))
    assert "no recording of role score" in page
    assert "Not measured: no frames of these recordings are annotated" in page
    assert "simulated" not in Tags(page).text.split("Methods")[0]
    partly = sheet()
    partly.loc["EXP1", "simulated"] = True
    page = page_of(tmp_path, monkeypatch, partly)
    assert "EXP1 (1 of 4 recordings) is simulated" in page and "in part simulated" in page
    assert "on animals (some of them simulated) it never saw" in page
    known = page_of(tmp_path, monkeypatch, sheet(), detection=True)
    assert "found 96 % of 500 known faces; average precision 0.98 (0.97 to 0.99)" in known


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "The scorer agrees with the expert on animals it never saw"),
        ({"r_low": -0.1}, "errs less than a constant, but is not shown to follow"),
        (
            {"constant": -0.01},
            "follows the expert on animals it never saw, but its error is not shown to be below a constant’s",
        ),
        ({"constant": NAN}, "not shown to be below a constant’s"),
        ({"r_low": -0.1, "constant": -0.01}, "It is not shown that the scorer agrees"),
    ],
)
def test_the_verdict_claims_no_more_than_the_intervals_allow(changes, words):
    changes = dict(changes)
    constant = changes.pop("constant", 0.1)
    table = agreement(**changes)
    table.loc["constant", "excess mae low"] = constant
    assert words in headline(table, "animals")


def test_many_curves_are_linked_to(tmp_path, monkeypatch):
    table = sheet()
    new = pd.concat([table.loc[["NEW1"]].rename(index={"NEW1": f"NEW{number}"}) for number in range(1, 13)])
    monkeypatch.setattr("scripts.report.summarise_study.MOST_CURVES", 2)
    tags = Tags(page_of(tmp_path, monkeypatch, pd.concat([table[:3], new]))).tags
    held = [attributes["href"] for _, attributes in tags if attributes.get("class") == "picture"]
    assert [link for link in held if "timelines" in link] == ["timelines/NEW1.svg", "timelines/NEW2.svg"]
    assert "timelines/NEW12.svg" in [attributes.get("href") for _, attributes in tags]


def test_a_scorer_without_correlation_is_told_of():
    table = agreement(r=NAN, r_low=NAN, r_high=NAN)
    assert "r = –" in tell_verdict(table, "animals", 2, 0.95)
    assert tabulate_agreement(table)["rows"][0]["cells"][0] == {"name": "r", "text": "–", "bar": None}


def test_an_expert_who_scored_nothing_twice_is_no_reference():
    table = agreement()
    table.loc["expert again", ["animals", "moments"]] = 0
    table.loc["expert again", "r":"icc high"] = NAN
    row = tabulate_agreement(table)["rows"][1]
    assert row["what"] == "no moment was accepted twice" and not any(cell["bar"] for cell in row["cells"])
    assert "second scores" not in tell_verdict(table, "animals", 2, 0.95)


def test_a_scorer_that_is_worse_than_its_references_is_told_so():
    table = agreement()
    table.loc["constant", ["excess mae", "excess mae low", "excess mae high"]] = [-0.1, -0.3, 0.05]
    assert "is 0.10 (−0.05 to 0.30) above the constant’s and 0.27 (0.20 to 0.30) below" in compare_errors(table)


def test_bars_stand_where_their_numbers_are():
    table = tabulate_agreement(agreement())
    assert [(column["low"], column["high"]) for column in table["columns"]] == [("−1", "1"), ("0", "0.75"), ("−1", "1")]
    bar = table["rows"][0]["cells"][1]["bar"]
    assert bar == {"low": 26.67, "value": 30.67, "high": 36.0}


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (damaged_videos(recordings()), "No damage was found in 4 videos."),
        (early_ends(recordings()), "No camera ends more than 5 s before the others."),
        (faceless_cameras(recordings()), "Every camera saw the face at some time."),
        (moments_left_out(groups()), "All 32 items to score were accepted; none is bad or unscored."),
        (unfinished_sheets(scoring(33)), "1 scoring sheet is filled in to the end."),
        (untested_animals(sheet(new=False).iloc[:2]), "all of the sample sheet"),
    ],
)
def test_nothing_is_told_where_nothing_failed(finding, told):
    assert told in finding.told and not finding.trouble and not finding.cases


def test_what_failed_is_told_one_by_one():
    finding = damaged_videos(recordings(missing_frames=1, unreadable_samples=12))
    assert finding.trouble and finding.told.startswith("1 of 4 videos is cut or broken")
    assert finding.cases == ["EXP1 C1: 1 frame missing, 12 searched frames unreadable, of 1,200"]
    assert early_ends(recordings(frames=900)).cases == ["EXP1 C1: 30 s"]
    assert faceless_cameras(recordings(faces=0)).cases == ["EXP1 C1: none in 240 frames"]
    finding = doubtful_clocks(recordings(clock_ppm=NAN, end_error_frames=3.2), 50)
    assert "3 of 4 videos" in finding.told
    assert finding.cases == ["EXP1, C1: not measured; up to 3.2 frames off at the end"]
    assert "+230 parts per million" in doubtful_clocks(recordings(clock_ppm=230.0), 50).cases[0]
    finding = moments_left_out(groups(bad=2, not_scored=1))
    assert finding.cases == ["EXP1: 2 with a bad image and 1 not scored, of 35"]
    assert unfinished_sheets(scoring(20)).cases == ["EXP1, ayse: 20 of 33 items"]
    assert untested_animals(sheet()).cases == ["mouse7: training stopped by them", "mouse9: new, without scores"]
    assert missed_faces(None).trouble


def test_numbers_and_lists_stand_as_in_a_text():
    assert [number(-0.001), number(-0.25), number(NAN), number(0.5, sign="+")] == ["0.00", "−0.25", "–", "+0.50"]
    assert [percent(0), percent(0.004), percent(0.5), percent(0.999), percent(1)] == [
        *("0 %", "under 1 %", "50 %", "over 99 %", "100 %"),
    ]
    assert [count(1, "animal"), count(1200, "mouse", "mice")] == ["1 animal", "1,200 mice"]
    assert [listing([]), listing(["a"]), listing(["a", "b", "c"])] == ["", "a", "a, b and c"]
    assert estimate({"r": -0.1, "r low": -0.3, "r high": 0.2}, "r", -1) == "0.10 (−0.20 to 0.30)"
    assert estimate({"r": 0.1, "r low": NAN, "r high": NAN}, "r") == "0.10"
    assert [ordinal(n) for n in (1, 2, 3, 5, 11, 22)] == ["", "2nd", "3rd", "5th", "11th", "22nd"]


def methods_of(sheet, recordings, records, scale=MGS, guide=MGS_GUIDE, **settings):
    """The text of the methods with some settings changed."""
    counts = pd.Series({"selected moments": 31, "accepted moments": 30})
    facts = describe_methods(sheet, scale, guide, recordings, counts, 2, records, {"snakemake": "9.1"})
    page = render(str(ROOT / "report" / "methods.html.j2"), "", "", methods=facts, settings=SUMMARY_SETTINGS | settings)
    return " ".join(Tags(page).text.split())


def test_the_methods_say_what_the_config_and_the_records_say():
    frozen = {"weights": "base", "trainable": False, "head": [16, 8], "views": "all"}
    records = {"good": [network_record(**frozen) | {"best_epoch": best} for best in (-1, 0, 2)]}
    records["base"] = [network_record() | {"network": "base"}]
    text = methods_of(
        sheet(),
        recordings(clock_ppm=NAN, reason="from the sample sheet"),
        records,
        overrides={"BAS1": {"min_items_in_det_set": 20}},
        validation_moments={"EXP7": [20, 10, 5, 0]},
    )
    for words in (
        "4 recordings (3 pain and 1 basal) of 4 animals",
        "640 × 360 px and 10 frames a second, each 2.0 min long",
        "in 3 of 4 videos",
        "For EXP1 the frames of one instant were given by hand.",
        "In every 5th frame",
        "annotated frames of recordings",
        "BAS1 (min_items_in_det_set 20).",
        "2 coders scored the orbital tightening, ear position,",
        "Of EXP7 at most 20, 10, 5, 0 moments",
        "in each of 2 folds one animal was the test, networks learnt from the 1 other animal, and",
        "good, which takes all crops of a moment at once",
        "frozen, with those that base has in the same fold; its head fully connected layers of 16 and 8 units",
        "was kept: epoch 1 to 3; in 1 fold no epoch was better than its start",
        "The network base takes one crop of 64 × 64 px",
        "95 %) of 1,000 bootstrap samples of the 2 animals",
        "Snakemake 9.1, Keras 3.1 and TensorFlow 2.2; the seed was 1",
        "Ilse M",
    ):
        assert words in text, words
    assert "simulated" not in text


def test_the_methods_of_a_plain_study_leave_out_what_there_was_not():
    faces = SUMMARY_SETTINGS["faces"] | {"detector": "simulated"}
    text = methods_of(sheet(simulated=True), recordings(), {"good": [network_record()]}, faces=faces)
    assert text.startswith("All recordings were simulated as a test bed")
    assert "measured how fast each camera’s clock was" in text
    assert "trained on 4 simulated recordings" in text
    for words in ("Other values", "by hand", "Ilse", "The network", "no epoch was better"):
        assert words not in text


def rigs(**cameras):
    """The videos of recordings with so many cameras each, whose clocks were not measured."""
    names = [(experiment, f"top_{number}") for experiment, many in cameras.items() for number in range(many)]
    table = pd.concat([recordings()[:1]] * len(names), ignore_index=True)
    table[["experiment", "camera"]] = names
    return table.assign(clock_ppm=NAN, end_error_frames=3.2)


@pytest.mark.parametrize(
    ("cameras", "words"),
    [
        ({"EXP1": 1, "EXP2": 1}, "with 1 camera around the animal"),
        ({"EXP1": 1, "EXP2": 4}, "with 1 camera or 4 cameras around the animal"),
        ({"EXP1": 8, "EXP2": 8}, "with 8 cameras around the animal"),
    ],
)
def test_the_methods_tell_the_rigs_and_synchronisation_where_there_was_any(cameras, words):
    text = methods_of(sheet(), rigs(**cameras), {"good": [network_record()]})
    assert words in text
    several = max(cameras.values()) > 1
    assert ("The cameras were synchronised" in text) == ("parts per million" in text) == several


def test_clocks_are_counted_of_videos_that_have_another_beside_them():
    videos = rigs(EXP1=1, EXP2=2)
    videos.loc[1:, "clock_ppm"] = [0.0, 3.0]
    text = methods_of(sheet(), videos, {"good": [network_record()]})
    assert "a second such instant at the end measured how fast each camera’s clock was." in text
    finding = doubtful_clocks(videos, 50)
    assert "The clocks of 2 of 2 videos" in finding.told and not finding.trouble
    assert doubtful_clocks(rigs(EXP1=1, EXP2=2), 50).cases == [
        "EXP2, top_0 and top_1: not measured; up to 3.2 frames off at the end"
    ]


def test_a_camera_that_is_alone_has_no_clock_to_doubt():
    finding = doubtful_clocks(rigs(EXP1=1, EXP2=1), 50)
    assert "No recording has a second camera" in finding.told and not finding.trouble and not finding.cases


@pytest.mark.parametrize(("cameras", "told"), [({"A": 1}, "1"), ({"A": 1, "B": 4, "C": 2}, "4"), ({"A": 8}, "8")])
def test_the_facts_tell_the_most_cameras_that_a_recording_has(cameras, told):
    videos = rigs(**cameras)
    (fact,) = [fact for fact in list_facts(sheet(), videos) if fact["noun"].startswith("camera")]
    assert fact["number"] == told and fact["detail"].startswith(f"{len(videos)} videos")


@pytest.mark.parametrize("cameras", [["1", "2"], ["01", "02"], ["NA", "B"]])
def test_the_page_names_cameras_as_the_lab_does(tmp_path, monkeypatch, cameras):
    videos = rigs(EXP1=2).assign(camera=cameras)
    text = Tags(page_of(tmp_path, monkeypatch, sheet(new=False), videos=videos)).text
    assert f"EXP1, {cameras[0]} and {cameras[1]}: not measured" in text


@pytest.mark.parametrize("cameras", [["1", "2"], ["01", "02"], ["NA", "B"]])
def test_cameras_that_are_told_have_the_labs_names(tmp_path, cameras):
    paths = {name: str(tmp_path / f"{name}.csv") for name in ("NEW1", "NEW2")}
    for path in paths.values():
        pd.DataFrame({"camera": cameras, "told": [True, False], "differs": ["darker", ""]}).to_csv(path, index=False)
    table = read_cameras(paths)
    assert table[["experiment", "camera"]].to_numpy().tolist() == [
        [name, camera] for name in paths for camera in cameras
    ]
    assert table.differs.tolist() == ["darker", ""] * 2


def test_the_methods_and_the_verdict_tell_the_scale():
    records = {"good": [network_record()]}
    text = methods_of(sheet(), recordings(), records)
    for words in (
        "whisker change of each selected moment from all of its views in whole steps from 0 to 2",
        "(Mouse Grimace Scale)",
        "with fewer than 3 observed units were left out; 30 of 31",
        MGS_GUIDE.source,
    ):
        assert words in text, words
    auto = {"min_det_num": "auto"}
    settings = {"moments": SUMMARY_SETTINGS["moments"] | auto, "overrides": {"EXP2": auto}}
    text = methods_of(sheet(), recordings(), records, ORBITAL, ORBITAL_GUIDE, **settings)
    for words in (
        "scored the orbital tightening of each selected moment from all of its views in whole steps from 0 to 9",
        "Moments with a bad image or without a score were left out; 30 of 31",
        "most cameras, at least half of them, saw the face",
        "EXP2 (min_det_num auto).",
        ORBITAL_GUIDE.source,
    ):
        assert words in text, words
    assert "Mouse Grimace Scale" not in text and "Langford" not in text
    assert "on the scale from 0 to 2" in tell_verdict(agreement(), "animals", 2, 0.95)
    assert "on the scale from 0 to 9" in tell_verdict(agreement(), "animals", 9, 0.95)
