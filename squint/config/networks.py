"""The networks and studies of the config, written out in full, and checked before anything runs.

A network takes what it leaves out from its `base`, and what is still left out from `network_defaults`. A study is a
base network and the values to vary; each of its variants is a network whose name holds these values.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

from squint.config.scales import scale_of
from squint.config.schema import CONFIG
from squint.config.types import Config
from squint.domain.naming import SHUFFLED, write_value
from squint.domain.scale import Scale
from squint.errors import InputError, suggest
from squint.models.backbones import APPLICATIONS, OWN, WITH_IMAGENET
from squint.outputs import make_output

AUTO = "auto"  # of `bins` and `gap`: by the scale
BEST = "best"  # a backbone that a checkpoint chooses
NEAREST = "nearest"  # a fold that a checkpoint chooses


@dataclass(frozen=True)
class Study:
    """Variants of one network: `variants` maps a variant's name to its settings, `varied` to the varied values."""

    name: str
    base: str
    folds: list[int] | str
    variants: dict[str, dict]
    varied: dict[str, dict]


def fill_network(config: Config, name: str) -> dict:
    """All values of one network. Raises InputError for an unknown base or a circle of bases."""
    chain: list[str] = []
    while name:
        if name not in config["networks"]:
            known = list(config["networks"])
            where = f"networks.{chain[-1]}.base: " if chain else ""
            found = f"{name!r}{suggest(name, known)}"
            raise InputError(CONFIG, f"{where}a network: {', '.join(known)}", found, "correct it")
        if name in chain:
            raise InputError(
                CONFIG, f"bases that end in network_defaults ({' -> '.join(chain)})", name, "cut the circle"
            )
        chain.append(name)
        name = config["networks"][name].get("base", "")
    values = dict(config["network_defaults"])
    for link in reversed(chain):
        values |= config["networks"][link]
    values.pop("base", None)
    return fit_to_scale(values, scale_of(config))


def fit_to_scale(values: dict, scale: Scale) -> dict:
    """A network's values with what the scale is, and with `bins` and `gap` by it where they are `auto`."""
    by_scale = {"bins": list(scale.score_ranges), "gap": [scale.pain_threshold, scale.pain_threshold]}
    ours = {key: value for key, value in by_scale.items() if values[key] == AUTO}
    return values | ours | {"scale": scale.values}


def fill_networks(config: Config) -> dict[str, dict]:
    """All networks of the config by name, each with all its values."""
    return {name: fill_network(config, name) for name in config["networks"]}


def vary(varied: dict[str, list] | list[dict]) -> list[dict]:
    """The rows of a study: all combinations of `varied` values, or the given rows."""
    if isinstance(varied, list):
        return varied
    return [dict(zip(varied, values, strict=True)) for values in product(*varied.values())]


def read_study(config: Config, name: str, name_instances) -> Study:
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
    scale = scale_of(config)
    variants = {
        f"{name}/{instance}": fit_to_scale(base | row, scale) for instance, row in zip(names, rows, strict=True)
    }
    for variant, values in variants.items():
        check_network(variant, values, config)
    if len({make_output(values).constant_predictor_name for values in variants.values()}) > 1:
        refuse(f"studies.{name}", "variants that are judged by the same metric", study["vary"], "make two studies")
    return Study(name, study["base"], study["folds"], variants, dict(zip(variants, rows, strict=True)))


def constant_predictor_name(config: Config, name: str) -> str:
    """The name of the constant predictor that stands beside a network of the config."""
    return make_output(fill_network(config, name)).constant_predictor_name


def control_of(name: str, config: Config) -> str:
    """The control that stands beside a network: its own, that of its base, or the first of the same kind of output."""
    constant = constant_predictor_name(config, name)
    alike = [other for other in config["evaluation"]["controls"] if constant_predictor_name(config, other) == constant]
    link = name
    while link:
        if link in alike:
            return link + SHUFFLED
        link = config["networks"][link].get("base", "")
    return alike[0] + SHUFFLED


def refuse(name: str, expected: str, found: object, remedy: str) -> None:
    raise InputError(CONFIG, f"{name}: {expected}", str(found), remedy)


def check_sources(where: str, source: str, config: Config) -> None:
    """Raise InputError for networks that start from each other in a circle, or from one whose values are wrong."""
    chain: list[str] = []
    while source in config["networks"]:
        if source in chain:
            refuse(where, "a chain of weights that ends", " -> ".join([*chain, source]), "cut the circle")
        chain.append(source)
        source = fill_network(config, source)["weights"]
    for name in chain[:1]:
        if where != f"networks.{name}":
            check_network(name, fill_network(config, name), config)


def check_network(name: str, values: dict, config: Config) -> None:
    """Raise InputError for values that do not go together."""
    output, where, weights = make_output(values), f"networks.{name}", values["weights"]
    source = weights if weights in config["networks"] else ""
    own = values["backbone"] if values["backbone"] in OWN else ""
    known = [*OWN, BEST, *APPLICATIONS]
    if values["backbone"] not in known:
        found = f"{values['backbone']!r}{suggest(values['backbone'], known)}"
        refuse(where, f"a backbone: {', '.join(known)}", found, "correct the name")
    if own and own not in WITH_IMAGENET and weights == "imagenet":
        refuse(where, f"weights none, a path or a network for the {own} backbone", weights, "set `weights: none`")
    if not source and weights not in ("none", "imagenet") and not Path(weights).is_file():
        known = ["none", "imagenet", *config["networks"]]
        refuse(
            where,
            "weights: none, imagenet, a network of the config, or the path of a file that exists",
            f"{weights!r}{suggest(weights, known)}",
            "correct it",
        )
    if values["views"] == "all" and values["trainable"]:
        refuse(
            where,
            "a frozen backbone for a network of all views",
            "trainable: true",
            "train a network of single views, and take its backbone with `weights` and `trainable: false`",
        )
    if own and not values["trainable"] and weights == "none":
        refuse(
            where,
            f"a trainable {own} backbone, or weights for it",
            "a frozen one with random weights",
            "set `trainable: true`",
        )
    highest, bins, gap = output.scale.highest, values["bins"], values["gap"]
    if sorted(set(bins)) != bins or bins[0] != 0 or bins[-1] != highest:
        refuse(
            where,
            f"bins that rise from 0 to {highest}, the scale's highest score",
            bins,
            "correct them; `bins: auto` follows the scale",
        )
    if gap[0] > gap[1] or gap[1] > highest:
        refuse(where, f"a gap from a lower to a higher score, up to {highest}", gap, "correct it")
    monitor, loss = values["monitor"], values["loss"]
    if monitor not in output.monitors:
        found = f"another monitor than {monitor} for the output {output.name}"
        refuse(where, found, monitor, "set `monitor: val_loss`")
    if loss not in output.losses:
        refuse(where, f"loss auto for the output {output.name}", loss, "set `loss: auto`")
    if len(output.class_names) == 1:
        refuse(where, f"bins of at least two classes for the output {output.name}", values["bins"], "add an edge")
    if values["head"] and values["head"][-1] < output.size:
        refuse(
            where,
            f"a last head layer at least as wide as its output ({output.name}: {output.size} values)",
            values["head"],
            "widen it, or leave the head empty",
        )
    if source:
        origin = fill_network(config, source)
        check_sources(where, source, config)
        same = ("backbone", "normalisation")
        differing = [key for key in same if origin[key] != values[key]]
        if source == name or differing or origin["views"] != "one" or not origin["trainable"]:
            refuse(
                where,
                f"weights of a trainable network of single views with the same {' and '.join(same)}",
                f"{source}, whose {', '.join(differing) or 'views or trainable'} differ",
                "name another network, a path, imagenet or none",
            )
