"""Whether a config or a sheet is plain data that follows its schema; mistakes are told by name."""

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError

from squint.errors import InputError, suggest
from squint.outputs import OUTPUTS

SCHEMAS = Path(__file__).parents[2] / "schemas"
YTE = "__use_yte__"


def describe(error: ValidationError) -> tuple[str, str]:
    """What a schema expected and what it found, in words."""
    schema = cast(dict, error.schema)  # none of ours is true or false
    where = ".".join(str(part) for part in error.absolute_path)
    if error.validator == "additionalProperties":
        known = list(schema.get("properties", {}))
        unknown = sorted(set(error.instance) - set(known))  # pyright: ignore[reportArgumentType]
        key = f"{where}.{unknown[0]}" if where else unknown[0]
        return f"one of the keys {', '.join(known)}", f"an unknown key {key!r}{suggest(unknown[0], known)}"
    if error.validator == "required":
        missing = sorted(set(schema["required"]) - set(error.instance))  # pyright: ignore[reportArgumentType]
        return f"the key {missing[0]!r} in {where or 'the file'}", "no such key"
    if error.validator == "enum":
        near = suggest(str(error.instance), [str(value) for value in schema["enum"]])
        return f"{where} to be one of {', '.join(map(str, schema['enum']))}", f"{error.instance!r}{near}"
    return f"{where}: {schema.get('description', error.validator)}", error.message


@cache
def validator(schema: str) -> Draft202012Validator:
    """The validator of the schema called `schema`. A network's outputs are those in `squint.outputs`."""
    content = yaml.safe_load((SCHEMAS / f"{schema}.schema.yaml").read_text())
    if schema == "config":
        content["$defs"]["network"]["properties"]["output"]["enum"] = list(OUTPUTS)
    return Draft202012Validator(content)


def part_keys(part: str) -> list[str]:
    """The keys of a part of the config that its schema defines by name."""
    return list(cast(dict, validator("config").schema)["$defs"][part]["properties"])


@cache
def part_validator(part: str) -> Draft202012Validator:
    """The validator of a part of the config that its schema defines by name."""
    definitions = cast(dict, validator("config").schema)["$defs"]
    return Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": definitions})


def check(instance: Mapping[str, Any], schema: str, file: str, remedy: str) -> None:
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
            raise ComposerError(None, None, "an alias", self.peek_event().start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        repeated = [key for key in keys if keys.count(key) > 1]
        if repeated:
            line = node.start_mark.line + 1
            found = f"{repeated[0]!r} more than once in the block from line {line}"
            raise ConstructorError(None, None, found)
        return super().construct_mapping(node, deep)


def check_file(path: str) -> None:
    """Raise InputError for a config file that is not plain data.

    That is one with a repeated key, an alias, a tag of another language, or Snakemake's templates (YTE).
    """
    expected, remedy = (
        "plain YAML: each key once, values written out",
        "correct it; instead of an alias, `base` names a network to start from",
    )
    try:
        content = yaml.load(Path(path).read_text(), StrictLoader)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        found = str(getattr(error, "problem", None) or error) + (f", in line {mark.line + 1}" if mark else "")
        raise InputError(path, expected, found, remedy) from error
    if isinstance(content, dict) and YTE in content:
        raise InputError(path, expected, f"the key {YTE}, which lets a config run code", remedy)


def check_finite(config: Mapping[str, Any], file: str) -> None:
    """Raise InputError for a number that is not finite; no schema refuses them."""

    def walk(value: object, where: str) -> None:
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, part in parts:
            walk(part, f"{where}.{key}" if where else str(key))
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(file, f"{where}: a finite number", str(value), "write a number")

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


CONFIG = "the config (config.yaml and --configfile)"
