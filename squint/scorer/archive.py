"""A scorer in one file, to take away: a zip of its networks, its face detector and all that they need.

Nothing in the file is code, and reading it runs none: networks are read in Keras's safe mode, the detector by LiteRT,
statistics by HDF5, and the rest is JSON and text. Each part is checked by its digest.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from squint.domain.scale import Scale, make_scale
from squint.errors import InputError, instead_of_file
from squint.outputs import OUTPUTS

SCHEMA = Path(__file__).parents[2] / "schemas" / "scorer.schema.yaml"
FORMAT = 1  # of the file; a newer one is refused
REGIONS = "regions"  # the `kind` of a scorer of regions; one of faces has none
ABOUT, CARD, DETECTOR, LICENCE = "scorer.json", "MODEL_CARD.md", "detector.tflite", "LICENSE"
SEGMENTATION, EYES = "segmentation.tflite", "eyes.tflite"  # of a scorer of regions (squint.regions.archive)
FOLDERS = {"networks": ".keras", "extractors": ".keras", "likeness": ".h5"}  # with the ending of what is in them
MOST_BYTES = 16 << 30  # of all parts
MOST_WORDS = 200  # letters of what is told of a value that is wrong
EPOCH = (1980, 1, 1, 0, 0, 0)  # when all parts were made, so that the same parts make the same file
# What reading a zip that is damaged, encrypted or nested without end raises.
UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
REMEDY = "take the file as Squint wrote it (snakemake scorer), from who made it"


@dataclass(frozen=True)
class About:
    """What a scorer is, beside its networks."""

    format: int
    name: str  # of its network
    settings: dict[str, Any]  # of its network
    scale: dict[str, Any]  # all of it
    image_size: int  # px of the crops that it takes
    detection: dict[str, Any]  # how its faces were searched for
    min_prob: float  # certainty from which a face counts
    most_cameras: int  # of a recording that it was trained on
    window_s: float  # over which its curves are smoothed
    coverage: float  # of its intervals
    margins: dict[str, float | None]  # that calibrate these; None for infinite ones
    limits: dict[str, Any]  # beyond which it does not score
    animals: dict[str, list[str]]  # by what they were for its networks: tested in turn, trained on, stopped by
    simulated: bool  # whether some of its recordings are
    metrics: dict[str, Any]  # that it earned
    versions: dict[str, str]  # of what it was made with
    licence: str
    digests: dict[str, str]  # of its other parts, by name

    @property
    def core(self) -> Scale:
        """What its scores are."""
        return make_scale(self.scale)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_scorer(path: str, about: Mapping[str, Any], parts: Mapping[str, Path | str]) -> None:
    """Write a scorer. `about` has the fields of About but `format` and `digests`; `parts` files or texts by name."""
    write_parts(path, lambda digests: asdict(About(format=FORMAT, digests=digests, **about)), parts)


def write_parts(path: str, tell: Callable[[dict[str, str]], dict[str, Any]], parts: Mapping[str, Path | str]) -> None:
    """Write an archive of `parts`, files or texts by name; `tell` gives what it says of itself from their digests."""
    contents = {name: part.encode() if isinstance(part, str) else part.read_bytes() for name, part in parts.items()}
    about = tell({name: digest(data) for name, data in contents.items()})
    contents = {ABOUT: json.dumps(about, indent=1, ensure_ascii=False).encode()} | contents
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in contents.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)


def allowed(name: str) -> bool:
    """Whether a scorer may have a part of this name: no path leads out of it."""
    folder, _, file = name.rpartition("/")
    stem, dot, ending = file.rpartition(".")
    return name in (ABOUT, CARD, DETECTOR, LICENCE, SEGMENTATION, EYES) or (
        FOLDERS.get(folder) == dot + ending and stem.replace("-", "").isalnum() and stem.isascii()
    )


def refuse(path: str, found: str, expected: str = "a scorer that Squint wrote", remedy: str = REMEDY) -> InputError:
    return InputError(path, expected, found, remedy)


@contextmanager
def opened(path: str) -> Iterator[zipfile.ZipFile]:
    """The archive of a scorer. Raises InputError for a file that is none."""
    if not Path(path).is_file():
        raise refuse(path, instead_of_file(path), remedy="correct the path, or make the scorer: snakemake scorer")
    try:
        with zipfile.ZipFile(path) as archive:
            wrong = [part.filename for part in archive.infolist() if not allowed(part.filename)]
            if wrong:
                raise refuse(path, f"a part called {wrong[0]!r}")
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise refuse(path, f"parts of more than {MOST_BYTES >> 30} GiB")
            yield archive
    except UNREADABLE as error:
        raise refuse(path, f"{type(error).__name__}: {error}") from error


@cache
def validator(schema: Path) -> Draft202012Validator:
    """The validator of what a scorer of a kind says of itself."""
    return Draft202012Validator(yaml.safe_load(schema.read_text()))


def check_values(path: str, values: Mapping[str, Any], kind: type[Any], schema: Path) -> None:
    """Raise InputError for values that lack or add a field of `kind`, or that its schema does not take."""
    wrong = sorted({field.name for field in fields(kind)} ^ set(values))
    if wrong:
        raise refuse(path, f"{ABOUT} that lacks or adds {wrong[0]!r}")
    error = best_match(validator(schema).iter_errors(values))
    if error is not None:
        raise refuse(path, f"{ABOUT}: {error.json_path}: {error.message[:MOST_WORDS]}")


def read_values(path: str) -> dict[str, Any]:
    """What a scorer of any kind says of itself, unchecked but for its format.

    Raises InputError for a file that is none, and for one of a newer format.
    """
    with opened(path) as archive:
        if ABOUT not in archive.namelist():
            raise refuse(path, f"no {ABOUT} in it")
        try:
            values = json.loads(archive.read(ABOUT))
        except ValueError as error:
            raise refuse(path, f"{ABOUT}: {error}") from error
    if not isinstance(values, dict) or not isinstance(values.get("format"), int):
        raise refuse(path, f"{ABOUT} without a format")
    if values["format"] > FORMAT:
        expected = f"a scorer of format {FORMAT} or older"
        raise refuse(path, f"format {values['format']}", expected, "update Squint: a newer one made it")
    return values


def read_about(path: str) -> About:
    """What a scorer of faces is. Raises InputError for a file that is none."""
    values = read_values(path)
    if values.get("kind") == REGIONS:
        found, remedy = "a scorer of regions", "score videos of regions with it: python -m squint live --help"
        raise refuse(path, found, "a scorer of faces", remedy)
    check_values(path, values, About, SCHEMA)
    try:
        about = About(**values)
        about.core.range_of(np.zeros(1))
        if about.settings["scale"] != about.core.values or about.settings["output"] not in OUTPUTS:
            raise ValueError("settings of another scale or of an output that this Squint does not know")
        json.dumps(values, allow_nan=False)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise refuse(path, f"{ABOUT}: {type(error).__name__}: {error}") from error
    return about


@dataclass(frozen=True)
class Unpacked:
    """A scorer whose parts stand in files, in the order of the folds."""

    about: About
    networks: list[str]
    extractors: list[str]
    likeness: list[Path]
    detector: Path


def read_parts(path: str, digests: Mapping[str, str]) -> dict[str, bytes]:
    """The parts of a scorer by name. Raises InputError for others than `digests` tell."""
    with opened(path) as archive:
        names = [name for name in archive.namelist() if name != ABOUT]
        if sorted(names) != sorted(digests):
            raise refuse(path, "other parts than it says")
        contents = {name: archive.read(name) for name in names}
    for name, data in contents.items():
        if digest(data) != digests[name]:
            raise refuse(path, f"{name} is not the one that was packed")
    return contents


def parts_in(names: list[str], folder: str) -> list[str]:
    """The parts of a folder in the order of the folds, whose numbers end their names."""
    ours = [name for name in names if name.startswith(f"{folder}/")]
    return sorted(ours, key=lambda name: int("".join(filter(str.isdigit, name)) or 0))


def unpack(path: str, about: About, place: Path) -> Unpacked:
    """Put the parts of a scorer into the folder `place`, each checked by its digest."""
    contents = read_parts(path, about.digests)
    names = list(contents)
    for name, data in contents.items():
        target = place / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)
    paths = {folder: [str(place / name) for name in parts_in(names, folder)] for folder in FOLDERS}
    if not paths["networks"]:
        raise refuse(path, "no networks in it")
    return Unpacked(about, paths["networks"], paths["extractors"], list(map(Path, paths["likeness"])), place / DETECTOR)


@contextmanager
def unpacked(path: str) -> Iterator[Unpacked]:
    """A scorer whose parts stand in a folder for as long as they are used.

    Raises InputError for a file that is none, and for a part that is not the one that was packed.
    """
    about = read_about(path)
    with TemporaryDirectory(prefix="squint-scorer") as place:
        yield unpack(path, about, Path(place))
