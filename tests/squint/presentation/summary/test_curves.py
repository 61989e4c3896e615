"""What the summary tells of curves and of given scorers: what their intervals hold, what is unlike or left out."""

import pandas as pd
import pytest

from squint.presentation.summary.findings import Finding, list_findings, moments_not_scored, unlike_training
from squint.presentation.summary.verdict import given, tell_curves, tell_given, tell_given_bias
from tests.scorers import METRICS

NAN = float("nan")


def curve(moments=40, left_out=0):
    table = pd.DataFrame({"curve": ["a moment", "smoothed curve"], "moments": moments}).set_index("curve")
    table = table.assign(coverage=[0.88, 0.92], width=[0.9, 0.7])
    table["not scored"] = left_out
    return table.assign(**{"coverage low": [0.7, 0.8], "coverage high": [0.9, 0.97]})


def test_the_intervals_of_curves_are_told_with_their_own_numbers():
    assert tell_curves(curve(), 0.9) == [
        "The intervals of curves, which should hold 90 % of the expert’s scores, hold 92 % (80 % to 97 %) around the "
        "smoothed curve and are 0.70 wide; around single moments they hold 88 % and are 0.90 wide. Each animal was "
        "judged by intervals that were calibrated on the others."
    ]


def test_moments_that_were_not_scored_are_told():
    assert tell_curves(curve(left_out=7), 0.9)[0].endswith(
        "calibrated on the others. 7 more of the expert’s moments were not scored, since that told nothing."
    )


def test_nothing_is_told_of_curves_that_nobody_could_judge():
    empty = curve(moments=0).assign(coverage=NAN, width=NAN)
    assert tell_curves(empty, 0.9) == []


def test_a_given_scorer_is_told_with_where_it_earned_its_numbers():
    assert tell_given(METRICS, "mine.squint", 0.95) == (
        "The scorer (mine.squint) was made elsewhere. On 6 animals that it had never seen there, its scores correlated "
        "with the expert’s by r = 0.77 (0.65 to 0.85) and differed from them by 0.23 (0.20 to 0.27) on average; a "
        "constant by 0.45 (0.40 to 0.50). In brackets: 95 % intervals. How it does here is not known: nobody scored "
        "these recordings."
    )


def test_figures_that_were_not_defined_are_dashes():
    assert "off by −0.12 to – where the scorer was made" in tell_given_bias(METRICS)
    scorer = METRICS["scorer"] | dict.fromkeys(("r", "r low", "r high"))
    assert "by r = – and differed" in tell_given(METRICS | {"scorer": scorer}, "mine.squint", 0.95)
    assert given(0.5) == 0.5 and given(None) != given(None)


def cameras(*told, differs="darker"):
    rows = [("NEW1", f"C{number}", bool(one), differs if one else "") for number, one in enumerate(told, start=1)]
    return pd.DataFrame(rows, columns=["experiment", "camera", "told", "differs"]).astype({"told": bool})


def test_cameras_that_are_unlike_the_training_data_are_listed():
    assert unlike_training(cameras(0, 1, 0)) == Finding(
        "Unlike the training data",
        "1 of 3 new videos is unlike what the scorer was trained on.",
        True,
        ["NEW1 C2: darker"],
    )
    two = unlike_training(cameras(1, 1, differs=""))
    assert two.told == "2 of 2 new videos are unlike what the scorer was trained on."
    assert two.cases == [f"NEW1 C{number}: nothing that can be told in words" for number in (1, 2)]


def test_cameras_that_are_like_the_training_data_are_counted():
    finding = unlike_training(cameras(0, 0))
    assert finding.told == "No camera of 2 new videos is unlike the training data." and not finding.trouble
    assert unlike_training(cameras()).told == "There is no new recording."


def timeline(*reasons):
    return pd.DataFrame({"time_s": range(len(reasons)), "abstained": reasons})


def test_moments_that_were_not_scored_are_told_by_recording_and_reason():
    tables = {"NEW1": timeline("", "blurred", "blurred", "too small"), "NEW2": timeline("", "")}
    assert moments_not_scored(tables) == Finding(
        "Moments that were not scored",
        "The scorer did not judge 3 of 6 moments with a face.",
        True,
        ["NEW1: 2 blurred and 1 too small, of 4 moments with a face"],
    )


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({}, "There is no new recording."),
        ({"NEW1": timeline("", "")}, "The scorer scored every moment with a face."),
    ],
)
def test_where_every_moment_was_scored_that_is_told(tables, told):
    finding = moments_not_scored(tables)
    assert finding.told == told and not finding.trouble and finding.cases == []


def test_a_study_of_a_given_scorer_has_no_findings_of_scores():
    sheet = pd.DataFrame({"subject": ["eve"], "role": ["score"]}, index=["NEW1"])
    videos = pd.DataFrame({"experiment": ["NEW1"], "camera": ["C1"], "fps": 10.0, "frames": 600, "sync_frame": 5})
    videos = videos.assign(missing_frames=0, unreadable_samples=0, clock_ppm=NAN, end_error_frames=0.5, faces=9)
    found = list_findings(sheet, videos, None, None, None, cameras(0), {"NEW1": timeline("")}, 50)
    about = [finding.about for finding in found]
    assert about[-2:] == ["Unlike the training data", "Moments that were not scored"]
    assert not {"Moments", "Scoring sheets", "Animals"} & set(about)
