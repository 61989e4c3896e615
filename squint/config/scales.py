"""The scale of a study: one of those in `scales/`, a lab's own file, or what stands in the config itself."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema.exceptions import best_match

from squint.config.schema import CONFIG, StrictLoader, check_file, check_finite, describe, part_validator
from squint.config.types import Config
from squint.domain.scale import Guide, Scale, make_guide, make_scale
from squint.errors import InputError, is_file, suggest
from squint.files.score_sheets import OTHER_COLUMNS

SHIPPED = Path(__file__).parents[2] / "scales"
REMEDY = "correct it; scales/mouse_grimace.yaml is an example"
# Columns of sheets and predictions that no unit may be called.
RESERVED = (*OTHER_COLUMNS, "score", "prediction", "observed", "accepted", "camera", "experiment")
RESERVED += ("file", "subject", "group", "role", "fold", "moment", "recording", "kind")  # of sheets of pictures
RESERVED += ("duplicate_of", "sync_index", "frame_num", "box_x", "box_y", "box_size", "source", "row")


@cache
def read_file(path: Path) -> dict[str, Any]:
    """The scale in a YAML file. Raises InputError for a file that is no plain YAML."""
    check_file(str(path))
    return yaml.load(path.read_text(), StrictLoader)


def shipped_scales() -> list[str]:
    """The names of the scales that come with Squint."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def read_scale(given: str | dict[str, Any]) -> dict[str, Any]:
    """All values of the scale that the config's `scale` gives: a name, a path, or the values.

    Raises InputError for an unknown one, and for values that do not go together.
    """
    if isinstance(given, dict):
        return check_scale(given, f"{CONFIG}, `scale`")
    if given in shipped_scales():
        return check_scale(read_file(SHIPPED / f"{given}.yaml"), f"scales/{given}.yaml")
    if not is_file(given):
        known = shipped_scales()
        expected = f"as `scale` one of {', '.join(known)}, or the path of a YAML file"
        raise InputError(CONFIG, expected, f"{given!r}{suggest(given, known)}", "correct the name or the path")
    return check_scale(read_file(Path(given).resolve()), given)


def check_scale(values: dict[str, Any], where: str) -> dict[str, Any]:
    """`values`. Raises InputError where they are no scale."""
    error = best_match(part_validator("scale").iter_errors(values))
    if error is not None:
        expected, found = describe(error)
        raise InputError(where, expected, found, REMEDY)
    check_finite(values, where)
    keys = [unit["key"] for unit in values["units"]]
    edges, highest = values["score_ranges"], values["highest"]
    given = {f"meanings of {unit['key']}": unit["meanings"] for unit in values["units"]} | {"steps": values["steps"]}
    uneven = next((f"{len(texts)} as {name}" for name, texts in given.items() if len(texts) != highest + 1), None)
    wrong = {
        "units with keys that differ": next((key for key in keys if keys.count(key) > 1), None),
        f"keys of units other than {', '.join(RESERVED)}": next((key for key in keys if key in RESERVED), None),
        f"a text for each score from 0 to {highest}": uneven,
        f"score_ranges that rise from 0 to {highest}": edges
        if sorted(set(edges)) != edges or edges[0] != 0 or edges[-1] != highest
        else None,
        f"least_observed of at most {len(keys)}, the number of units": values["least_observed"]
        if values["least_observed"] > len(keys)
        else None,
        f"a pain_threshold of at most {highest}": values["pain_threshold"]
        if values["pain_threshold"] > highest
        else None,
    }
    for expected, found in wrong.items():
        if found is not None:
            raise InputError(where, expected, str(found), REMEDY)
    return values


def scale_of(config: Config) -> Scale:
    """What scores are in a study."""
    return make_scale(read_scale(config["scale"]))


def guide_of(config: Config) -> Guide:
    """What people are told of its scale."""
    return make_guide(read_scale(config["scale"]))
