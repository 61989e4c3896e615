"""A scorer of regions in one file: its segmentation and its network for patches, and all that they need.

The file is a `.squint` as that of a scorer of faces (`squint.scorer.archive`), of another `kind`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from squint.domain.regions import PATCH
from squint.domain.scale import Scale, make_scale
from squint.measures.continuous import Errors
from squint.models.litert import LiteNetwork
from squint.regions.curves import Manner, RegionMargins
from squint.regions.scorer import RegionScorer
from squint.regions.segmentation import Segmenter
from squint.scorer.archive import (
    ABOUT,
    EYES,
    FORMAT,
    REGIONS,
    SEGMENTATION,
    check_values,
    read_parts,
    read_values,
    refuse,
    write_parts,
)

SCHEMA = Path(__file__).parents[2] / "schemas" / "region_scorer.schema.yaml"


@dataclass(frozen=True)
class RegionAbout:
    """What a scorer of regions is, beside its networks; see schemas/region_scorer.schema.yaml."""

    format: int
    kind: str
    name: str
    scale: dict[str, Any]
    size: list[int]
    channel: str
    step: int
    patches: list[str]
    margins: dict[str, float | None]
    coverage: float
    window_s: float
    threshold: float
    closed: float
    blink_s: float
    errors: dict[str, list[float]]
    animals: list[str]
    simulated: bool
    metrics: dict[str, Any]
    versions: dict[str, str]
    licence: str
    digests: dict[str, str]

    @property
    def core(self) -> Scale:
        """What its scores are."""
        return make_scale(self.scale)

    @property
    def manner(self) -> Manner:
        """How its curves are made."""
        return Manner(self.window_s, self.closed, self.blink_s, self.core.highest)

    @property
    def calibration(self) -> RegionMargins:
        """What its intervals are."""
        return RegionMargins.read(self.margins)

    @property
    def known_errors(self) -> Errors:
        """Its errors on animals that were left out."""
        return Errors(tuple(np.array(errors, float) for errors in self.errors.values()))


def write_region_scorer(path: str, about: Mapping[str, Any], parts: Mapping[str, Path | str]) -> None:
    """Write a scorer of regions. `about` has the fields of RegionAbout but `format`, `kind` and `digests`."""

    def tell(digests: dict[str, str]) -> dict[str, Any]:
        return asdict(RegionAbout(format=FORMAT, kind=REGIONS, digests=digests, **about))

    write_parts(path, tell, parts)


def is_of_regions(path: str) -> bool:
    """Whether a scorer is one of regions. Raises InputError for a file that is no scorer."""
    return read_values(path).get("kind") == REGIONS


def read_region_about(path: str) -> RegionAbout:
    """What a scorer of regions is. Raises InputError for a file that is none."""
    values = read_values(path)
    if values.get("kind") != REGIONS:
        found, remedy = "a scorer of faces", "score recordings with it: python -m squint score --help"
        raise refuse(path, found, "a scorer of regions", remedy)
    check_values(path, values, RegionAbout, SCHEMA)
    try:
        about = RegionAbout(**values)
        if len(about.core.units) != 1 or not 0 <= about.threshold < about.core.highest:
            raise ValueError("a scale of several units, or a threshold beyond it")
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise refuse(path, f"{ABOUT}: {type(error).__name__}: {error}") from error
    return about


def load_region_scorer(path: str) -> tuple[RegionAbout, RegionScorer]:
    """A scorer of regions from its file, which is data and runs no code. Raises InputError for a file that is none."""
    about = read_region_about(path)
    parts = read_parts(path, about.digests)
    for name in (SEGMENTATION, EYES):
        if name not in parts:
            raise refuse(path, f"no {name} in it")
    segmentation, eyes = (LiteNetwork(parts[name], f"{path}, {name}") for name in (SEGMENTATION, EYES))
    if eyes.shape != (PATCH, PATCH, len(about.patches)):
        raise refuse(path, f"{EYES} for patches of {' × '.join(map(str, eyes.shape))}")
    width, height = about.size
    segmenter = Segmenter(segmentation, (width, height), about.step, f"{path}, {SEGMENTATION}")
    return about, RegionScorer(segmenter, eyes, tuple(about.patches), about.calibration.frame, about.core.highest)
