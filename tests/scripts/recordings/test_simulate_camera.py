"""The script renders one camera of a rig into its own files. What is rendered: test_rendering."""

import runpy
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from tests.videos import CAMERAS

SCRIPT = "scripts.recordings.simulate_camera"


def given(camera, cameras):
    """What Snakemake gives the script for one of some cameras."""
    return SimpleNamespace(
        output=SimpleNamespace(video=f"{camera}.mp4", truth=f"{camera}.truth.parquet"),
        params=SimpleNamespace(simulation={"seed": 3, "fps": 15, "cameras": cameras}),
        wildcards=SimpleNamespace(camera=camera),
    )


@pytest.fixture
def rendered(monkeypatch):
    """What would be rendered, in the order in which it is."""
    calls = []
    monkeypatch.setattr("squint.jobs.job.job", lambda snakemake: nullcontext())
    monkeypatch.setattr("squint.simulation.camera.simulate_camera", lambda **how: calls.append(how))
    return calls


def test_importing_the_script_renders_nothing(rendered):
    runpy.run_module(SCRIPT, run_name="simulate_camera")
    assert rendered == []


@pytest.mark.parametrize("cameras", [CAMERAS, ("front",), ("left", "top_2"), tuple(f"C{n}" for n in range(1, 9))])
def test_each_camera_is_rendered_into_its_own_files(rendered, cameras):
    for camera in cameras:
        runpy.run_module(SCRIPT, init_globals={"snakemake": given(camera, cameras)}, run_name="__main__")
    assert rendered == [
        {"video_path": f"{camera}.mp4", "truth_path": f"{camera}.truth.parquet", "camera": camera}
        | {"seed": 3, "fps": 15, "cameras": cameras}
        for camera in cameras
    ]


def test_a_camera_that_the_rig_does_not_have_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr("squint.jobs.job.job", lambda snakemake: nullcontext())
    monkeypatch.chdir(tmp_path)
    snakemake = given("C7", CAMERAS)
    who = {"experiment": "EXP1", "subject": "mouse1", "condition": "pain"}
    snakemake.params.simulation |= who | {"width": 64, "height": 36, "seconds": 4, "dark_seconds": 1, "clock_ppm": 50}
    with pytest.raises(ValueError, match="x not in tuple"):
        runpy.run_module(SCRIPT, init_globals={"snakemake": snakemake}, run_name="__main__")
    assert not list(tmp_path.iterdir())
