"""The rules as they stand in the files of rules/."""

import re
from pathlib import Path

from tests.conftest import ROOT

# Name to text. A rule that is made of another has what it says otherwise alone.
BLOCKS = {
    name: block
    for path in sorted((ROOT / "rules").glob("*.smk"))
    for name, block in re.findall(
        r"^(?:(?:use )?rule|checkpoint) (?:\w+ as )?(\w+)(?: with)?:\n(.*?)(?=^\S|\Z)", path.read_text(), re.M | re.S
    )
}
SCRIPTS: dict[str, Path] = {
    name: ROOT / "rules" / found[1]
    for name, block in BLOCKS.items()
    if (found := re.search(r'^    script:\n +"(.+)"$', block, re.M))
}
