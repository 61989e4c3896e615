"""The networks and studies of the config, written out in full, and checked before anything runs.

A network takes what it leaves out from its `base`, and what is still left out from `network_defaults`. A study is a
base network and the values to vary; each of its variants is a network whose name holds these values.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from scripts.grimace import ACTION_UNITS, HIGHEST_SCORE
from scripts.job import InputError
from scripts.people_tables import suggest

SHUFFLED = "_shuffled"
CONSTANT = "constant_"
BEST = "best"  # a backbone that a checkpoint chooses
NEAREST = "nearest"  # a fold that a checkpoint chooses
CONFIG = "the config (config.yaml and --configfile)"
# What a network says, and whether it is a score from 0 to 2.
SCORES = ("regression", "units", "distribution")
LABELS = ("binary", "classes")
# A distribution says for each of these scores how probable a higher one is.
THRESHOLDS = np.arange(0.05, HIGHEST_SCORE, 0.1)


@dataclass(frozen=True)
class Study:
    """Variants of one network: `variants` maps a variant's name to its settings, `varied` to the varied values."""

    name: str
    base: str
    folds: list[int] | str
    variants: dict[str, dict]
    varied: dict[str, dict]


def fill_network(config: dict, name: str, file: str = CONFIG) -> dict:
    """All values of one network. Raises InputError for an unknown base or a circle of bases."""
    chain: list[str] = []
    while name:
        if name not in config["networks"]:
            known = list(config["networks"])
            raise InputError(file, f"a network: {', '.join(known)}", f"{name!r}{suggest(name, known)}", "correct it")
        if name in chain:
            raise InputError(file, f"bases that end in network_defaults ({' -> '.join(chain)})", name, "cut the circle")
        chain.append(name)
        name = config["networks"][name].get("base", "")
    values = dict(config["network_defaults"])
    for link in reversed(chain):
        values |= config["networks"][link]
    values.pop("base", None)
    return values


def fill_networks(config: dict) -> dict[str, dict]:
    """All networks of the config by name, each with all its values."""
    return {name: fill_network(config, name) for name in config["networks"]}


def write_value(value: object) -> str:
    """A value as it stands in a variant's name: letters, digits, points and hyphens."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "-".join(map(write_value, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def vary(varied: dict[str, list] | list[dict]) -> list[dict]:
    """The rows of a study: all combinations of `varied` values, or the given rows."""
    if isinstance(varied, list):
        return varied
    return [dict(zip(varied, values, strict=True)) for values in product(*varied.values())]


def read_study(config: dict, name: str, name_instances) -> Study:
    """One study of the config. `name_instances` makes names from rows of texts (Snakemake's Paramspace).

    Raises InputError for variants whose values do not go together or that are there twice.
    """
    study = config["studies"][name]
    base = fill_network(config, study["base"])
    rows = vary(study["vary"])
    if len({tuple(sorted(row)) for row in rows}) > 1:
        refuse(f"studies.{name}", "rows with the same keys", rows, "write each value in each row")
    names = name_instances([{key: write_value(value) for key, value in row.items()} for row in rows])
    if len(set(names)) < len(names):
        refuse(f"studies.{name}", "each variant once", names, "remove one")
    variants = {f"{name}/{instance}": base | row for instance, row in zip(names, rows, strict=True)}
    for variant, values in variants.items():
        check_network(variant, values, config)
    return Study(name, study["base"], study["folds"], variants, dict(zip(variants, rows, strict=True)))


def control_of(name: str, config: dict) -> str:
    """The control that stands beside a network: its own, that of its base, or the first of the same kind of output."""
    controls = config["evaluation"]["controls"]
    link = name
    while link:
        if link in controls:
            return link + SHUFFLED
        link = config["networks"].get(link, {}).get("base", "")
    kind = fill_network(config, name)["output"]
    kinds = SCORES if kind in SCORES else (kind,)
    return next(other + SHUFFLED for other in controls if fill_network(config, other)["output"] in kinds)


def constant_of(values: dict) -> str:
    """The name of the constant predictor that stands beside a network; classes have one for each set of ranges."""
    if values["output"] == "classes":
        return f"{CONSTANT}classes_{write_value(values['bins'])}"
    return CONSTANT + ("regression" if values["output"] in SCORES else values["output"])


def output_size(values: dict) -> int:
    """Number of values that a network's last layer says."""
    sizes = {"units": len(ACTION_UNITS), "distribution": len(THRESHOLDS), "classes": len(values["bins"]) - 1}
    return sizes.get(values["output"], 1)


def refuse(name: str, expected: str, found: object, remedy: str) -> None:
    raise InputError(CONFIG, f"{name}: {expected}", str(found), remedy)


def check_network(name: str, values: dict, config: dict) -> None:
    """Raise InputError for values that do not go together."""
    output, place = values["output"], f"networks.{name}"
    source = values["weights"] if values["weights"] in config["networks"] else ""
    if values["backbone"] == "compact" and not values["trainable"] and values["weights"] == "none":
        refuse(
            place,
            "a trainable compact backbone, or weights for it",
            "a frozen one with random weights",
            "set `trainable: true`",
        )
    if sorted(set(values["bins"])) != values["bins"] or values["bins"][0] != 0 or values["bins"][-1] != 2:
        refuse(place, "bins that rise from 0 to 2", values["bins"], "correct the bins")
    if values["gap"][0] > values["gap"][1]:
        refuse(place, "a gap from the lower to the higher score", values["gap"], "swap them")
    other = "val_accuracy" if output in SCORES else "val_mae"
    if values["monitor"] == other:
        refuse(place, f"another monitor than {other} for the output {output}", other, "set `monitor: val_loss`")
    if output not in ("regression", "units") and values["loss"] != "auto":
        refuse(place, f"loss auto for the output {output}", values["loss"], "set `loss: auto`")
    if output == "classes" and len(values["bins"]) < 3:
        refuse(place, "bins of at least two classes for the output classes", values["bins"], "add an edge")
    if values["head"] and values["head"][-1] < output_size(values):
        refuse(
            place,
            f"a last head layer at least as wide as its output ({output}: {output_size(values)} values)",
            values["head"],
            "widen it, or leave the head empty",
        )
    if source:
        origin = fill_network(config, source)
        same = ("backbone", "normalisation")
        differing = [key for key in same if origin[key] != values[key]]
        if source == name or differing or origin["views"] != "one" or not origin["trainable"]:
            refuse(
                place,
                f"weights of a trainable network of single views with the same {' and '.join(same)}",
                f"{source}, whose {', '.join(differing) or 'views or trainable'} differ",
                "name another network, a path, imagenet or none",
            )
