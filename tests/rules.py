"""The rules as they stand in the files of rules/."""

import re
from pathlib import Path
from textwrap import dedent

from tests.conftest import ROOT

RULE = re.compile(r"^(?:(?:use )?rule|checkpoint) (?:\w+ as )?(\w+)(?: with)?:\n(.*?)(?=^\S|\Z)", re.M | re.S)
# A rule that a loop makes, for each set of tables: it stands under its name in the loop.
LOOPED = re.compile(r"^    rule:\n        name:\n +f\"([^\"]+)\"\n(.*?)(?=^\S|\Z)", re.M | re.S)
# Name to text. A rule that is made of another has what it says otherwise alone.
BLOCKS: dict[str, str] = {}
for path in sorted((ROOT / "rules").glob("*.smk")):
    text = path.read_text()
    BLOCKS |= dict(RULE.findall(text))
    BLOCKS |= {name: dedent(block).replace("\n", "\n    ") for name, block in LOOPED.findall(text)}
BLOCKS = {name: block if block.startswith("    ") else f"    {block}" for name, block in BLOCKS.items()}
SCRIPTS: dict[str, Path] = {
    name: ROOT / "rules" / found[1]
    for name, block in BLOCKS.items()
    if (found := re.search(r'^    script:\n +"(.+)"$', block, re.M))
}
