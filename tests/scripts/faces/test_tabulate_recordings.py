"""What is told of each video: its file, its clock, its faces."""

import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scripts.faces.tabulate_recordings import describe_video, tabulate_recordings
from tests.shown import run_script
from tests.videos import CAMERAS

RECORD = {"codec": "h264", "width": 1920, "height": 1080, "fps": 30000 / 1001, "frames": 5400}
SYNC = {"sync_frame": 21, "dark_frames": 45, "clock_ppm": -12.34, "end_error_frames": 0.5, "reason": "dark, then lit"}
FACES = [(0, 1, 0.99), (5, 1, 0.94), (10, 0, 0.2), (-1, 0, 0.0), (20, 1, 0.95)]


def video(
    folder, experiment="EXP1", camera="C2", record=None, missing=0, unreadable=0, faces=FACES, rig=CAMERAS, **sync
):
    """The files of one video of a recording, of one camera of its rig."""
    place = folder / experiment
    place.mkdir(exist_ok=True)
    (place / f"{camera}.json").write_text(json.dumps(RECORD | (record or {})))
    rows = [{"camera": name} | (SYNC | sync if name == camera else SYNC | {"sync_frame": 999}) for name in rig]
    pd.DataFrame(rows).to_csv(place / f"sync{camera}.csv", index=False)
    table = pa.Table.from_pandas(pd.DataFrame(faces, columns=["frame_num", "det_lbl", "det_prb"]))
    about = {"missing_frames": str(missing), "unreadable_samples": str(unreadable)}
    pq.write_table(table.replace_schema_metadata(about), place / f"{camera}.parquet")
    return {
        "experiment": experiment,
        "camera": camera,
        "record": str(place / f"{camera}.json"),
        "sync": str(place / f"sync{camera}.csv"),
        "detections": str(place / f"{camera}.parquet"),
        "min_prob": 0.95,
    }


def test_a_video_is_described_by_its_record_clock_and_faces(tmp_path):
    assert describe_video(video(tmp_path, missing=7, unreadable=2), "bluer") == {
        "experiment": "EXP1",
        "camera": "C2",
        "codec": "h264",
        "size": "1920x1080",
        "fps": "29.97",
        "minutes": "3.00",
        "frames": 5400,
        "missing_frames": 7,
        "unreadable_samples": 2,
        "sync_frame": 21,
        "dark_s": "1.50",
        "clock_ppm": "-12.3",
        "end_error_frames": "0.5",
        "reason": "dark, then lit",
        "searched_frames": 4,
        "no_face": 1,
        "uncertain_faces": 1,
        "faces": 2,
        "unlike_training": "bluer",
    }


def test_a_clock_that_is_not_known_is_empty_and_one_without_error_is_not(tmp_path):
    assert describe_video(video(tmp_path, clock_ppm=float("nan")), "")["clock_ppm"] == ""
    assert describe_video(video(tmp_path, clock_ppm=0.0), "")["clock_ppm"] == "0.0"


def test_faces_count_from_the_recordings_own_certainty_on(tmp_path):
    of = video(tmp_path)
    assert [describe_video(of | {"min_prob": least}, "")["faces"] for least in (0.5, 0.95, 0.999)] == [3, 2, 0]


def test_frames_that_a_camera_does_not_have_are_not_searched(tmp_path):
    described = describe_video(video(tmp_path, faces=[(-1, 0, 0.0)] * 3), "")
    assert (described["searched_frames"], described["no_face"], described["faces"]) == (0, 0, 0)


def test_a_row_a_video_is_written_in_the_given_order(tmp_path):
    videos = [video(tmp_path, name, camera) for name in ("B", "A") for camera in ("C2", "C1")]
    tabulate_recordings(videos, {}, str(tmp_path / "t.csv"))
    table = pd.read_csv(tmp_path / "t.csv")
    assert table[["experiment", "camera"]].to_numpy().tolist() == [["B", "C2"], ["B", "C1"], ["A", "C2"], ["A", "C1"]]
    assert table.reason.tolist() == ["dark, then lit"] * 4
    assert table.sync_frame.tolist() == [21] * 4


def test_the_job_writes_the_table(tmp_path):
    videos, made = [video(tmp_path, "A", camera) for camera in CAMERAS], {"table": str(tmp_path / "t.csv")}
    run_script("faces/tabulate_recordings.py", input={"cameras": []}, params={"videos": videos, "new": []}, output=made)
    assert pd.read_csv(made["table"]).camera.tolist() == list(CAMERAS)


RIGS = {"B": ("front",), "A": ("top_2", "left"), "C": ("C1", "C2", "front", "C10")}


@pytest.mark.parametrize("rig", [*RIGS.values(), ("1", "2"), ("01", "1e3"), ("NA", "B")])
def test_each_camera_of_any_rig_has_its_row(tmp_path, rig):
    videos = [video(tmp_path, "A", camera, rig=rig) for camera in rig]
    tabulate_recordings(videos, {}, str(tmp_path / "t.csv"))
    rows = [line.split(",") for line in (tmp_path / "t.csv").read_text().splitlines()[1:]]
    assert [row[1] for row in rows] == list(rig)
    assert {row[9] for row in rows} == {"21"}


def test_a_camera_that_is_alone_has_no_dark_fragment_and_no_clock(tmp_path):
    alone = {"sync_frame": 0, "dark_frames": 0, "clock_ppm": float("nan")}
    reason = "the first frame of the only camera"
    described = describe_video(video(tmp_path, camera="front", rig=("front",), **alone, reason=reason), "")
    assert (described["sync_frame"], described["dark_s"], described["clock_ppm"]) == (0, "0.00", "")
    assert described["reason"] == reason


def test_cameras_that_are_unlike_the_training_data_are_told_with_what_differs(tmp_path):
    cameras = tmp_path / "NEW1.cameras.csv"
    cameras.write_text("camera,told,differs\n01,True,darker\n02,True,\n03,False,bluer\n")
    videos = [video(tmp_path, camera=name, rig=("01", "02", "03")) for name in ("01", "02", "03")]
    tabulate_recordings(videos, {videos[0]["experiment"]: str(cameras)}, str(tmp_path / "t.csv"))
    table = pd.read_csv(tmp_path / "t.csv", dtype={"camera": str}, keep_default_na=False)
    assert table.set_index("camera").unlike_training.to_dict() == {"01": "darker", "02": "yes", "03": ""}
