import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from squint.errors import InputError
from squint.live.messages import RegionScored, Scored
from squint.live.recorder import COLUMNS, TAIL, AnnotatedVideo, Recorder, read_recorded, rows_of, write_curves
from squint.live.sources import FileSource
from squint.regions.curves import RAW, Manner, RegionMargins, make_curve
from tests.conftest import ROOT
from tests.squint.live.fakes import welcome

REGIONS = {"left": "0,0,80,60", "right": "80,0,80,60"}


def scored(number: int, score: float | None = 3.0) -> Scored:
    reason = "" if score is not None else "no eye in sight"
    ends = (None, None) if score is None else (score - 1, score + 1)
    return Scored(number, [RegionScored(name, score, *ends, reason, []) for name in REGIONS], 0.0, 0.0)


def fill(recorder: Recorder, frames: range) -> None:
    for number in frames:
        recorder.add(rows_of(number, number / 30, scored(number, None if number % 7 == 3 else number % 9), 12.5))


def test_parts_and_tail_are_read_as_one(tmp_path):
    recorder = Recorder(tmp_path, welcome(), REGIONS, "film.mp4")
    fill(recorder, range(10))
    recorder.write_part()
    fill(recorder, range(10, 15))
    recorder.write_part()
    fill(recorder, range(15, 18))
    recorded = read_recorded(tmp_path)
    assert list(recorded.scores.columns) == COLUMNS and recorded.about["source"] == "film.mp4"
    assert recorded.scores.frame_num.tolist() == [number for number in range(18) for _ in REGIONS]
    assert len(list((tmp_path / "scores").iterdir())) == 2 and len((tmp_path / TAIL).read_text().splitlines()) == 3


def test_a_part_that_was_written_and_whose_tail_was_not_emptied_is_read_once(tmp_path):
    recorder = Recorder(tmp_path, welcome(), REGIONS, "film.mp4")
    fill(recorder, range(5))
    tail = (tmp_path / TAIL).read_text()
    recorder.write_part()
    (tmp_path / TAIL).write_text(tail)
    assert len(read_recorded(tmp_path).scores) == 10


def test_a_line_that_was_left_half_is_left_out(tmp_path):
    recorder = Recorder(tmp_path, welcome(), REGIONS, "film.mp4")
    fill(recorder, range(5))
    with (tmp_path / TAIL).open("a") as tail:
        tail.write('[{"frame_num": 5, "sco')
    assert read_recorded(tmp_path).scores.frame_num.max() == 4


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.squint.live.fakes import welcome
from tests.squint.live.test_recorder import REGIONS, fill
from squint.live.recorder import Recorder
recorder = Recorder(Path(sys.argv[1]), welcome(), REGIONS, "film.mp4")
fill(recorder, range(40))
recorder.write_part()
fill(recorder, range(40, 61))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_is_killed_loses_nothing_that_was_scored(tmp_path):
    process = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "live")], cwd=ROOT, check=False)
    assert process.returncode == -signal.SIGKILL
    scores = read_recorded(tmp_path / "live").scores
    assert scores.frame_num.tolist() == [number for number in range(61) for _ in REGIONS]
    assert write_curves(tmp_path / "live").region.value_counts().to_dict() == {"left": 61, "right": 61}


def test_curves_are_made_as_the_workflow_makes_them(tmp_path):
    recorder = Recorder(tmp_path, welcome(), REGIONS, "film.mp4")
    fill(recorder, range(90))
    recorder.close()
    curves = pd.read_parquet(tmp_path / "curves.parquet")
    scores = [np.nan if number % 7 == 3 else float(number % 9) for number in range(90)]
    raw = pd.DataFrame(
        {"frame_num": range(90), "time_s": np.arange(90) / 30, "score": scores, "eyes": 0, "abstained": ""}
    )
    expected = make_curve(raw[RAW], Manner(1.0, 7.0, 0.5, 9.0), RegionMargins(1.0, 0.5))
    ours = curves[curves.region == "left"].reset_index(drop=True)
    for column in ("score", "smoothed", "smoothed_low", "smoothed_high", "blink"):
        assert np.allclose(ours[column].astype(float), expected[column].astype(float), equal_nan=True), column


def test_a_folder_that_holds_a_recording_is_left_as_it_is(tmp_path):
    Recorder(tmp_path, welcome(), REGIONS, "film.mp4")
    with pytest.raises(InputError, match="one that holds a recording"):
        Recorder(tmp_path, welcome(), REGIONS, "film.mp4")


@pytest.mark.parametrize("content", [None, "", "{", '{"source": 1}'])
def test_a_folder_without_a_recording_is_told(tmp_path, content):
    if content is not None:
        (tmp_path / "about.json").write_text(content)
    with pytest.raises(InputError, match="a recording of live scores"):
        read_recorded(tmp_path)


def test_a_folder_that_can_not_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="a folder to write to"):
        Recorder(tmp_path / "file" / "live", welcome(), REGIONS, "film.mp4")


def test_the_annotated_video_has_the_times_of_its_frames_and_plays_up_to_where_it_was_cut(tmp_path):
    path = tmp_path / "annotated.mkv"
    video = AnnotatedVideo(path, 64, 49, 30)
    for number, time_s in enumerate([0, 0.04, 0.04, 0.1, 0.5, *(0.6 + 0.05 * late for late in range(60))]):
        video.add(np.full((49, 64, 3), 4 * number % 255, np.uint8), time_s)
    whole = path.read_bytes()
    video.close()
    source = FileSource(str(path), paced=False)
    assert source.video.times_s[:4] == pytest.approx([0, 0.04, 0.1, 0.5]) and (source.width, source.height) == (64, 48)
    assert len(source.video) == 64
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole)
    assert len(FileSource(str(cut), paced=False).video) > 40


def test_what_is_told_of_a_recording_is_json(tmp_path):
    Recorder(tmp_path, welcome(curve_margin=None), {"mäuschen": "0,0,80,60"}, "film.mp4")
    about = json.loads((Path(tmp_path) / "about.json").read_text())
    assert about["regions"] == {"mäuschen": "0,0,80,60"} and about["scorer"]["curve_margin"] is None
