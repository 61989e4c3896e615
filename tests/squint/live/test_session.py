from dataclasses import replace

import numpy as np
import pytest

from squint.domain.regions import Region
from squint.errors import InputError
from squint.live.client import Client
from squint.live.messages import BadPicture
from squint.live.recorder import Recorder, read_recorded
from squint.live.session import Session
from squint.live.sources import FileSource
from tests.squint.live.fakes import SIZE, FakeScorer, FakeSource, level_score, linked, serving, welcome, write_film

REGIONS = {"left": Region(0, 0, 80, 60), "right": Region(80, 0, 80, 60)}


def run(source, client: Client, regions=REGIONS, recorder=None, **options) -> Session:
    """A session that has come to its end."""
    client.patient = True
    session = Session(source, regions, client, client.wait_for_server(20), **options)
    if recorder:
        session.record(recorder, annotated=options.get("masks", False))
    session.start().thread.join(60)
    assert session.ended
    return session


def test_each_frame_of_each_region_is_scored_and_kept_in_order():
    levels = [20 + 3 * number for number in range(50)]
    with serving() as server, linked(server.address) as client:
        session = run(FakeSource(levels), client)
    for curve in session.curves.values():
        expected = [level_score(np.full(SIZE, level, np.uint8)) for level in levels]
        assert list(curve.scores) == pytest.approx(expected)
        assert list(curve.times_s) == pytest.approx([number / 30 for number in range(50)])
    told = session.measures()
    assert told["scored"] == 50 and told["dropped"] == 0 and told["words"] == "the source has ended"
    assert told["p99_ms"] >= told["median_ms"] > 0


def test_only_the_last_minutes_are_kept():
    with serving() as server, linked(server.address) as client:
        session = run(FakeSource([90] * 70, fps=10), client, window_minutes=0.1)
    assert 60 <= len(session.curves["left"].scores) <= 61 and session.curves["left"].told == 70


def test_what_is_recorded_is_what_was_scored(tmp_path):
    recorder = Recorder(tmp_path / "live", welcome(), {name: str(region) for name, region in REGIONS.items()}, "fake")
    with serving() as server, linked(server.address) as client:
        session = run(FakeSource([0, 100, 200] * 10), client, recorder=recorder, masks=True)
    scores = read_recorded(tmp_path / "live").scores
    assert scores.frame_num.tolist() == [number for number in range(30) for _ in REGIONS]
    assert scores.region.tolist() == ["left", "right"] * 30
    assert scores.score.isna().sum() == 20 and set(scores.abstained) == {"", "no eye in sight"}
    assert (tmp_path / "live" / "curves.parquet").exists() and session.recorder is None
    with FileSource(str(tmp_path / "live" / "annotated.mkv"), paced=False).video as video:
        assert len(video) == 30


def test_a_stream_that_changes_its_size_ends_with_words():
    source = FakeSource([90] * 10)
    source.sizes[6] = (200, 90)
    with serving() as server, linked(server.address) as client:
        session = run(source, client)
    assert isinstance(session.failure, InputError) and session.words == "200 by 90 px, after 160 by 90"
    assert session.scored == 6, "what came before is scored"


def test_a_camera_that_breaks_is_told():
    source = FakeSource([90] * 4)
    shots = source.shots

    def breaking(stopping):
        yield from shots(stopping)
        raise InputError("the camera", "a camera that goes on", "Input/output error", "switch it on again")

    source.shots = breaking
    with serving() as server, linked(server.address) as client:
        session = run(source, client)
    assert session.words == "Input/output error" and session.scored == 4


@pytest.mark.parametrize(
    ("regions", "words"),
    [
        ({}, "none"),
        ({str(number): Region(0, 0, 20, 20) for number in range(5)}, "at most 4 regions, as the server takes"),
        ({"far": Region(150, 0, 20, 20)}, "region 'far'"),
        ({"small": Region(0, 0, 9, 20)}, "smaller than 16"),
    ],
)
def test_regions_that_can_not_be_scored_are_refused(regions, words):
    client = Client("tcp://127.0.0.1:9", lambda *_: None)
    with pytest.raises(InputError) as caught:
        Session(FakeSource([90]), regions, client, welcome())
    client.stop()
    assert words in str(caught.value)


def test_marks_are_of_the_present_moment(tmp_path):
    recorder = Recorder(tmp_path / "live", welcome(), {"left": ""}, "fake")
    client = Client("tcp://127.0.0.1:9", lambda *_: None)
    session = Session(FakeSource([90]), REGIONS, client, welcome())
    session.record(recorder, annotated=False)
    session.time_s = 12.5
    session.mark('injection, "left"')
    client.stop()
    assert session.marks == [(12.5, 'injection, "left"')]
    assert (tmp_path / "live" / "marks.csv").read_text().splitlines()[1].startswith('12.5,"injection, ""left"""')


def test_a_scorer_of_faces_is_sent_regions_as_they_are_filmed():
    scorer = FakeScorer(kind="faces", size=None, channel="rgb")
    shapes = set()
    scorer.check = lambda width, height, channels: shapes.add((height, width, channels))
    with serving(scorer) as server, linked(server.address) as client:
        run(FakeSource([90] * 3), client)
    assert shapes == {(60, 80, 3)}


def test_a_file_has_the_times_of_its_frames(tmp_path):
    source = FileSource(str(write_film(tmp_path / "film.mp4", seconds=1)), paced=False)
    with serving() as server, linked(server.address) as client:
        session = run(source, client)
    assert list(session.curves["left"].times_s) == pytest.approx([number / 20 for number in range(20)])


def test_a_source_that_changes_its_rate_is_told_and_its_times_count():
    source = FakeSource([90] * 200, fps=30)
    shots = source.shots

    def slower(stopping):
        for shot in shots(stopping):
            yield replace(shot, time_s=2 * shot.time_s) if shot.number > 50 else shot

    source.shots = slower
    with serving() as server, linked(server.address) as client:
        session = run(source, client)
    assert session.measures()["note"] == "the source delivers 15 frames/s, not 30"
    assert session.curves["left"].times_s[-1] == pytest.approx(398 / 30)
    assert Session(FakeSource([90]), REGIONS, client, welcome()).measures()["note"] == ""


def test_a_recording_whose_disk_is_full_stops_and_the_session_goes_on(tmp_path):
    class Full(Recorder):
        def add(self, rows):
            if rows[0]["frame_num"] == 10:
                raise OSError(28, "No space left on device")
            super().add(rows)

    recorder = Full(tmp_path / "live", welcome(), {name: str(region) for name, region in REGIONS.items()}, "fake")
    with serving() as server, linked(server.address) as client:
        session = run(FakeSource([90] * 30), client, recorder=recorder)
    assert session.scored == 30 and session.recorder is None
    assert session.measures()["recording_fault"] == "the recording has stopped: No space left on device"
    assert read_recorded(tmp_path / "live").scores.frame_num.max() == 9


def test_a_server_that_refuses_ends_the_session_with_its_words():
    scorer = FakeScorer()
    scorer.check = lambda *_: (_ for _ in ()).throw(BadPicture("not these"))
    with serving(scorer) as server, linked(server.address) as client:
        session = run(FakeSource([90] * 2000), client)
    assert isinstance(session.failure, InputError) and session.words == "not these"
    assert session.client.counts.dropped + session.client.counts.refused == session.shots < 2000
