"""How long the videos of recordings are."""

import json

import pandas as pd
import pytest

from scripts.faces.tabulate_durations import describe_duration, tabulate_durations
from tests.shown import run_script
from tests.videos import CAMERAS


def video(folder, experiment, camera, fps, frames):
    """The record of one video of a recording."""
    path = folder / f"{experiment}-{camera}.json"
    path.write_text(json.dumps({"fps": fps, "frames": frames}))
    return {"experiment": experiment, "camera": camera, "record": str(path)}


@pytest.mark.parametrize(
    ("fps", "frames", "told"),
    [(25.0, 1500, "1.00 (1500)"), (25.0, 1, "0.00 (1)"), (30000 / 1001, 53946, "30.00 (53946)")],
)
def test_durations_are_minutes_and_frames(fps, frames, told):
    assert describe_duration({"fps": fps, "frames": frames}) == told


def test_durations_are_a_row_a_recording_and_a_column_a_camera(tmp_path):
    frames = {(name, camera): 1500 * (1 + n) for name, n in (("B", 0), ("A", 6)) for camera in CAMERAS}
    frames["A", "C6"] = 750
    videos = [video(tmp_path, name, camera, 25.0, number) for (name, camera), number in sorted(frames.items())]
    tabulate_durations(videos, str(tmp_path / "d.csv"))
    table = pd.read_csv(tmp_path / "d.csv", index_col="experiment")
    assert table.index.tolist() == ["A", "B"]
    assert table.columns.tolist() == list(CAMERAS)
    assert table.loc["A"].tolist() == ["7.00 (10500)"] * 5 + ["0.50 (750)"]
    assert table.loc["B"].tolist() == ["1.00 (1500)"] * 6


RIGS = {"B": ("front",), "A": ("top_2", "left"), "C": ("C1", "C2", "front", "C10")}


def test_durations_of_mixed_rigs_have_empty_cells(tmp_path):
    videos = [
        video(tmp_path, name, camera, 25.0, 1500 * (1 + number))
        for name, rig in RIGS.items()
        for number, camera in enumerate(rig)
    ]
    tabulate_durations(videos, str(tmp_path / "d.csv"))
    assert (tmp_path / "d.csv").read_text().splitlines() == [
        "experiment,front,top_2,left,C1,C2,C10",
        "B,1.00 (1500),,,,,",
        "A,,1.00 (1500),2.00 (3000),,,",
        "C,3.00 (4500),,,1.00 (1500),2.00 (3000),4.00 (6000)",
    ]


def test_the_job_writes_the_table(tmp_path):
    videos = [video(tmp_path, "A", camera, 30.0, 5400) for camera in CAMERAS]
    made = {"table": str(tmp_path / "d.csv")}
    run_script("faces/tabulate_durations.py", params={"videos": videos}, output=made)
    assert pd.read_csv(made["table"]).C1.tolist() == ["3.00 (5400)"]
