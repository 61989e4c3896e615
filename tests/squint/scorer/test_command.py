"""`python -m squint score` names cameras and recordings, and writes a sheet and a config that the plan accepts."""

import argparse
import subprocess
from pathlib import Path

import pandas as pd
import pytest
import yaml
from snakemake.utils import update_config

from squint.__main__ import main
from squint.config.plan import Plan, make_plan
from squint.config.scales import read_scale, shipped_scales
from squint.domain.rig import CAMERA_NAME, MOST_CAMERAS
from squint.errors import InputError
from squint.scorer import command
from squint.scorer.archive import read_about
from squint.scorer.command import ENDINGS, describe_curve, name_cameras, name_recording, read_arguments, set_up
from tests.conftest import ROOT
from tests.scorers import FIELDS, written


@pytest.fixture
def scorer(tmp_path) -> Path:
    return written(tmp_path / "good.squint")


def filmed(folder: Path, *names: str) -> list[str]:
    """Files of some names, which stand for videos."""
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(path.name.encode())
    return [str(path) for path in paths]


def arguments(*given: str) -> argparse.Namespace:
    return read_arguments(argparse.ArgumentParser(), given)


def unused(*_):
    raise AssertionError("nothing is chosen or varied where a scorer is given")


def planned(folder: Path) -> Plan:
    """The plan that the workflow makes in a folder that was set up."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    update_config(config, yaml.safe_load((folder / "config.yaml").read_text()))
    files = [str(ROOT / "config.yaml"), str(folder / "config.yaml")]
    return make_plan(config, files, config["experiments"], "", "shipped.tflite", unused, unused)


def set_up_for(folder: Path, scorer: Path, videos: list[str], *options: str) -> None:
    """Set up a folder as the command does."""
    folder.mkdir()
    given = arguments(*videos, "--scorer", str(scorer), *options)
    name, about = name_recording(given.name, given.videos), read_about(given.scorer)
    set_up(folder, name, name_cameras(given.videos), given, about)


@pytest.mark.parametrize(
    ("names", "cameras"),
    [
        (["front.mp4"], ["front"]),
        (["left.mp4", "right.mp4"], ["left", "right"]),
        (["cage 1 (top).mp4", "cage-1.mov"], ["cage_1__top_", "cage_1"]),
        (["a/film.mp4", "b/film.mp4"], ["C1", "C2"]),
        (["a/Film.mp4", "b/film.mp4"], ["C1", "C2"]),
        (["a b.mp4", "a-b.mp4", "c.mp4"], ["C1", "C2", "C3"]),
        (["x" * 40 + "1.mp4", "x" * 40 + "2.mp4"], ["C1", "C2"]),
        (["x" * 40 + ".mp4"], ["x" * 32]),
        (["1.mp4", "2.mp4"], ["1", "2"]),
        (["Maus_ü.mp4"], ["Maus__"]),
        (["C2.mp4", "C1.mp4"], ["C2", "C1"]),
    ],
)
def test_cameras_are_called_as_their_files_where_that_tells_them_apart(tmp_path, names, cameras):
    videos = filmed(tmp_path, *names)
    found = name_cameras(videos)
    assert list(found) == cameras and list(found.values()) == videos
    assert all(map(CAMERA_NAME.fullmatch, cameras))


def test_too_many_videos_are_told(tmp_path):
    videos = filmed(tmp_path, *(f"{number}.mp4" for number in range(MOST_CAMERAS + 1)))
    with pytest.raises(InputError, match=r"at most 12 videos(.|\n)*13(.|\n)*one by one"):
        name_cameras(videos)
    assert len(name_cameras(videos[1:])) == MOST_CAMERAS


def test_a_path_without_a_video_is_told(tmp_path):
    (here,) = filmed(tmp_path, "here.mp4")
    with pytest.raises(InputError, match=r"gone\.mp4\n(.|\n)*the video of a camera\n(.|\n)*no such file"):
        name_cameras([here, str(tmp_path / "gone.mp4")])
    with pytest.raises(InputError, match="a folder"):
        name_cameras([str(tmp_path)])


@pytest.mark.parametrize(
    ("given", "video", "name"),
    [
        ("", "films/mouse 7.mp4", "mouse_7"),
        ("day-1", "films/mouse7.mp4", "day_1"),
        ("", "films/Größe.mp4", "Gr__e"),
        ("a\tb\n../x", "v.mp4", "a_b____x"),
        ("", "2024-01-02.mp4", "2024_01_02"),
    ],
)
def test_a_recording_has_a_name_that_can_stand_in_paths(given, video, name):
    assert name_recording(given, [video]) == name


@pytest.mark.parametrize("names", [["film.mp4"], ["left.mp4", "right.mp4"], [f"cam {n}.mp4" for n in range(8)]])
def test_the_plan_accepts_what_is_set_up(tmp_path, monkeypatch, scorer, names):
    videos = filmed(tmp_path / "films", *names)
    place = tmp_path / "place"
    set_up_for(place, scorer, videos, "--name", "day 1")
    monkeypatch.chdir(place)
    plan = planned(place)
    cameras = list(name_cameras(videos))
    assert plan.recordings.unscored == ["day_1"] and not plan.trains
    assert list(plan.recordings.cameras("day_1")) == cameras
    assert plan.networks.scorer_file == str(scorer)
    for camera, video in zip(cameras, videos, strict=True):
        assert (place / plan.recordings.video_path("day_1", camera)).read_bytes() == Path(video).read_bytes()
    assert plan.config["faces"]["detection"] == FIELDS["detection"]


def test_frames_of_one_instant_are_handed_on(tmp_path, monkeypatch, scorer):
    videos = filmed(tmp_path / "films", "a.mp4", "b.mp4")
    place = tmp_path / "place"
    set_up_for(place, scorer, videos, "--sync-frames", "12,15", "--allow-damaged")
    monkeypatch.chdir(place)
    plan = planned(place)
    assert plan.recordings.by_name["a"].sync_frames == "12,15"
    assert plan.config["recordings"]["allow_damaged"] is True


@pytest.mark.parametrize("scale", shipped_scales())
def test_the_scale_is_that_of_the_scorer_whatever_it_is(tmp_path, monkeypatch, scale):
    scorer = written(tmp_path / "one.squint", scale=read_scale(scale))
    place = tmp_path / "place"
    set_up_for(place, scorer, filmed(tmp_path / "films", "a.mp4"))
    monkeypatch.chdir(place)
    assert planned(place).whole_scale() == read_scale(scale)


@pytest.mark.parametrize("name", ["all", "low", "Fused", "faces", "time_s", "abstained"])
def test_a_video_that_is_called_like_a_column_can_be_scored(tmp_path, monkeypatch, scorer, name):
    videos = filmed(tmp_path / "films", f"{name}.mp4")
    place = tmp_path / "place"
    set_up_for(place, scorer, videos)
    monkeypatch.chdir(place)
    assert planned(place).recordings.unscored == [name]


def test_a_video_that_is_called_like_a_recording_for_the_detector_can_be_scored(tmp_path, monkeypatch, scorer):
    place = tmp_path / "place"
    set_up_for(place, scorer, filmed(tmp_path / "films", "FACE1.mp4"))
    monkeypatch.chdir(place)
    assert len(planned(place).recordings.unscored) == 1


def made(target: str) -> str:
    """What stands in a file that the workflow makes."""
    if target.endswith(".cameras.csv"):
        return "camera,told,differs\nfront,True,darker\nleft,False,bluer\ntop,True,\n"
    return "time_s,fused\n0,1.5\n30,\n60,0.5\n" if target.endswith(".csv") else target


@pytest.fixture
def workflow(monkeypatch):
    """Stands in for Snakemake: writes what it was asked for, or gives its status; its command lines."""
    lines, status = [], [0]

    def run(line, check):
        lines.append(line)
        folder = Path(line[line.index("--directory") + 1])
        assert (folder / "experiments.tsv").is_file() and (folder / "config.yaml").is_file()
        for target in line[line.index("--") + 1 :] if status[0] == 0 else []:
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            (folder / target).write_text(made(target))
        return subprocess.CompletedProcess(line, status[0])

    monkeypatch.setattr(command.subprocess, "run", run)
    return lines, status


def test_a_recording_is_scored_and_nothing_else_is_left(tmp_path, workflow, scorer):
    (video,) = filmed(tmp_path / "films", "mouse 7.mp4")
    output = tmp_path / "new" / "curves"
    assert main(["score", "--scorer", str(scorer), video, "--output", str(output), "--cores", "3"]) == 0
    names = sorted(f"mouse_7{ending}" for ending in ENDINGS)
    assert sorted(path.name for path in output.iterdir()) == names
    for name in names:
        assert (output / name).read_text() == made(f"results/timelines/{name}")
    (line,) = workflow[0]
    assert line[line.index("--cores") + 1] == "3"
    assert line[line.index("--snakefile") + 1] == str(ROOT / "Snakefile")
    assert not Path(line[line.index("--directory") + 1]).exists()


def test_what_is_written_is_printed(tmp_path, capsys, workflow, scorer):
    (video,) = filmed(tmp_path / "films", "a.mp4")
    main(["score", "--scorer", str(scorer), video, "--output", str(tmp_path)])
    assert capsys.readouterr().out.splitlines() == [
        *(str(tmp_path / f"a{ending}") for ending in ENDINGS),
        "a: mean score 1.00 over 1.0 min; 1 of 3 moments with a face are not scored.",
        "Camera front is unlike what the scorer was trained on: darker.",
        "Camera top is unlike what the scorer was trained on.",
    ]


def test_a_curve_without_any_score_says_so():
    curve, cameras = pd.DataFrame({"time_s": [0.0, 3.0], "fused": float("nan")}), pd.DataFrame({"camera": ["C1"]})
    cameras = cameras.assign(told=False, differs=float("nan"))
    assert describe_curve("a", curve, cameras) == ["a: no score; 2 of 2 moments with a face are not scored."]


def test_cameras_that_are_not_called_as_their_files_are_told(tmp_path, capsys, workflow, scorer):
    videos = filmed(tmp_path / "films", "my front.mp4", "top.mp4")
    main(["score", "--scorer", str(scorer), *videos, "--output", str(tmp_path)])
    told = capsys.readouterr().out.splitlines()
    assert [line for line in told if "is camera" in line] == [f"{videos[0]} is camera my_front"]


def test_a_video_that_is_there_twice_is_told(tmp_path):
    (video,) = filmed(tmp_path, "a.mp4")
    (tmp_path / "b.mp4").symlink_to(video)
    with pytest.raises(InputError, match=r"each video once(.|\n)*the same file twice"):
        name_cameras([video, str(tmp_path / "b.mp4")])


@pytest.mark.parametrize("option", ["--sync-frames=3,a", "--sync-frames=3,", "--cores=zero", "--cores=0"])
def test_a_value_that_cannot_be_is_told_before_anything_runs(tmp_path, capsys, workflow, scorer, option):
    with pytest.raises(SystemExit) as error:
        main(["score", "--scorer", str(scorer), *filmed(tmp_path, "a.mp4"), option])
    assert error.value.code == 2 and option.rpartition("=")[2] in capsys.readouterr().err
    assert not workflow[0]


@pytest.mark.parametrize("numbers", ["3", "1,2,3"])
def test_frame_numbers_for_other_than_all_videos_are_told(tmp_path, workflow, scorer, numbers):
    videos = filmed(tmp_path / "films", "a.mp4", "b.mp4")
    with pytest.raises(InputError, match=r"--sync-frames(.|\n)*2 frame numbers, one for each video"):
        main(["score", "--scorer", str(scorer), *videos, f"--sync-frames={numbers}", "--output", str(tmp_path)])
    assert not workflow[0]
    assert arguments(*videos, "--scorer", "x", "--sync-frames=-3,5").sync_frames == "-3,5"


def test_a_workflow_that_fails_leaves_nothing_and_gives_its_status(tmp_path, capsys, workflow, scorer):
    workflow[1][0] = 7
    (video,) = filmed(tmp_path / "films", "a.mp4")
    output = tmp_path / "curves"
    assert main(["score", "--scorer", str(scorer), video, "--output", str(output)]) == 7
    assert not list(output.iterdir())
    assert "Nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize("ending", ENDINGS)
def test_files_that_are_there_are_kept_unless_it_is_said(tmp_path, workflow, scorer, ending):
    (video,) = filmed(tmp_path / "films", "a.mp4")
    there = tmp_path / f"a{ending}"
    there.write_text("yesterday's")
    line = ["score", "--scorer", str(scorer), video, "--output", str(tmp_path)]
    with pytest.raises(InputError, match=r"no file of this name(.|\n)*another --name, or say --overwrite") as error:
        main(line)
    assert str(there) in str(error.value)
    assert not workflow[0] and there.read_text() == "yesterday's"
    assert main([*line, "--name", "b"]) == 0 and there.read_text() == "yesterday's"
    assert main([*line, "--overwrite"]) == 0 and there.read_text() == made(f"results/timelines/a{ending}")


def test_a_place_where_nothing_can_be_written_is_told_before_anything_runs(tmp_path, workflow, scorer):
    (video,) = filmed(tmp_path / "films", "a.mp4")
    for place in (video, f"{video}/inside"):
        with pytest.raises(InputError, match=r"a folder to write to(.|\n)*name another one: --output"):
            main(["score", "--scorer", str(scorer), video, "--output", place])
    assert not workflow[0]


def test_a_file_that_is_no_scorer_is_told_before_anything_runs(tmp_path, workflow):
    (video,) = filmed(tmp_path, "a.mp4")
    with pytest.raises(InputError, match="a scorer that Squint wrote"):
        main(["score", "--scorer", video, video])
    assert not workflow[0]


@pytest.mark.parametrize("line", [[], ["unknown"], ["score"], ["score", "a.mp4"], ["score", "--scorer", "x"]])
def test_a_command_line_that_lacks_something_is_told(line, capsys):
    with pytest.raises(SystemExit) as error:
        main(line)
    assert error.value.code == 2 and "usage: python -m squint" in capsys.readouterr().err


@pytest.mark.parametrize(("line", "told"), [(["--help"], "score"), (["score", "--help"], "--scorer FILE")])
def test_help_is_there(line, told, capsys):
    with pytest.raises(SystemExit) as error:
        main(line)
    assert error.value.code == 0 and told in capsys.readouterr().out
