"""Scores one recording with a scorer and no config: `python -m squint score --help`.

The workflow does it, in a folder that is gone afterwards.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import yaml

from squint.domain.naming import DETECTOR_RECORDING
from squint.domain.rig import MOST_CAMERAS, can_be_camera
from squint.errors import InputError, instead_of_file
from squint.files.result_tables import read_table
from squint.scorer.archive import About, read_about
from squint.scorer.likeness import describe_unlike

ROOT = Path(__file__).parents[2]
COLUMNS = ("experiment", "subject", "condition", "role", "videos", "sync_frames", "cameras")
ENDINGS = (".csv", ".svg", ".cameras.csv")  # of what is made of a recording


def frame_numbers(text: str) -> str:
    """`text`, which argparse takes if it is whole numbers with commas between, or empty."""
    if not re.fullmatch(r"|-?[0-9]+(,-?[0-9]+)*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no frame numbers with commas between, such as 12,15")
    return text


def core_count(text: str) -> str:
    """`text`, which argparse takes if it is a number from 1 on or `all`."""
    if not re.fullmatch(r"all|[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number from 1 on nor all")
    return text


def read_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """The command line behind `python -m squint score`."""
    videos = "a video of each camera of one recording. Cameras are called as the files, or C1, C2 … in their order"
    parser.add_argument("videos", nargs="+", metavar="VIDEO", help=videos)
    parser.add_argument(
        "--scorer", required=True, metavar="FILE", help="a scorer (.squint), made by `snakemake scorer`"
    )
    named = "what the recording and its animal are called; default: as the first video"
    parser.add_argument("--name", default="", help=named)
    parser.add_argument("--output", type=Path, default=Path(), metavar="FOLDER", help="where to write; default: here")
    parser.add_argument(
        "--sync-frames",
        default="",
        metavar="N,N…",
        type=frame_numbers,
        help="a frame of each camera at one instant, such as --sync-frames=12,-3 (negative for a camera that was "
        "started later); without it the light that comes on tells. One camera needs none",
    )
    parser.add_argument("--overwrite", action="store_true", help="put the files in place of those that are there")
    parser.add_argument("--allow-damaged", action="store_true", help="go on with what can be read of a broken video")
    parser.add_argument(
        "--cores", default="all", metavar="N", type=core_count, help="processor cores to use; default: all"
    )
    return parser.parse_args(arguments)


def name_cameras(videos: Sequence[str]) -> dict[str, str]:
    """Camera to video: cameras are called as their files where these are told apart by that, else C1, C2 …

    Raises InputError for too many videos, for one that is there twice, and for paths where no file is.
    """
    if len(videos) > MOST_CAMERAS:
        expected, remedy = f"at most {MOST_CAMERAS} videos of one recording", "score recordings one by one"
        raise InputError("the command line", expected, str(len(videos)), remedy)
    for video in videos:
        if not Path(video).is_file():
            raise InputError(video, "the video of a camera", instead_of_file(video), "correct the path")
    files = [Path(video).resolve() for video in videos]
    for video, file in zip(videos, files, strict=True):
        if files.count(file) > 1:
            raise InputError(video, "each video once", "the same file twice", "name the video of another camera")
    names = [re.sub(r"[^A-Za-z0-9_]", "_", Path(video).stem)[:32] for video in videos]
    if len({name.casefold() for name in names}) < len(names) or not all(map(can_be_camera, names)):
        names = [f"C{number}" for number in range(1, len(videos) + 1)]
    return dict(zip(names, videos, strict=True))


def name_recording(given: str, videos: Sequence[str]) -> str:
    """A name of letters, digits and underscores for the recording, that is none of those for the detector."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", given or Path(videos[0]).stem) or "recording"
    return f"{name}_" if DETECTOR_RECORDING.fullmatch(name) else name


def set_up(folder: Path, name: str, cameras: dict[str, str], given: argparse.Namespace, about: About) -> None:
    """Write a sample sheet and a config into `folder`, and links to the videos."""
    (folder / "videos").mkdir()
    for camera, video in cameras.items():
        (folder / "videos" / camera).symlink_to(Path(video).resolve())
    row = (name, name, "basal", "score", "videos/{camera}", f'"{given.sync_frames}"', f'"{",".join(cameras)}"')
    (folder / "experiments.tsv").write_text("\t".join(COLUMNS) + "\n" + "\t".join(row) + "\n")
    config = {
        "experiments": "experiments.tsv",
        "scorer": str(Path(given.scorer).resolve()),
        "scale": about.scale,
        "recordings": {"allow_damaged": given.allow_damaged},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True))


def check_outputs(outputs: Sequence[Path], overwrite: bool) -> None:
    """Raise InputError, before anything is scored, where the files can't be written or others are in their place."""
    folder = outputs[0].parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        found = error.strerror or str(error)
        raise InputError(folder, "a folder to write to", found, "name another one: --output") from error
    there = [path for path in outputs if path.exists()]
    if there and not overwrite:
        expected, remedy = "no file of this name", "give the recording another --name, or say --overwrite"
        raise InputError(there[0], expected, "one", remedy)


def check_sync_frames(given: argparse.Namespace) -> None:
    """Raise InputError unless there is a frame number for each video, or none."""
    numbers = given.sync_frames.split(",") if given.sync_frames else []
    if numbers and len(numbers) != len(given.videos):
        expected, found = f"{len(given.videos)} frame numbers, one for each video", str(len(numbers))
        raise InputError("the command line, --sync-frames", expected, found, "give as many as videos")


def describe_curve(name: str, curve: pd.DataFrame, cameras: pd.DataFrame) -> list[str]:
    """What a curve and what is told of its cameras say, a sentence each."""
    scored, minutes = curve[curve.fused.notna()], (curve.time_s.max() - curve.time_s.min()) / 60
    said = f"mean score {scored.fused.mean():.2f} over {minutes:.1f} min" if len(scored) else "no score"
    sentences = [f"{name}: {said}; {len(curve) - len(scored)} of {len(curve)} moments with a face are not scored."]
    for row in cameras[cameras.told].fillna({"differs": ""}).itertuples():
        sentences.append(f"Camera {row.camera} {describe_unlike(row.differs)}")
    return sentences


def score(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Score a recording and write its curve, a picture of it, and what is told of its cameras; the exit status."""
    given = read_arguments(parser, arguments)
    about, cameras = read_about(given.scorer), name_cameras(given.videos)
    check_sync_frames(given)
    name = name_recording(given.name, given.videos)
    outputs = [given.output / f"{name}{ending}" for ending in ENDINGS]
    check_outputs(outputs, given.overwrite)
    for camera, video in cameras.items():
        if camera != Path(video).stem:
            print(f"{video} is camera {camera}")
    with tempfile.TemporaryDirectory(prefix="squint-score") as place:
        folder = Path(place)
        set_up(folder, name, cameras, given, about)
        targets = [f"results/timelines/{name}{ending}" for ending in ENDINGS]
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", place]
        command += ["--cores", given.cores, "--configfile", str(folder / "config.yaml")]
        command += ["--quiet", "host", "progress", "reason"]
        status = subprocess.run([*command, "--", *targets], check=False).returncode
        if status:
            print("Nothing was written: the words above say why.", file=sys.stderr)
            return status
        for target, written in zip(targets, outputs, strict=True):
            shutil.copyfile(folder / target, written)
            print(written)
        curve, _, told = (str(folder / target) for target in targets)
        print("\n".join(describe_curve(name, read_table(curve), read_table(told, dtype={"differs": str}))))
    return 0
