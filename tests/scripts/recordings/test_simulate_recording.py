"""The script renders each camera into its own files. What is rendered: test_rendering."""

import runpy
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from squint.domain.rig import CAMERAS

SCRIPT = "scripts.recordings.simulate_recording"


def given(count):
    """What Snakemake gives the script for so many videos."""
    output = SimpleNamespace(
        videos=[f"{camera}.mp4" for camera in CAMERAS[:count]],
        truths=[f"{camera}.truth.parquet" for camera in CAMERAS[:count]],
    )
    return SimpleNamespace(output=output, params=SimpleNamespace(simulation={"seed": 3, "fps": 15}))


@pytest.fixture
def rendered(monkeypatch):
    """What would be rendered, in the order in which it is."""
    calls = []
    monkeypatch.setattr("squint.jobs.job.job", lambda snakemake: nullcontext())
    monkeypatch.setattr("squint.simulation.camera.simulate_camera", lambda **how: calls.append(how))
    return calls


def test_importing_the_script_renders_nothing(rendered):
    runpy.run_module(SCRIPT, run_name="simulate_recording")
    assert rendered == []


def test_each_camera_is_rendered_into_its_own_files(rendered):
    runpy.run_module(SCRIPT, init_globals={"snakemake": given(6)}, run_name="__main__")
    assert rendered == [
        {"video_path": f"{camera}.mp4", "truth_path": f"{camera}.truth.parquet", "camera": camera}
        | {"seed": 3, "fps": 15}
        for camera in CAMERAS
    ]


def test_files_for_other_than_six_cameras_are_an_error(rendered):
    with pytest.raises(ValueError, match="zip"):
        runpy.run_module(SCRIPT, init_globals={"snakemake": given(5)}, run_name="__main__")
