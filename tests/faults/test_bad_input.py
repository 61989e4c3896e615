"""Each mistake in what a lab gives ends in one message that names the file and what to do, and in no result."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.conftest import Workplace, set_up
from tests.lab import GOOD, LIT, MESSAGE, configure, edit_sheet, own_videos
from tests.scales import WHOLE_MGS
from tests.videos import write_pictures, write_video

Change = Callable[[Workplace], None]
SYNC = "results/sync/EXP1.csv"
LABELS = "results/labels/EXP1.parquet"
CROPS = "results/crops/EXP1_CORR"


@dataclass(frozen=True)
class Case:
    """A mistake, and what the message must hold: a part of the file's name, and of what was found."""

    name: str
    change: Change
    file: str
    found: str
    target: str = ""  # what is asked for; empty: all
    finished: bool = False  # the mistake is made after a finished run
    by_snakemake: bool = False  # Snakemake itself refuses it, before any code of ours runs


def config(**changes) -> Change:
    """Values laid over the miniature's config, key by key."""
    return lambda place: configure(place, **changes)


def config_text(text: str) -> Change:
    def change(place: Workplace) -> None:
        path = place.folder / "config.yaml"
        path.write_text(path.read_text() + text)

    return change


def sheet(old: str, new: str) -> Change:
    return lambda place: edit_sheet(place, old, new)


def sheet_is(make: Callable[[Path], object]) -> Change:
    """The sample sheet is replaced by what `make` puts at its path."""

    def change(place: Workplace) -> None:
        path = place.folder / "experiments.tsv"
        path.unlink()
        make(path)

    return change


def loop(path: Path) -> None:
    path.symlink_to(path)


def config_is_a_loop(place: Workplace) -> None:
    (place.folder / "config.yaml").unlink()
    loop(place.folder / "config.yaml")


def video_is(make: Callable[[Path], object]) -> Change:
    """Six good videos, of which the second is replaced by what `make` puts at its path."""

    def change(place: Workplace) -> None:
        own_videos(place)
        path = place.folder / "videos" / "C2.mp4"
        path.unlink()
        make(path)

    return change


def no_video_of_a_camera(place: Workplace) -> None:
    own_videos(place, cameras=["front"])
    (place.folder / "videos" / "front.mp4").unlink()


def one_path_of_four_cameras(place: Workplace) -> None:
    edit_sheet(place, f"{ROW}\tsimulated\tsimulated", f"{ROW.replace('simulated', 'a.mp4')}\tscores.csv\t")
    configure(place, faces={"weights": ""})


def video_twice(place: Workplace) -> None:
    own_videos(place)
    shutil.copyfile(place.folder / "videos" / "C1.mp4", place.folder / "videos" / "C2.mp4")


def videos_twice(place: Workplace) -> None:
    for name in ("EXP1\tmouse1", "EXP2\tmouse2"):
        edit_sheet(
            place,
            f"{name}\tpain\trotate\tsimulated\tsimulated\tsimulated",
            f"{name}\tpain\trotate\tv/{{camera}}.mp4\ta.csv\t",
        )
    configure(place, faces={"weights": ""})


def cut_video(path: Path) -> None:
    pictures = [np.full((48, 64), level, np.uint8) for level in GOOD]
    write_pictures(path, pictures, container_options={"movflags": "faststart"})  # the header comes first
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])


def manual_sync(text: str) -> Change:
    def change(place: Workplace) -> None:
        own_videos(place)
        edit_sheet(place, "scores/EXP1.csv\t\t", f"scores/EXP1.csv\t\t{text}")

    return change


def scores(change: Callable[[pd.DataFrame], pd.DataFrame] | None) -> Change:
    """The simulated expert's scores as a file of the lab, changed; None for no file."""

    def write(place: Workplace) -> None:
        edit_sheet(place, "rotate\tsimulated\tsimulated\tsimulated", "rotate\tsimulated\tscores/EXP1.csv\t")
        (place.folder / "scores").mkdir()
        if change is not None:
            table = pd.read_csv(place.results / "simulated" / "EXP1" / "scores.csv", dtype=str)
            change(table).to_csv(place.folder / "scores" / "EXP1.csv", index=False)

    return write


def cell(column: str, value: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[0, column] = value
        return table

    return change


def corrections(rows: str) -> Change:
    def write(place: Workplace) -> None:
        edit_sheet(place, "rotate\tsimulated\tsimulated\tsimulated", "rotate\tsimulated\tscores.csv\tcorrected.csv")
        shutil.copy(place.results / "simulated" / "EXP1" / "scores.csv", place.folder / "scores.csv")
        (place.folder / "corrected.csv").write_text(f"camera,frame_num,box_x,box_y,box_size\n{rows}\n")

    return write


def file_and_config(name: str, content: bytes, **changes) -> Change:
    def write(place: Workplace) -> None:
        (place.folder / name).write_bytes(content)
        configure(place, **changes)

    return write


def first_crop(folder: Path) -> Path:
    return min(folder.glob("*.jpg"))


def foreign_crop(place: Workplace) -> None:
    folder = place.folder / CROPS
    shutil.copy(first_crop(folder), folder / "IMG_0001.jpg")


def others_crop(place: Workplace) -> None:
    shutil.copy(first_crop(place.results / "crops" / "EXP2_CORR"), place.folder / CROPS)


def others_labels(place: Workplace) -> None:
    shutil.copyfile(place.results / "labels" / "EXP2.parquet", place.folder / LABELS)


def cut_crop(place: Workplace) -> None:
    path = first_crop(place.folder / CROPS)
    path.write_bytes(path.read_bytes()[:-500])


ROW = "EXP1\tmouse1\tpain\trotate\tsimulated"
CASES = [
    # The config.
    Case("unknown key", config(momments={}), "config", "an unknown key 'momments' (did you mean 'moments'?)"),
    Case("unknown inner key", config(faces={"wieghts": ""}), "config", "'faces.wieghts' (did you mean 'weights'?)"),
    Case("text for a number", config(seed="one"), "config", "'one' is not of type 'integer'"),
    Case("number out of range", config(faces={"detection": {"certainty": 2}}), "config", "2 is greater than"),
    Case("NaN", config(moments={"defaults": {"sh_decay": float("nan")}}), "config", "nan"),
    Case("infinity", config(network_defaults={"learning_rate": float("inf")}), "config", "inf"),
    Case("repeated key", config_text("\nseed: 2\n"), "config.yaml", "'seed' more than once"),
    Case("repeated inner key", config_text("\nchoices: {fold: 1, fold: 2}\n"), "config.yaml", "'fold' more than once"),
    Case("templates", config_text("\n__use_yte__: true\n"), "config.yaml", "lets a config run code"),
    Case("tag", config_text("\nx: !!python/name:os.system\n"), "config.yaml", "could not determine a constructor"),
    Case("call", config_text("\nx: !!python/object/apply:os.mkdir [x]\n"), "", "not valid", by_snakemake=True),
    Case("tabs", config_text("\nfaces:\n\tweights: a\n"), "", "not valid JSON or YAML", by_snakemake=True),
    Case("symlink loop", config_is_a_loop, "config.yaml", "Too many levels of symbolic links", by_snakemake=True),
    Case("no such sheet", config(experiments="nowhere.tsv"), "nowhere.tsv", "no such file"),
    Case("unknown network", config(evaluation={"timeline_network": "compct"}), "config", "'compct'"),
    Case("unknown base", config(networks={"compact_views": {"base": "x"}}), "config", "'x'"),
    Case("circle of bases", config(networks={"compact_units": {"base": "compact_views"}}), "config", "compact_units"),
    Case("misspelt value", config(networks={"compact_units": {"dropuot": 1}}), "config", "did you mean 'dropout'?"),
    Case("unknown backbone", config(networks={"compact_units": {"backbone": "VGG"}}), "config", "'VGG'"),
    Case("weights that are not there", config(networks={"compact_units": {"weights": "a.h5"}}), "config", "'a.h5'"),
    Case("a fold too many", config(choices={"fold": 3}), "config", "3"),
    Case("no control", config(evaluation={"controls": ["compact_units"]}), "config", "compact_units"),
    Case("binary timeline", config(evaluation={"timeline_network": "lite_binary"}), "config", "lite_binary"),
    Case("reversed gap", config(networks={"lite_binary": {"gap": [1, 0.5]}}), "config", "[1, 0.5]"),
    Case("falling bins", config(network_defaults={"bins": [0, 1, 0.5, 2]}), "config", "[0, 1, 0.5, 2]"),
    Case("no GPU's name", config(gres="gpu:1; rm -rf /"), "config", "does not match"),
    Case("values of single recordings", config(moments={"overrides": {"EXP7": {}}}), "config", "unknown key"),
    Case("unknown scale", config(scale="mouse_grimaces"), "config", "did you mean 'mouse_grimace'?"),
    Case("half a scale", config(scale={"name": "ours"}), "`scale`", "no such key"),
    Case(
        "broken scale",
        file_and_config("ours.yaml", b"name: [\n", scale="ours.yaml"),
        "ours.yaml",
        "expected the node content",
    ),
    Case(
        "a scale of no units",
        file_and_config("ours.yaml", yaml.safe_dump(WHOLE_MGS | {"units": []}).encode(), scale="ours.yaml"),
        "ours.yaml",
        "[]",
    ),
    Case("a camera's path", config(recordings={"cameras": ["../C1"]}), "`recordings: cameras`", "'../C1'"),
    Case("a camera twice", config(recordings={"cameras": ["C1", "c1"]}), "`recordings: cameras`", "C1 and c1"),
    Case("13 cameras", config(recordings={"cameras": [f"C{n}" for n in range(13)]}), "config", "is too long"),
    Case("no cameras", config(recordings={"cameras": []}), "EXP1", "none"),
    Case("more faces than cameras", config(moments={"defaults": {"min_det_num": 2}}), "BAS2", "1 camera (front)"),
    # The sample sheet.
    Case("misspelt column", sheet("\tsubject\t", "\tsubjet\t"), "experiments.tsv", "did you mean 'subject'?"),
    Case(
        "missing column", sheet_is(lambda path: path.write_text("subject\n")), "experiments.tsv", "no column 'videos'"
    ),
    Case("unknown role", sheet("\trotate\t", "\trotates\t"), "EXP1", "did you mean 'rotate'?"),
    Case("unknown condition", sheet("\tpain\t", "\tNaN\t"), "EXP1", "'NaN'"),
    Case("repeated experiment", sheet("EXP2\t", "EXP1\t"), "experiments.tsv", "'EXP1' more than once"),
    Case("subject on both sides", sheet("mouse9\tbasal", "mouse1\tbasal"), "BAS2", "subject 'mouse1'"),
    Case("no scores", sheet("rotate\tsimulated\tsimulated", "rotate\tsimulated\t"), "EXP1", "empty cell in column"),
    Case("no {camera}", one_path_of_four_cameras, "EXP1", "a.mp4"),
    Case("cameras of one kind", sheet("left, right", "left, Left"), "NEW1", "left and Left"),
    Case("no camera's name", sheet("left, right", "left; right"), "column `cameras`", "'left; right'"),
    Case("a comma at the end", sheet("left, right", "left, right,"), "column `cameras`", "''"),
    Case("space in a name", sheet("EXP1\t", "EXP 1\t"), "EXP 1", "'EXP 1' does not match"),
    Case("quotes in a name", sheet("EXP1\t", "EXP'1\t"), "EXP'1", "does not match"),
    Case("newline in a name", sheet("EXP1\t", '"EXP\n1"\t'), "EXP\\n1", "does not match"),
    Case("unicode in a name", sheet("EXP1\t", "ÉXP1\t"), "ÉXP1", "'ÉXP1' does not match"),
    Case("path in a name", sheet("EXP1\t", "../EXP1\t"), "../EXP1", "'../EXP1' does not match"),
    Case("a cell too many", sheet("EXP1\t", "EXP1\tx\ty\tz\tw\t"), "experiments.tsv", "is beyond the last column"),
    Case("empty sheet", sheet_is(Path.touch), "experiments.tsv", "no names of columns"),
    Case(
        "binary sheet", sheet_is(lambda path: path.write_bytes(b"\xff\xfe\x00")), "experiments.tsv", "no text in UTF-16"
    ),
    Case("folder for a sheet", sheet_is(Path.mkdir), "experiments.tsv", "a folder"),
    Case("sheet in a loop", sheet_is(loop), "experiments.tsv", "a link that leads nowhere"),
    Case("pipe for a sheet", sheet_is(os.mkfifo), "experiments.tsv", "no regular file"),
    Case("one animal alone", sheet("EXP2\tmouse2", "EXP2\tmouse1"), "experiments.tsv", "1"),
    Case("nothing to validate", sheet("\tvalidate\t", "\ttrain\t"), "experiments.tsv", "0"),
    Case("scores in results", sheet("simulated\tsimulated\tsimulated", "v/{camera}\tresults/a\t"), "EXP1", "results/a"),
    Case("scores round a corner", sheet(f"{ROW}\tsimulated", f"{ROW}\t./x/../results/a"), "EXP1", "./x/../results/a"),
    Case("names of one kind", sheet("EXP2\tmouse2", "EXP2\tMOUSE1"), "experiments.tsv", "'MOUSE1' and 'mouse1'"),
    Case("a space that is not seen", sheet("mouse2", "mouse1\u200b"), "experiments.tsv", "can't be seen"),
    Case("videos of two animals", videos_twice, "EXP2", "for EXP1, camera C1 and"),
    Case("reserved name", sheet("EXP1\t", "FACE1\t"), "experiments.tsv", "'FACE1'"),
    Case("simulated scores", sheet("simulated\tsimulated\tsimulated", "v/{camera}\tsimulated\t"), "EXP1", "simulated"),
    # The videos.
    Case("no video", no_video_of_a_camera, "videos/front.mp4", "no such file", SYNC),
    Case("a camera's video missing", video_is(lambda path: None), "EXP1", "no videos/C2.mp4", SYNC),
    Case("text for a video", video_is(lambda path: path.write_text("text " * 99)), "C2.mp4", "InvalidDataError", SYNC),
    Case("empty video", video_is(Path.touch), "videos/C2.mp4", "InvalidDataError", SYNC),
    Case("cut video", video_is(cut_video), "videos/C2.mp4", "the file is cut", SYNC),
    Case("folder for a video", video_is(Path.mkdir), "videos/C2.mp4", "a folder", SYNC),
    Case("video in a loop", video_is(loop), "EXP1", "no videos/C2.mp4", SYNC),
    Case("pipe for a video", video_is(os.mkfifo), "videos/C2.mp4", "no regular file", SYNC),
    Case("a camera's video twice", video_twice, "EXP1", "'videos/C1.mp4' for EXP1, camera C1 and", SYNC),
    Case("started late", video_is(lambda path: write_video(path, LIT * 90)), "C2.mp4", "started after it", SYNC),
    Case("no light", lambda place: own_videos(place, levels=LIT * 100), "C1.mp4", "no such dark fragment", SYNC),
    Case("other rates", lambda place: own_videos(place, fps={5: 50}), "C1.mp4", "C5: 50 fps", SYNC),
    Case("five sync frames", manual_sync("1,2,3,4,5"), "column `sync_frames`", "'1,2,3,4,5'", SYNC),
    Case("a sync frame too far", manual_sync("1,2,3,4,5,999"), "column `sync_frames`", "999", SYNC),
    Case("a sync frame of NaN", manual_sync("1,2,3,4,5,nan"), "column `sync_frames`", "nan", SYNC),
    # Scores and corrections.
    Case("scores not there", scores(None), "scores/EXP1.csv", "no such file", LABELS, finished=True),
    Case("unknown item", scores(cell("item", "4711")), "scores/EXP1.csv", "item '4711'", LABELS, finished=True),
    Case("a score of 3", scores(cell("eye", "3")), "scores/EXP1.csv", "'3' for eye", LABELS, finished=True),
    Case("infinite score", scores(cell("ear", "inf")), "scores/EXP1.csv", "'inf' for ear", LABELS, finished=True),
    Case("bad bad_image", scores(cell("bad_image", "?")), "scores/EXP1.csv", "'?' for item", LABELS, finished=True),
    Case("item twice", scores(lambda t: pd.concat([t, t])), "EXP1.csv", "more than once", LABELS, finished=True),
    Case("other key", scores(cell("key", "abc")), "EXP1.csv", "another key for item", LABELS, finished=True),
    Case("nothing done", scores(lambda t: t.assign(done="0")), "EXP1.csv", "none", LABELS, finished=True),
    Case("column nsoe", scores(lambda t: t.rename(columns={"nose": "nsoe"})), "EXP1.csv", "'nsoe'", LABELS, True),
    Case("camera C7", corrections("C7,5,1,2,3"), "corrections", "C7, frame 5", CROPS, finished=True),
    Case("a camera's hyphen", corrections("left-1,5,1,2,3"), "corrected.csv", "'left-1'", CROPS, finished=True),
    Case("box of NaN", corrections("C1,5,nan,2,3"), "corrected.csv", "'nan' in row 2", CROPS, finished=True),
    Case("infinite box", corrections("C1,5,1,2,inf"), "corrected.csv", "'inf' in row 2", CROPS, finished=True),
    Case("negative box", corrections("C1,5,1,2,-3"), "corrected.csv", "'-3' in row 2", CROPS, finished=True),
    Case("box outside the frame", corrections("C1,5,5000,9,30"), "corrected.csv", "box_x 5000", CROPS, finished=True),
    Case("box of 999999999", corrections("C1,5,1,2,999999999"), "corrected.csv", "999999999", CROPS, finished=True),
    Case("frame not shown", corrections("C1,99999,1,2,3"), "corrections", "frame 99999", CROPS, finished=True),
    Case("corrected twice", corrections("C1,5,1,2,3\nC1,5,1,2,4"), "corrected.csv", "more than once", CROPS, True),
    # What the workflow made, and files from elsewhere.
    Case("a crop's name", foreign_crop, CROPS, "'IMG_0001.jpg'", "results/images/EXP1_CORR.h5", finished=True),
    Case("another's crop", others_crop, CROPS, "'EXP2_CORR", "results/images/EXP1_CORR.h5", finished=True),
    Case("another's labels", others_labels, LABELS, "those of other moments", "results/crops/EXP1_ORGN", finished=True),
    Case("a crop that is cut", cut_crop, CROPS, "its end is missing", "results/images/EXP1_CORR.h5", finished=True),
    Case(
        "too few moments",
        config(moments={"defaults": {"fewest_moments": 5000}}),
        "results/detections/EXP1",
        "moments: of",
        "results/moments/EXP1.parquet",
        finished=True,
    ),
    Case(
        "class without a moment",
        config(networks={"lite_binary": {"gap": [0.0, 0.8]}}),
        "for the network lite_binary",
        "none with a score below 0.0",
        "results/tables/classes.csv",
        finished=True,
    ),
    Case(
        "no annotations",
        config(faces={"annotations": "faces.csv"}),
        "faces.csv",
        "no such file",
        "results/faces/detector.tflite",
    ),
    Case(
        "annotations of NaN",
        file_and_config(
            "faces.csv", b"video,frame_num,box_x,box_y,box_size\na.mp4,nan,1,2,3\n", faces={"annotations": "faces.csv"}
        ),
        "faces.csv",
        "'nan' in row 2",
        "results/faces/detector.tflite",
    ),
    Case(
        "broken COCO",
        file_and_config("faces.json", b'{"images": [', faces={"annotations": "faces.json"}),
        "faces.json",
        "JSONDecodeError",
        "results/faces/detector.tflite",
    ),
    Case(
        "text for a detector",
        file_and_config("mine.tflite", b"no model", faces={"weights": "mine.tflite"}),
        "mine.tflite",
        "",
        "results/detections/EXP1/C1.parquet",
        finished=True,
    ),
    Case(
        "text for weights",
        file_and_config("mine.weights.h5", b"no weights", networks={"compact_units": {"weights": "mine.weights.h5"}}),
        "mine.weights.h5",
        "",
        "results/models/compact_units/LOSOCV-1.keras",
        finished=True,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_told(case, request):
    place = request.getfixturevalue("finished" if case.finished else "workplace")
    if case.finished and case.target:
        place.remove(case.target)
    case.change(place)
    code, output = place.snakemake("--cores", "2", *filter(None, [case.target]))
    assert code != 0, output
    if case.by_snakemake:
        assert case.file in output and case.found in output, output
    else:
        assert "Traceback" not in output, output
        messages = MESSAGE.findall(output)
        assert len(messages) == 1, output
        file, _, found, remedy = messages[0]
        assert case.file in file, messages
        assert case.found in found, messages
        assert remedy.strip(), messages
    asked = place.folder / (case.target or "results/report.html")
    assert not asked.exists() or (case.finished and not case.target), "something is left that looks finished"


def test_there_are_cases_enough():
    assert len({case.name for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize(
    "name", ["my videos", "it's", 'a "quoted" one', "été 鼠", "two\nlines", "semi;colon & $(touch pwned)"]
)
def test_paths_may_hold_any_characters(workplace, name):
    own_videos(workplace, name)
    code, output = workplace.snakemake("--cores", "2", SYNC)
    assert code == 0, output
    assert len(pd.read_csv(workplace.folder / SYNC)) == 6
    assert not list(workplace.folder.rglob("pwned"))


@pytest.mark.parametrize("cameras", [["front"], ["left", "right"], [f"cam{n}" for n in range(1, 9)]], ids=len)
def test_any_rig_is_synchronised(workplace, cameras):
    own_videos(workplace, cameras=cameras)
    code, output = workplace.snakemake("--cores", "2", SYNC)
    assert code == 0, output
    table = pd.read_csv(workplace.folder / SYNC)
    assert table.camera.tolist() == cameras
    assert set(table.method) == {"first frame" if len(cameras) == 1 else "light"}


def test_cameras_are_those_whose_videos_are_there(workplace):
    own_videos(workplace, cameras=["cam10", "cam2"])
    edit_sheet(workplace, "cam10, cam2", "")
    configure(workplace, recordings={"cameras": []}, faces={"weights": "own.tflite"})
    text = (workplace.folder / "experiments.tsv").read_text()
    rest = text.replace("simulated\tsimulated\tsimulated\t\t\t\n", "simulated\tsimulated\tsimulated\t\tfront\t\n")
    (workplace.folder / "experiments.tsv").write_text(rest)
    code, output = workplace.snakemake("--cores", "2", SYNC)
    assert code == 0, output
    assert pd.read_csv(workplace.folder / SYNC).camera.tolist() == ["cam2", "cam10"]


def test_a_very_wide_video_is_read(workplace):
    own_videos(workplace, size=(10_000, 32))
    code, output = workplace.snakemake("--cores", "2", SYNC)
    assert code == 0, output
    record = yaml.safe_load((workplace.results / "recordings" / "EXP1" / "C3.json").read_text())
    assert (record["width"], record["height"]) == (10_000, 32)


def test_the_working_directory_may_have_any_name(project, tmp_path):
    place = Workplace(project, set_up(tmp_path / "été 'q' \"d\" & $(touch pwned)"))
    own_videos(place)
    code, output = place.snakemake("--cores", "2", SYNC)
    assert code == 0, output
    assert len(pd.read_csv(place.folder / SYNC)) == 6
    assert not list(tmp_path.rglob("pwned"))
