"""The names of full frames, and of crops, which hold all that is needed to cut them again (thesis, Figure 4.7).

Example: TBI_20180306_ORGN-S000180-%00011%-C1-F001224-BX1220BY0505BL0233-I0215.jpg
"""

import re
from dataclasses import dataclass
from pathlib import Path

from squint.errors import InputError

LISTING = "names.txt"  # in a folder of crops: all that were cut, or a lost one would not be missed
EXAMPLE = "EXP1_CORR-S000180-%00011%-C1-F001224-BX1220BY0505BL0233-I0215.jpg"
PATTERN = re.compile(
    r"(?P<experiment>[A-Za-z0-9_.]+)_(?P<creation>ORGN|CORR|SYMM|A[0-9][0-9][RTZB])-S(?P<sync_index>[0-9]{6,})-%(?P<units>[0-9X]+)%"
    r"-(?P<camera>[A-Za-z0-9_]+)-F(?P<frame_num>[0-9]{6,})-BX(?P<box_x>[0-9]{4,})BY(?P<box_y>[0-9]{4,})BL(?P<box_size>[0-9]{4,})"
    r"-I(?P<item>[0-9]{4,})\.jpg"
)


def frame_name(camera: str, frame_num: int) -> str:
    """File name of a full frame."""
    return f"{camera}-F{frame_num:06d}.jpg"


@dataclass(frozen=True, order=True)
class CropName:
    """The fields of a crop's name.

    `creation` is ORGN, CORR, SYMM or AXXY with the augmentation's number XX and type Y (R, T, Z, B);
    `units` holds the scores of the scale's units in its order, None for not observable; `sync_index` counts
    frames from the synchronisation frame and `frame_num` from the start of the video; the box is the
    detected one in px of the full frame, before it is widened to 120 %.
    """

    experiment: str
    creation: str
    sync_index: int
    units: tuple[int | None, ...]
    camera: str
    frame_num: int
    box_x: int
    box_y: int
    box_size: int
    item: int

    @property
    def kind(self) -> str:
        """ORGN, CORR, SYMM or AUGM."""
        return "AUGM" if self.creation.startswith("A") else self.creation

    @property
    def score(self) -> float:
        """Mean of the observed units. Raises ValueError if none is observed."""
        observed = [unit for unit in self.units if unit is not None]
        if not observed:
            raise ValueError(f"no observed unit in {encode(self)}")
        return sum(observed) / len(observed)


def encode(name: CropName) -> str:
    """The file name of a crop. Raises ValueError for fields that a name cannot hold."""
    units = "".join("X" if unit is None else str(unit) for unit in name.units)
    text = (
        f"{name.experiment}_{name.creation}-S{name.sync_index:06d}-%{units}%-{name.camera}-F{name.frame_num:06d}"
        f"-BX{name.box_x:04d}BY{name.box_y:04d}BL{name.box_size:04d}-I{name.item:04d}.jpg"
    )
    if decode(text) != name:
        raise ValueError(f"{name} cannot be written as a crop name: {text}")
    return text


def decode(text: str) -> CropName:
    """The fields of a crop's file name. Raises ValueError for anything that `encode` does not write."""
    match = PATTERN.fullmatch(text)
    if match is None:
        raise ValueError(f"expected a crop name such as {EXAMPLE}, found {text!r}")
    numbers = {"sync_index": 6, "frame_num": 6, "box_x": 4, "box_y": 4, "box_size": 4, "item": 4}
    for field, digits in numbers.items():
        if match[field] != f"{int(match[field]):0{digits}d}":
            raise ValueError(
                f"expected {digits} digits without further zeros in {field}, found {match[field]!r} in {text!r}"
            )
    return CropName(
        experiment=match["experiment"],
        creation=match["creation"],
        units=tuple(None if unit == "X" else int(unit) for unit in match["units"]),
        camera=match["camera"],
        **{field: int(match[field]) for field in numbers},
    )


def crops_in(folder: Path) -> list[str]:
    """Names of the crops that are in a folder now, sorted."""
    return sorted(path.name for path in folder.glob("*.jpg"))


def write_listing(folder: Path) -> None:
    """List the crops of a finished folder in it."""
    (folder / LISTING).write_text("".join(f"{name}\n" for name in crops_in(folder)))


def read_listing(folder: Path) -> list[str]:
    """Names of the crops that were cut into a folder, sorted. Raises InputError where they are not those in it now."""
    path = folder / LISTING
    cut, here = set(path.read_text().split()) if path.is_file() else set(), set(crops_in(folder))
    found = [] if path.is_file() else [f"no {LISTING}"]
    found += [f"{name!r} is lost" for name in sorted(cut - here)]
    found += [f"{name!r} was not cut by the workflow" for name in sorted(here - cut)]
    if found:
        remedy = "delete the folder and run again: it is made anew; a wrong face is taken out by corrections"
        raise InputError(folder, f"the {len(cut)} crops that were cut", found[0], remedy)
    return sorted(cut)


KINDS = ("ORGN", "CORR", "SYMM", "AUGM")
