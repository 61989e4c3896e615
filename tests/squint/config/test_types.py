"""The types of the config are those of its schema."""

from types import UnionType
from typing import get_args, get_origin, get_type_hints, is_typeddict

import pytest
import yaml

from squint.config.types import Config
from tests.conftest import ROOT

SCHEMA = yaml.safe_load((ROOT / "schemas" / "config.schema.yaml").read_text())
PLAIN = {int: "integer", float: "number", str: "string", bool: "boolean", list: "array", dict: "object"}


def sections(kind, schema: dict, name: str = "config"):
    """Each typed section with the part of the schema that describes it."""
    yield name, kind, schema
    for key, part in get_type_hints(kind).items():
        inner = get_args(part)[-1] if get_origin(part) is dict and is_typeddict(get_args(part)[-1]) else part
        if is_typeddict(inner):
            described = schema["properties"][key]
            yield from sections(inner, described if inner is part else described["additionalProperties"], key)


def plain(kind) -> str | list[str]:
    """A type as a schema writes it; several where it is one of them."""
    if isinstance(kind, UnionType):
        return [plain(part) for part in get_args(kind)]
    return PLAIN[get_origin(kind) or kind]


@pytest.mark.parametrize(("name", "kind", "schema"), list(sections(Config, SCHEMA)), ids=lambda value: str(value)[:20])
def test_a_section_has_the_keys_and_types_of_its_schema(name, kind, schema):
    hints = get_type_hints(kind)
    assert set(hints) == set(schema["properties"])
    assert kind.__required_keys__ == set(schema["required"])
    for key, part in hints.items():
        wanted = schema["properties"][key].get("type")
        if wanted and not is_typeddict(part):
            assert plain(part) == wanted, key
