"""The config and the sample sheet: read, checked against their schemas, mistakes told by name."""

from collections.abc import Mapping
from typing import cast

import pandas as pd
from jsonschema.exceptions import best_match

from squint.config.experiments import SIMULATED, SIMULATED_PICTURES
from squint.config.networks import BEST, NEAREST, check_network, fill_networks, vary
from squint.config.recordings import Recording
from squint.config.scales import scale_of
from squint.config.schema import CONFIG, check, check_finite, describe, part_validator
from squint.config.types import Config, Faces
from squint.errors import InputError, suggest
from squint.files.lab_tables import expand_home
from squint.outputs import OUTPUTS, make_output

PATHS = ("scale", "scorer", "sheet", "folder", "weights", "start_from", "annotations", "test_annotations")
# The face detector of the simulated rig, and the one that a run trains.
SHIPPED_DETECTOR = "detectors/simulated_rig.tflite"
TRAINED_DETECTOR = "results/faces/detector.tflite"
SCORERS_DETECTOR = "results/faces/scorers_detector.tflite"  # of a scorer that was made elsewhere


def check_config(config: Config, file: str = CONFIG) -> None:
    """Raise InputError for a config that its schema or its own names forbid."""
    check_finite(config, file)
    check(config, "config", file, "correct the config; schemas/config.schema.yaml describes every key")
    networks = fill_networks(config)
    evaluation = config["evaluation"]
    known = {"networks": networks, "controls": evaluation["networks"], "studies": config["studies"]}
    named = [(f"evaluation: {key}", name, known[key]) for key in known for name in evaluation[key]]
    named += [("evaluation: timeline_network", evaluation["timeline_network"], evaluation["networks"])]
    named += [(f"studies.{name}.base", study["base"], networks) for name, study in config["studies"].items()]
    if config["choices"]["study"]:
        named += [("choices: study", config["choices"]["study"], config["studies"])]
    for key, name, names in named:
        if name not in names:
            raise InputError(
                file,
                f"`{key}` among: {', '.join(names) or 'none'}",
                f"{name!r}{suggest(name, list(names))}",
                "correct the name",
            )
    check_studies(config)
    for name in evaluation["networks"]:
        check_network(name, networks[name], config)
    check_choices(config, networks, file)
    check_controls(config, networks, file)
    if not make_output(networks[evaluation["timeline_network"]]).tells_score:
        raise InputError(
            file,
            "a network that tells a score as `evaluation: timeline_network` (output "
            f"{', '.join(name for name, kind in OUTPUTS.items() if kind.tells_score)})",
            evaluation["timeline_network"],
            "name another",
        )


def expand_homes(config: Config) -> None:
    """Put the home directory in place of `~` at the beginning of the paths in a config."""
    networks = [config["network_defaults"], *config["networks"].values()]
    for section in cast(list[dict], [config, config["pictures"], config["faces"], *networks]):
        for key in PATHS:
            if str(section.get(key, "")).startswith("~"):
                section[key] = expand_home(section[key])


def check_limits(config: Config, recordings: Mapping[str, Recording], sheet: str) -> None:
    """Raise InputError for numbers of validation moments of another role, or not one for each score range."""
    ranges = len(scale_of(config).range_names)
    for name, recording in recordings.items():
        limits, where = recording.validation_moments, f"{sheet}, experiment {name!r}"
        if limits and recording.role != "validate":
            found, remedy = f"role {recording.role}", "empty the cell, or give it the role validate"
            raise InputError(where, "the role validate, as column `validation_moments` says", found, remedy)
        if limits and len(limits) != ranges:
            expected = f"{ranges} numbers in column `validation_moments`, one for each score range of the scale"
            raise InputError(where, expected, ", ".join(map(str, limits)), "write one for each, or none")


def check_studies(config: Config) -> None:
    """Raise InputError for a varied value that the schema forbids."""
    for name, study in config["studies"].items():
        for row in vary(study["vary"]):
            error = best_match(part_validator("network").iter_errors(row))
            if error is not None:
                expected, found = describe(error)
                raise InputError(CONFIG, f"studies.{name}, {expected}", found, "correct the study's `vary`")


def check_folds(config: Config, folds: int) -> None:
    """Raise InputError for a fold that is not there."""
    named = {f"studies.{name}.folds": study["folds"] for name, study in config["studies"].items()}
    named["choices.fold"] = [config["choices"]["fold"] or 1]
    for where, numbers in named.items():
        wrong = [number for number in numbers if isinstance(number, int) and number > folds]
        if wrong:
            raise InputError(CONFIG, f"{where}: folds from 1 to {folds}", str(wrong[0]), "correct the number")


def check_choices(config: Config, networks: dict, file: str) -> None:
    """Raise InputError where a network or study waits for a choice that nothing makes."""
    evaluation, choices = config["evaluation"], config["choices"]
    chooser = config["studies"].get(choices["study"])
    if chooser:
        rows = vary(chooser["vary"])
        backbones = [row.get("backbone") for row in rows]
        wrong = {
            "not on all folds": chooser["folds"] != "all",
            "varies something else than `backbone`": any(set(row) != {"backbone"} for row in rows),
            "gives no score": not make_output(networks[chooser["base"]]).tells_score,
            f"does not vary {choices['backbone']}": choices["backbone"] and choices["backbone"] not in backbones,
        }
        for found, is_so in wrong.items():
            if is_so:
                raise InputError(
                    file,
                    "as `choices: study` one that varies `backbone` alone, on all folds, of a network of scores",
                    f"{choices['study']}: {found}",
                    "name another, or leave it empty and fix `choices: backbone` and `fold`",
                )
    waiting = {
        "backbone": [name for name in evaluation["networks"] if networks[name]["backbone"] == BEST]
        + [
            name
            for name in evaluation["studies"]
            if name != choices["study"] and networks[config["studies"][name]["base"]]["backbone"] == BEST
        ],
        "fold": [name for name in evaluation["studies"] if config["studies"][name]["folds"] == NEAREST],
    }
    for key, names in waiting.items():
        if names and not choices[key] and choices["study"] not in evaluation["studies"]:
            raise InputError(
                file,
                f"`choices: {key}`, or a study of `evaluation: studies` in `choices: study` that chooses it, "
                f"for {', '.join(names)}",
                "neither",
                "write one of them",
            )


def check_controls(config: Config, networks: dict, file: str) -> None:
    """Raise InputError unless each kind of output has a control, and a control's source has one too."""
    controls = config["evaluation"]["controls"]
    kinds = {make_output(networks[name]).constant_predictor_name for name in controls}
    bases = [config["studies"][name]["base"] for name in config["evaluation"]["studies"]]
    for name in [*config["evaluation"]["networks"], *bases]:
        if make_output(networks[name]).constant_predictor_name not in kinds:
            raise InputError(
                file,
                f"in `evaluation: controls` a network with the kind of output of {name} ({networks[name]['output']})",
                ", ".join(controls) or "none",
                "add one, so that a network with shuffled labels stands in each table",
            )
    for name in controls:
        source = networks[name]["weights"]
        if source in networks and source not in controls:
            raise InputError(
                file,
                f"{source} in `evaluation: controls`, from which the control {name} starts",
                ", ".join(controls),
                f"add {source}, or leave {name} out",
            )


def detector_of(faces: Faces, shipped: str) -> str:
    """The path of the face detector that the config's `faces` asks for; `shipped` is that of the simulated rig's.

    Annotations overrule the shipped one, which is the default.
    """
    if faces["weights"] == SIMULATED:
        return TRAINED_DETECTOR if faces["annotations"] else shipped
    return faces["weights"] or TRAINED_DETECTOR


def check_detector(config: Config, experiments: pd.DataFrame) -> None:
    """Raise InputError for real videos or pictures that the shipped detector would search: it saw simulated ones."""
    real = [f"the videos of {name}" for name in experiments.index[experiments.videos != SIMULATED]]
    pictures = config["pictures"]
    if pictures["sheet"] and pictures["faces"] and pictures["folder"] != SIMULATED_PICTURES:
        real.append(f"the pictures in {pictures['sheet']}")
    if real and detector_of(config["faces"], SHIPPED_DETECTOR) == SHIPPED_DETECTOR:
        raise InputError(
            CONFIG,
            f"a face detector that knows real faces, for {real[0]}",
            "`faces: weights: simulated`, the default, whose detector knows simulated faces alone",
            "annotate frames (make app VIDEOS=... CODER=...) and name them in `faces: annotations`, or give a trained "
            "detector.tflite in `faces: weights`",
        )
