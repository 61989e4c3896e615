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

import yaml

from squint.domain.naming import DETECTOR_RECORDING
from squint.domain.rig import MOST_CAMERAS, can_be_camera
from squint.errors import InputError, instead_of_file
from squint.scorer.archive import About, read_about

ROOT = Path(__file__).parents[2]
COLUMNS = ("experiment", "subject", "condition", "role", "videos", "sync_frames", "cameras")
ENDINGS = (".csv", ".svg", ".cameras.csv")  # of what is made of a recording


def read_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """The command line behind `python -m squint score`."""
    parser.add_argument("videos", nargs="+", metavar="VIDEO", help="a video of each camera of one recording")
    parser.add_argument(
        "--scorer", required=True, metavar="FILE", help="a scorer (.squint), made by `snakemake scorer`"
    )
    parser.add_argument("--name", default="", help="what the recording is called; default: as its first video")
    parser.add_argument("--output", type=Path, default=Path(), metavar="FOLDER", help="where to write; default: here")
    parser.add_argument(
        "--sync-frames",
        default="",
        metavar="N,N…",
        help="a frame of each camera at one instant; without it the light that comes on tells. One camera needs none",
    )
    parser.add_argument("--overwrite", action="store_true", help="put the files in place of those that are there")
    parser.add_argument("--allow-damaged", action="store_true", help="go on with what can be read of a broken video")
    parser.add_argument("--cores", default="all", metavar="N", help="processor cores to use; default: all")
    return parser.parse_args(arguments)


def name_cameras(videos: Sequence[str]) -> dict[str, str]:
    """Camera to video: cameras are called as their files where these are told apart by that, else C1, C2 …

    Raises InputError for too many videos and for paths where no file is.
    """
    if len(videos) > MOST_CAMERAS:
        expected, remedy = f"at most {MOST_CAMERAS} videos of one recording", "score recordings one by one"
        raise InputError("the command line", expected, str(len(videos)), remedy)
    for video in videos:
        if not Path(video).is_file():
            raise InputError(video, "the video of a camera", instead_of_file(video), "correct the path")
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


def score(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Score a recording and write its curve, a picture of it, and what is told of its cameras; the exit status."""
    given = read_arguments(parser, arguments)
    about, cameras = read_about(given.scorer), name_cameras(given.videos)
    name = name_recording(given.name, given.videos)
    outputs = [given.output / f"{name}{ending}" for ending in ENDINGS]
    check_outputs(outputs, given.overwrite)
    with tempfile.TemporaryDirectory(prefix="squint-score") as place:
        folder = Path(place)
        set_up(folder, name, cameras, given, about)
        targets = [f"results/timelines/{name}{ending}" for ending in ENDINGS]
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", place]
        command += ["--cores", given.cores, "--quiet", "reason", "--configfile", str(folder / "config.yaml")]
        status = subprocess.run([*command, "--", *targets], check=False).returncode
        if status:
            print("Nothing was written: the words above say why.", file=sys.stderr)
            return status
        for target, written in zip(targets, outputs, strict=True):
            shutil.copyfile(folder / target, written)
            print(written)
    return 0
