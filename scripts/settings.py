"""The config and the sample sheet: read, checked against their schemas, mistakes told by name."""

import math
import os
from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from scripts.job import InputError
from scripts.network_settings import (
    BEST,
    CONFIG,
    NEAREST,
    SCORES,
    check_network,
    constant_of,
    fill_networks,
    vary,
)
from scripts.people_tables import read_people_table, suggest

SCHEMAS = Path(__file__).parent.parent / "schemas"
SIMULATED = "simulated"
# The face detector of the simulated rig, and the one that a run trains.
SHIPPED_DETECTOR = "detectors/simulated_rig.tflite"
TRAINED_DETECTOR = "results/faces/detector.tflite"
YTE = "__use_yte__"
RESERVED = r"FACE\d+"  # recordings that are simulated for the face detector


def describe(error: ValidationError) -> tuple[str, str]:
    """What a schema expected and what it found, in words."""
    schema = error.schema
    place = ".".join(str(part) for part in error.absolute_path)
    if error.validator == "additionalProperties":
        known = list(schema.get("properties", {}))
        unknown = sorted(set(error.instance) - set(known))
        key = f"{place}.{unknown[0]}" if place else unknown[0]
        return f"one of the keys {', '.join(known)}", f"an unknown key {key!r}{suggest(unknown[0], known)}"
    if error.validator == "required":
        missing = sorted(set(schema["required"]) - set(error.instance))
        return f"the key {missing[0]!r} in {place or 'the file'}", "no such key"
    if error.validator == "enum":
        near = suggest(str(error.instance), [str(value) for value in schema["enum"]])
        return f"{place} to be one of {', '.join(map(str, schema['enum']))}", f"{error.instance!r}{near}"
    return f"{place}: {schema.get('description', error.validator)}", error.message


@cache
def validator(schema: str) -> Draft202012Validator:
    """The validator of the schema called `schema`."""
    return Draft202012Validator(yaml.safe_load((SCHEMAS / f"{schema}.schema.yaml").read_text()))


def check(instance: dict, schema: str, file: str, remedy: str) -> None:
    """Raise InputError unless `instance` follows the schema called `schema`."""
    error = best_match(validator(schema).iter_errors(instance))
    if error is not None:
        expected, found = describe(error)
        raise InputError(file, expected, found, remedy)


class StrictLoader(yaml.SafeLoader):
    """Safe YAML in which a key stands once and nothing stands for something else.

    YAML itself takes the last of several keys without a word; aliases can name themselves, or grow without bounds.
    """

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "an alias", self.peek_event().start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        repeated = [key for key in keys if keys.count(key) > 1]
        if repeated:
            line = node.start_mark.line + 1
            found = f"{repeated[0]!r} more than once in the block from line {line}"
            raise yaml.constructor.ConstructorError(None, None, found)
        return super().construct_mapping(node, deep)


def check_file(path: str) -> None:
    """Raise InputError for a config file that is not plain data.

    That is one with a repeated key, an alias, a tag of another language, or Snakemake's templates (YTE).
    """
    expected, remedy = (
        "plain YAML: each key once, values written out",
        "correct it; `base` names a network to start from",
    )
    try:
        content = yaml.load(Path(path).read_text(), StrictLoader)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise InputError(path, expected, str(getattr(error, "problem", None) or error), remedy) from error
    if isinstance(content, dict) and YTE in content:
        raise InputError(path, expected, f"the key {YTE}, which lets a config run code", remedy)


def check_finite(config: dict, file: str) -> None:
    """Raise InputError for a number that is not finite; no schema refuses them."""

    def walk(value: object, place: str) -> None:
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, part in parts:
            walk(part, f"{place}.{key}" if place else str(key))
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(file, f"{place}: a finite number", str(value), "write a number")

    walk(config, "")


def sort_keys(config: dict) -> None:
    """Put the keys of `config` in order, in place and at every depth.

    The order in which a config is written means nothing, but Snakemake would take another one for a changed param.
    """
    for key in sorted(config):
        value = config.pop(key)
        if isinstance(value, dict):
            sort_keys(value)
        config[key] = value


def check_config(config: dict, file: str = CONFIG) -> None:
    """Raise InputError for a config that its schema or its own names forbid."""
    check_finite(config, file)
    check(config, "config", file, "correct the config; schemas/config.schema.yaml describes every key")
    networks = fill_networks(config)
    evaluation = config["evaluation"]
    known = {"networks": networks, "controls": evaluation["networks"], "studies": config["studies"]}
    named = [(key, name, known[key]) for key in known for name in evaluation[key]]
    named += [("timeline_network", evaluation["timeline_network"], evaluation["networks"])]
    named += [("base", study["base"], networks) for study in config["studies"].values()]
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
    if networks[evaluation["timeline_network"]]["output"] not in SCORES:
        raise InputError(
            file,
            f"a network that scores from 0 to 2 as `evaluation: timeline_network` (output {', '.join(SCORES)})",
            evaluation["timeline_network"],
            "name another",
        )


def check_studies(config: dict) -> None:
    """Raise InputError for a varied value that the schema forbids."""
    definitions = validator("config").schema["$defs"]
    network = Draft202012Validator({"$ref": "#/$defs/network", "$defs": definitions})
    for name, study in config["studies"].items():
        for row in vary(study["vary"]):
            error = best_match(network.iter_errors(row))
            if error is not None:
                expected, found = describe(error)
                raise InputError(CONFIG, f"studies.{name}, {expected}", found, "correct the study's `vary`")


def check_folds(config: dict, folds: int) -> None:
    """Raise InputError for a fold that is not there."""
    named = {f"studies.{name}.folds": study["folds"] for name, study in config["studies"].items()}
    named["choices.fold"] = [config["choices"]["fold"] or 1]
    for place, numbers in named.items():
        wrong = [number for number in numbers if isinstance(number, int) and number > folds]
        if wrong:
            raise InputError(CONFIG, f"{place}: folds from 1 to {folds}", str(wrong[0]), "correct the number")


def check_choices(config: dict, networks: dict, file: str) -> None:
    """Raise InputError where a network or study waits for a choice that nothing makes."""
    evaluation, choices = config["evaluation"], config["choices"]
    chooser = config["studies"].get(choices["study"])
    if chooser:
        rows = vary(chooser["vary"])
        backbones = [row.get("backbone") for row in rows]
        wrong = {
            "not on all folds": chooser["folds"] != "all",
            "varies something else than `backbone`": any(set(row) != {"backbone"} for row in rows),
            "gives no score": networks[chooser["base"]]["output"] not in SCORES,
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


def check_controls(config: dict, networks: dict, file: str) -> None:
    """Raise InputError unless each kind of output has a control, and a control's source has one too."""
    controls = config["evaluation"]["controls"]
    kinds = {constant_of(networks[name]) for name in controls}
    bases = [config["studies"][name]["base"] for name in config["evaluation"]["studies"]]
    for name in [*config["evaluation"]["networks"], *bases]:
        if constant_of(networks[name]) not in kinds:
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


def read_sheet(path: str) -> pd.DataFrame:
    """The sample sheet as it stands, all columns as text; what is absent is empty. Raises InputError for no sheet."""
    required = ["experiment", "subject", "condition", "role", "videos"]
    optional = ["scores", "corrections", "sync_frames"]
    return read_people_table(path, required, optional, sep="\t").reindex(columns=required + optional, fill_value="")


def read_experiments(path: str, allowed_subjects: list[str]) -> pd.DataFrame:
    """The sample sheet, indexed by `experiment`; absent optional cells are empty strings.

    Raises InputError for anything the schema forbids, repeated names, a scored role without scores, files in
    places where they can't be, or a subject or its videos that would be on both sides of a fold.
    """
    table = read_sheet(path)
    for row in table.to_dict("records"):
        check(row, "experiments", f"{path}, experiment {row['experiment']!r}", "correct the row")
    check_names(table, path)
    check_roles(table, path)
    check_paths(table, path)
    check_sides(table, path, allowed_subjects)
    return table.set_index("experiment")


def check_names(table: pd.DataFrame, path: str) -> None:
    """Raise InputError for a name that stands twice, or for two that people and file systems may take for one."""
    repeated = table.experiment[table.experiment.duplicated()]
    if len(repeated):
        raise InputError(path, "each experiment once", f"{repeated.iloc[0]!r} more than once", "rename or remove one")
    for column in ("experiment", "subject"):
        names = sorted(table[column].unique())
        hidden = [name for name in names if not name.isprintable()]
        if hidden:
            found, remedy = f"{hidden[0]!a}, which holds a character that can't be seen", "write the name anew"
            raise InputError(path, f"names in column {column!r} that can be read", found, remedy)
        same = [pair for pair in pairwise(sorted(names, key=str.casefold)) if pair[0].casefold() == pair[1].casefold()]
        if same:
            found, remedy = f"{same[0][0]!r} and {same[0][1]!r}", "write the same name the same way"
            raise InputError(path, f"names in column {column!r} that differ by more than case", found, remedy)


def check_paths(table: pd.DataFrame, path: str) -> None:
    """Raise InputError for what people give in results/, and for videos that stand for two animals."""
    here = Path.cwd()
    results = f"{here / 'results'}{os.sep}"
    for column in ("videos", "scores", "corrections"):
        for row in table[~table[column].isin(["", SIMULATED])].itertuples():
            cell = getattr(row, column)
            named = [part.strip() for part in cell.split(",")] if column == "scores" else [cell]
            if "" in named:
                remedy = "write a path between and after commas, or no comma"
                raise InputError(f"{path}, experiment {row.experiment!r}", f"paths in column {column!r}", cell, remedy)
            if any(os.path.normpath(here / name).startswith(results) for name in named):
                raise InputError(
                    f"{path}, experiment {row.experiment!r}",
                    f"{column} outside results/, where the workflow deletes and rewrites files",
                    cell,
                    f"keep them elsewhere, for instance in {column}/",
                )
    real = table[table.videos != SIMULATED]
    places = real.videos.map(lambda name: os.path.normpath(here / name))
    shared = real[real.groupby(places).subject.transform("nunique") > 1]
    if len(shared):
        rows = shared[places[shared.index] == places[shared.index[0]]]
        one, other = rows.drop_duplicates("subject").iloc[:2].itertuples()
        raise InputError(
            f"{path}, experiment {other.experiment!r}",
            "videos of its own for each animal",
            f"{other.videos!r} for {one.subject} ({one.experiment}) and {other.subject} ({other.experiment})",
            "correct the column `videos`",
        )


def check_roles(table: pd.DataFrame, path: str) -> None:
    """Raise InputError unless every scored role has scores and there is something to train, validate and test."""
    silent = table[(table.role != "score") & (table.scores == "")]
    if len(silent):
        name = silent.experiment.iloc[0]
        raise InputError(
            f"{path}, experiment {name!r}",
            f"the path of an expert's scores, because its role is {silent.role.iloc[0]}",
            "an empty cell in column `scores`",
            f"write a path there, for instance scores/{name}.csv (it may not exist yet), then run "
            f"`snakemake --cores all results/sheets/{name}.csv` and score that sheet; or give it the role score",
        )
    reserved = table[table.experiment.str.fullmatch(RESERVED)]
    if len(reserved):
        name = reserved.experiment.iloc[0]
        raise InputError(
            path, "names other than FACE1, FACE2, …, which the detector's recordings have", repr(name), "rename it"
        )
    mixed = table[(table.videos != SIMULATED) & ((table.scores == SIMULATED) | (table.corrections == SIMULATED))]
    if len(mixed):
        raise InputError(
            f"{path}, experiment {mixed.experiment.iloc[0]!r}",
            "an expert's own scores for real videos",
            SIMULATED,
            "write the path of a table",
        )
    for role, least in (("rotate", 2), ("validate", 1)):
        subjects = table.subject[table.role == role].nunique()
        if subjects < least:
            raise InputError(path, f"at least {least} subject(s) of role {role}", str(subjects), "add recordings")


def check_sides(table: pd.DataFrame, path: str, allowed: list[str]) -> None:
    """Raise InputError if a subject has two of the roles rotate, train and validate."""
    for role, others in (("rotate", ["train", "validate"]), ("train", ["validate"])):
        subjects = set(table.subject[table.role == role]) - set(allowed)
        both = table[table.role.isin(others) & table.subject.isin(subjects)]
        if len(both):
            row = both.iloc[0]
            raise InputError(
                f"{path}, experiment {row.experiment!r}",
                "no subject on both sides of a fold",
                f"subject {row.subject!r} with the roles {role} and {row.role}",
                "change one of the roles, or name the subject in `datasets: allow_subjects_on_both_sides`",
            )


def detector_of(faces: dict, shipped: str) -> str:
    """The path of the face detector that the config's `faces` asks for; `shipped` is that of the simulated rig's.

    Annotations overrule the shipped one, which is the default.
    """
    if faces["weights"] == SIMULATED:
        return TRAINED_DETECTOR if faces["annotations"] else shipped
    return faces["weights"] or TRAINED_DETECTOR


def check_detector(config: dict, experiments: pd.DataFrame) -> None:
    """Raise InputError for real videos that the shipped detector would search, which saw simulated faces alone."""
    real = experiments.index[experiments.videos != SIMULATED]
    if len(real) and detector_of(config["faces"], SHIPPED_DETECTOR) == SHIPPED_DETECTOR:
        raise InputError(
            CONFIG,
            f"a face detector for real videos, such as those of {real[0]}",
            "`faces: weights: simulated`, the default, whose detector knows simulated faces alone",
            "give frames with faces in `faces: annotations`, or a trained detector.tflite in `faces: weights`",
        )


def unknown_recordings(config: dict, experiments: pd.DataFrame) -> list[str]:
    """Where the config gives values for recordings that the sample sheet does not have, in words."""
    places = {
        "moments.overrides": config["moments"]["overrides"],
        "datasets.validation_moments": config["datasets"]["validation_moments"],
    }
    return [f"{place}.{name}" for place, values in places.items() for name in values if name not in experiments.index]


def fold_subjects(table: pd.DataFrame) -> list[str]:
    """The subjects of role rotate in the sheet's order; fold k tests the k-th."""
    return list(dict.fromkeys(table.subject[table.role == "rotate"]))
