import argparse
import threading
import time

import numpy as np
import pytest

from squint.domain.regions import Region
from squint.live.client import Client
from squint.live.desk import Cursor, Desk, as_jpeg, new_points, smoothed_points
from squint.live.messages import RegionScored
from squint.live.session import Curve
from squint.live.sources import Shot
from squint.regions.curves import smooth_over_time
from tests.squint.live.fakes import FakeScorer, FakeSource, serving, welcome

REGIONS = {"left": Region(0, 0, 80, 60)}


def filled(count: int, fps: float = 30, window_s: float = 600) -> Curve:
    curve = Curve(window_s)
    for number in range(count):
        score = None if number % 11 == 5 else 3 + np.sin(number / 20)
        ends = (None, None) if score is None else (score - 1, score + 1)
        curve.add(number / fps, RegionScored("left", score, *ends, "", []), np.zeros((2, 2), np.uint8))
    return curve


def test_a_page_is_told_each_score_once():
    curve, told, points = filled(0), 0, []
    for number in range(100):
        curve.add(number / 30, RegionScored("left", float(number), 0.0, 9.0, "", []), np.zeros((2, 2), np.uint8))
        if number % 7 == 0:
            points += new_points(curve, told)
            told = curve.told
    assert [point[1] for point in points] == [float(number) for number in range(99)]


def test_of_what_is_not_kept_any_more_nothing_is_told():
    curve = filled(100, window_s=1)
    assert 30 <= len(new_points(curve, 0)) <= 31 and new_points(curve, 100) == []


def test_the_smoothed_curve_comes_piece_by_piece_as_it_is_on_the_whole():
    """Half a window late, so that nothing that comes changes it."""
    about, curve, since, points = welcome(window_s=1.0), filled(0), -1.0, []
    whole = filled(300)
    for time_s, score, ends in zip(whole.times_s, whole.scores, whole.ends, strict=True):
        curve.add(time_s, RegionScored("left", score, *ends, "", []), np.zeros((2, 2), np.uint8))
        if curve.told % 9 == 0:
            new, since = smoothed_points(curve, since, about)
            points += new
    times = np.array(whole.times_s)
    scores = np.array([np.nan if score is None else score for score in whole.scores])
    expected = smooth_over_time(times, scores, 1.0)
    assert len(points) > 230 and points[-1][0] <= times[-1] - 0.5
    for number, (time_s, mean, low, high) in enumerate(points):
        assert time_s == pytest.approx(times[number], abs=0.001)
        if np.isnan(expected[number]):
            assert mean is None
        else:
            assert mean == pytest.approx(expected[number], abs=0.002)
            assert (low, high) == (pytest.approx(mean - 0.5, abs=0.002), pytest.approx(mean + 0.5, abs=0.002))


def test_pictures_for_the_page_are_no_wider_than_it_shows():
    data = as_jpeg(np.zeros((1080, 1920, 3), np.uint8))
    assert data.startswith(b"\xff\xd8") and len(data) < 20_000


def desk(tmp_path, server, source=None) -> Desk:
    given = argparse.Namespace(masks=False)
    return Desk(
        given,
        open_one=lambda: source or FakeSource([90] * 3000, paced=True),
        connect=lambda: Client(server.address, lambda *_: None).start(),
        welcome=welcome(),
        regions=dict(REGIONS),
        shot=Shot(0, 0.0, 0.0, 0.0, np.zeros((90, 160, 3), np.uint8)),
        folder=lambda opened: tmp_path / "live",
    )


def until(true, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(true())


def test_a_session_is_started_recorded_marked_and_stopped(tmp_path):
    with serving() as server:
        ours = desk(tmp_path, server)
        assert ours.news(Cursor())["words"] == "not started" and ours.whole_frame().startswith(b"\xff\xd8")
        assert ours.regions_picture() == b""
        ours.start(dict(REGIONS))
        assert until(lambda: ours.session.scored > 3) and ours.running
        ours.record(True, annotated=False)
        ours.record(True, annotated=False)
        ours.mark("injection" * 20)
        ours.show_masks(True)
        cursor = Cursor()
        assert until(lambda: ours.news(cursor)["scored"] > 9)
        ours.mark("noise")
        told = ours.news(cursor)
        assert told["running"] and told["connected"] and told["recording"] and told["marks"][0][1] == "noise"
        assert ours.regions_picture().startswith(b"\xff\xd8")
        ours.record(False, annotated=False)
        assert (tmp_path / "live" / "curves.parquet").exists() and ours.recording is None
        ours.stop()
        assert not ours.running
        ours.close()
    assert ours.session is None


def test_what_stands_in_the_way_of_a_start_is_told(tmp_path):
    with serving() as server:
        ours = desk(tmp_path, server)
        ours.start({"far": Region(500, 0, 80, 60)})
        assert "region 'far'" in ours.trouble and not ours.running
        ours.start({str(number): Region(0, 0, 20, 20) for number in range(5)})
        assert "at most 4 regions" in ours.trouble and not ours.running
        ours.start(dict(REGIONS))
        assert ours.trouble == "" and ours.running
        ours.close()


def test_two_that_start_at_once_start_one(tmp_path):
    with serving() as server:
        ours = desk(tmp_path, server)
        threads = [threading.Thread(target=ours.start, args=(dict(REGIONS),)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ours.runs == 1
        ours.close()


def test_a_page_that_starts_what_runs_already_changes_nothing(tmp_path):
    with serving() as server:
        ours = desk(tmp_path, server)
        ours.start(dict(REGIONS))
        ours.start({"other": Region(80, 0, 80, 60)})
        assert list(ours.regions) == list(ours.session.regions) == ["left"] and ours.runs == 1
        ours.close()


def test_a_recording_ends_with_its_source_and_its_session(tmp_path):
    with serving() as server:
        ours = desk(tmp_path, server, FakeSource([90] * 90, paced=True))
        ours.start(dict(REGIONS))
        ours.record(True, annotated=False)
        assert ours.recording == tmp_path / "live"
        assert until(lambda: ours.session.ended) and until(lambda: ours.recording is None)
        assert until((tmp_path / "live" / "curves.parquet").exists) and ours.news(Cursor())["recording"] == ""
        ours.record(True, annotated=False)
        assert ours.recording is None, "what has ended is not recorded"
        ours.close()


def test_a_server_of_another_scale_is_not_taken(tmp_path):
    with serving(FakeScorer(scale="mouse grimace", highest=2.0)) as server:
        ours = desk(tmp_path, server)
        ours.start(dict(REGIONS))
        assert "another scale now, mouse grimace" in ours.trouble and not ours.running
        ours.close()


def test_a_source_of_a_session_that_could_not_be_made_is_let_go(tmp_path):
    source = FakeSource([90] * 10)
    with serving() as server:
        ours = desk(tmp_path, server, source)
        ours.start({"far": Region(500, 0, 80, 60)})
        ours.start(dict(REGIONS))
        assert source.closed >= 1
        ours.close()
