"""What tests change in what a lab gives (the config, the sample sheet, videos), and what a lab is told of mistakes."""

import re
from collections.abc import Sequence

import numpy as np
import yaml

from tests.conftest import Workplace
from tests.videos import CAMERAS, SIZE, write_pictures

LIT, DARK = [120], [4]
QUICK = {"crf": "10", "preset": "ultrafast"}
GOOD = LIT * 8 + DARK * 14 + LIT * 80
MESSAGE = re.compile(
    r"Squint cannot go on with what it was given\.\n +file: +(.*)\n +expected: +(.*)\n +found: +(.*)\n +to do: +(.*)"
)


def laid_over(base: dict, over: dict) -> dict:
    """`over` laid over `base` key by key."""
    merged = dict(base)
    for key, value in over.items():
        merged[key] = laid_over(merged.get(key) or {}, value) if isinstance(value, dict) else value
    return merged


def configure(place: Workplace, **changes: object) -> None:
    path = place.folder / "config.yaml"
    path.write_text(yaml.safe_dump(laid_over(yaml.safe_load(path.read_text()), changes)))


def edit_sheet(place: Workplace, old: str, new: str) -> None:
    path = place.folder / "experiments.tsv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def own_videos(
    place: Workplace,
    folder: str = "videos",
    levels: list[int] = GOOD,
    fps: dict[int, float] | None = None,
    size: tuple[int, int] = SIZE,
    cameras: Sequence[str] = CAMERAS,
    chapters: int = 0,
) -> None:
    """A sample sheet whose first recording has a video file of each of six or other cameras, in `folder`.

    These are grey frames of some levels; `fps` gives the rates of cameras by their number, from 1. With `chapters`
    each camera has so many files.
    """
    where = place.folder / folder
    where.mkdir()
    for number, camera in enumerate(cameras, start=1):
        pictures = [np.full((size[1], size[0]), level, np.uint8) for level in levels]
        for shown in pictures:
            shown[:4, 8 * number : 8 * number + 4] = 255 - shown[0, 0]  # no camera sees quite what another does
        parts = np.array_split(np.stack(pictures), chapters) if chapters else [pictures]
        for chapter, part in enumerate(parts):
            name = f"{camera}-{chapter:04d}.mp4" if chapters else f"{camera}.mp4"
            write_pictures(where / name, list(part), (fps or {}).get(number, 25), options=QUICK)
    quoted = '"' + folder.replace('"', '""') + ('/{camera}-{chapter}.mp4"' if chapters else '/{camera}.mp4"')
    row = f"rotate\t{quoted}\tscores/EXP1.csv\t\t\t{', '.join(cameras)}\t\n"
    edit_sheet(place, "rotate\tsimulated\tsimulated\tsimulated\t\t\t\n", row)
    configure(place, faces={"weights": ""})  # the shipped detector does not search real videos
