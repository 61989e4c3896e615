"""Which cameras filmed a recording: by the sample sheet, by the config, or by the files that are there."""

from pathlib import Path

import pytest

from squint.config.rigs import (
    ONLY_CAMERA,
    check_files,
    check_names,
    find_cameras,
    read_cameras,
    source_files,
    unused_videos,
)
from squint.domain.rig import MOST_CAMERAS, NOT_CAMERAS
from squint.errors import InputError

SIX = ["C1", "C2", "C3", "C4", "C5", "C6"]
LAB = ["left", "right", "top", "front_2", "Rear", "GoPro7", "7", "cam_08", "door", "wall", "hall", "lamp"]
HERE = "sheet.tsv, experiment 'EXP1'"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working directory of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(*paths: str) -> None:
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def told(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    """File, expectation, finding and remedy of a message."""
    return [line.split(":", 1)[1].strip() for line in str(error.value).splitlines()[1:]]


@pytest.mark.parametrize("cameras", [0, 1, 2, 4, 8, 12])
def test_a_labs_names_are_taken(cameras):
    check_names(LAB[:cameras], HERE)


@pytest.mark.parametrize("name", ["", "left-1", "a b", "C1.", "a/b", "../C1", "ö", "x" * 33, "all", "ALL"])
def test_a_name_that_no_camera_can_have_is_told(name):
    with pytest.raises(InputError) as error:
        check_names(["left", name], HERE)
    expected = f"names of cameras, of letters, digits and underscores, other than {', '.join(NOT_CAMERAS)}"
    assert told(error) == [HERE, expected, repr(name), "correct the name"]


@pytest.mark.parametrize("name", ["fused", "Smoothed", "time_s", "LOW"])
def test_a_camera_is_not_called_as_another_column_of_a_timeline_is(name):
    with pytest.raises(InputError, match=f"found:    '{name}'"):
        check_names(["left", name], HERE)


@pytest.mark.parametrize(
    ("names", "found"), [(["C1", "C2", "C1"], "C1 and C1"), (["left", "top", "LEFT"], "left and LEFT")]
)
def test_names_that_may_be_taken_for_one_are_told(names, found):
    with pytest.raises(InputError) as error:
        check_names(names, HERE)
    assert told(error)[1:3] == ["names of cameras that differ by more than case", found]


def test_more_cameras_than_can_be_used_are_told():
    with pytest.raises(InputError) as error:
        check_names([*LAB, "one_more"], HERE)
    assert told(error) == [HERE, f"at most {MOST_CAMERAS} cameras", "13", "leave some out"]


@pytest.mark.parametrize("cameras", [1, 2, 4, 8, 12])
def test_cameras_are_those_whose_files_are_there_in_natural_order(cameras):
    names = [f"cam{number}" for number in range(1, cameras + 1)]
    put(*(f"films/{name}.mp4" for name in reversed(names)), "films/notes.txt", "films/cam1.mp4.part")
    assert find_cameras("films/{camera}.mp4") == names


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("{camera}/film.mp4", ["left", "right"]),
        ("{camera}/{camera}.mp4", ["left"]),
        ("{camera}/{camera}_{camera}.mp4", ["right"]),
        ("rig/{camera}/day1/{camera}.mp4", ["C2", "C10"]),
        ("here/EXP1_{camera}.mp4", ["top"]),
        ("here/*{camera}.mp4", []),
        ("[x]/{camera}.mp4", ["C1"]),
        ("x+/{camera}.mp4", ["C7"]),
        ("there/{camera}.mp4", []),
    ],
)
def test_a_camera_may_be_a_folder_and_stand_more_than_once(pattern, found):
    put("left/film.mp4", "right/film.mp4", "left/left.mp4", "right/left.mp4", "right/right_right.mp4")
    put(*(f"rig/{name}/day1/{name}.mp4" for name in ("C2", "C10")), "rig/C3/day1/C4.mp4")
    put("here/EXP1_top.mp4", "here/EXP2_top.mp4", "[x]/C1.mp4", "x/C2.mp4", "x+/C7.mp4", "xx/C8.mp4")
    assert find_cameras(pattern) == found


@pytest.mark.parametrize(
    "pattern",
    ["{here}/films/{camera}.mp4", "./films/{camera}.mp4", "films/../films/{camera}.mp4", "films//{camera}.mp4"],
)
def test_a_pattern_may_be_absolute_or_untidy(folder, pattern):
    put("films/C1.mp4")
    assert find_cameras(pattern.replace("{here}", str(folder))) == ["C1"]


def test_folders_and_names_that_no_camera_can_have_are_no_cameras():
    put("films/C1.mp4", "films/left-1.mp4", "films/C1 (copy).mp4", "films/.hidden.mp4", "films/sub/C2.mp4")
    Path("films/C3.mp4").mkdir()
    assert find_cameras("films/{camera}.mp4") == ["C1"]


def test_a_linked_video_is_found():
    put("disk/a.mp4")
    Path("films").mkdir()
    Path("films/C1.mp4").symlink_to("../disk/a.mp4")
    Path("films/C2.mp4").symlink_to("../disk/gone.mp4")
    assert find_cameras("films/{camera}.mp4") == ["C1"]


@pytest.mark.parametrize("videos", ["films/{camera}.mp4", "simulated"])
@pytest.mark.parametrize("cameras", [1, 2, 4, 8, 12])
def test_the_sheet_overrules_the_config_and_keeps_its_order(videos, cameras):
    put("films/other.mp4")
    names = LAB[:cameras]
    assert read_cameras(" , ".join(names), videos, SIX, HERE) == tuple(names)
    assert read_cameras(",".join(names), videos, [], HERE) == tuple(names)


def test_without_names_in_the_sheet_the_configs_count_whatever_files_are_there():
    put("films/C1.mp4", "films/C9.mp4")
    assert read_cameras("", "films/{camera}.mp4", SIX, HERE) == tuple(SIX)
    assert read_cameras("", "simulated", SIX, HERE) == tuple(SIX)


def test_without_any_names_the_files_tell():
    put("films/C2.mp4", "films/C10.mp4")
    assert read_cameras("", "films/{camera}.mp4", [], HERE) == ("C2", "C10")


@pytest.mark.parametrize(
    ("cell", "usual", "found"),
    [("", [], (ONLY_CAMERA,)), ("", ["front"], ("front",)), ("front", [], ("front",)), ("front", SIX, ("front",))],
)
def test_a_path_without_a_placeholder_is_one_cameras(cell, usual, found):
    assert read_cameras(cell, "films/one.mp4", usual, HERE) == found


@pytest.mark.parametrize(("cell", "usual"), [("left, right", []), ("left, right", ["front"]), ("", ["left", "right"])])
def test_a_path_without_a_placeholder_for_several_cameras_is_told(cell, usual):
    with pytest.raises(InputError) as error:
        read_cameras(cell, "films/one.mp4", usual, HERE)
    assert told(error) == [
        HERE,
        "a path that holds {camera}, which becomes left, right",
        "films/one.mp4",
        "write it into the path; or name one camera in column `cameras`",
    ]


def test_a_pattern_that_finds_nothing_is_told():
    with pytest.raises(InputError) as error:
        read_cameras("", "films/{camera}.mp4", [], HERE)
    assert told(error) == [
        HERE,
        "videos of some cameras as films/{camera}.mp4",
        "none",
        "correct the path, or name the cameras in the column `cameras`",
    ]


def test_a_simulated_recording_without_named_cameras_is_told():
    with pytest.raises(InputError) as error:
        read_cameras("", "simulated", [], HERE)
    assert told(error) == [
        HERE,
        "the cameras of a simulated recording",
        "none",
        "name them in the column `cameras`, or in `recordings: cameras` of the config",
    ]


@pytest.mark.parametrize(
    ("cell", "expected", "found"),
    [
        ("left,", "names of cameras, of letters", "''"),
        ("left; right", "names of cameras, of letters", "'left; right'"),
        ("left, Left", "differ by more than case", "left and Left"),
        (", ".join([*LAB, "x"]), "at most 12 cameras", "13"),
    ],
)
@pytest.mark.parametrize("videos", ["films/{camera}.mp4", "films/one.mp4", "simulated"])
def test_a_wrong_cell_is_told_by_its_column(videos, cell, expected, found):
    with pytest.raises(InputError) as error:
        read_cameras(cell, videos, SIX, HERE)
    assert told(error)[0] == f"{HERE}, column `cameras`"
    assert expected in told(error)[1] and told(error)[2] == found


@pytest.mark.parametrize(
    ("files", "expected", "found"),
    [
        (["Left", "left"], "differ by more than case", "Left and left"),
        (["all", "left"], "other than all", "'all'"),
        ([f"cam{number}" for number in range(13)], "at most 12 cameras", "13"),
    ],
)
def test_files_of_wrong_names_are_told_by_their_pattern(files, expected, found):
    put(*(f"films/{name}.mp4" for name in files))
    with pytest.raises(InputError) as error:
        read_cameras("", "films/{camera}.mp4", [], HERE)
    assert told(error)[0] == f"{HERE}, videos films/{{camera}}.mp4"
    assert expected in told(error)[1] and told(error)[2] == found


def test_files_may_all_be_there_or_all_be_still_to_come():
    check_files(["left", "right"], "films/{camera}.mp4", HERE)
    put("films/left.mp4", "films/right.mp4")
    check_files(["left", "right"], "films/{camera}.mp4", HERE)
    check_files(["left"], "films/one.mp4", HERE)


def test_some_files_without_the_others_are_told_with_the_first_that_is_missing():
    put("films/left.mp4")
    with pytest.raises(InputError) as error:
        check_files(["left", "right", "top"], "films/{camera}.mp4", HERE)
    assert told(error) == [
        HERE,
        "a video of each of its cameras (left, right, top)",
        "no films/right.mp4",
        "correct the column `videos`, name the cameras in the column `cameras`, or bring the missing files",
    ]


def test_videos_of_cameras_that_are_not_named_are_unused():
    put("films/C1.mp4", "films/C10.mp4", "films/C2.mp4", "films/one.mp4")
    assert unused_videos(["C1"], "films/{camera}.mp4") == ["C2", "C10", "one"]
    assert unused_videos(["C1", "C2", "C10", "one"], "films/{camera}.mp4") == []
    assert unused_videos(["C1"], "films/one.mp4") == unused_videos(["C1"], "simulated") == []


CHAPTERED = "day/{camera}/GH{chapter}0123.MP4"


def test_chapters_come_in_the_order_of_their_numbers():
    put(*(f"day/left/{chapter}.MTS" for chapter in (10, 9, 11, 8)), "day/left/8.MTS.bak", "day/left/x.MTS")
    found = source_files("left", "day/{camera}/{chapter}.MTS", HERE)
    assert found == [f"day/left/{chapter}.MTS" for chapter in (8, 9, 10, 11)]
    assert source_files("left", "day/{camera}.mp4", HERE) == ["day/left.mp4"]  # there or not
    assert source_files("right", "day/{camera}/{chapter}.MTS", HERE) == []


def test_chapters_of_another_recording_are_left_out():
    put("day/left/GH010123.MP4", "day/left/GH020123.MP4", "day/left/GH010124.MP4")
    assert source_files("left", CHAPTERED, HERE) == ["day/left/GH010123.MP4", "day/left/GH020123.MP4"]


@pytest.mark.parametrize("chapters", [("01", "03"), ("01", "1")])
def test_a_missing_chapter_is_told(chapters):
    put(*(f"day/left/GH{chapter}0123.MP4" for chapter in chapters))
    with pytest.raises(InputError) as error:
        source_files("left", CHAPTERED, HERE)
    one, other = (f"day/left/GH{chapter}0123.MP4" for chapter in chapters)
    assert told(error)[1:3] == ["chapters without a gap as day/left/GH{chapter}0123.MP4", f"{one}, then {other}"]


def test_cameras_are_found_by_their_chapters():
    put("day/left/GH010123.MP4", "day/left/GH020123.MP4", "day/top/GH010123.MP4")
    assert find_cameras(CHAPTERED) == ["left", "top"]
    check_files(["left", "top"], CHAPTERED, HERE)
    with pytest.raises(InputError) as error:
        check_files(["left", "wall"], CHAPTERED, HERE)
    assert told(error)[2] == "no day/wall/GH{chapter}0123.MP4"


def test_a_chapter_that_may_be_another_cameras_is_told():
    put("day/C11.mp4", "day/C12.mp4")
    with pytest.raises(InputError, match=r"something between \{camera\} and \{chapter\}"):
        source_files("C1", "day/{camera}{chapter}.mp4", HERE)
