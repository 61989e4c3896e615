"""The README and the documentation: links resolve, and the commands and config keys that pages name are there."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from snakemake.cli import get_argument_parser

from tests.conftest import ROOT
from tests.rules import BLOCKS

PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
OWN_CONFIG = "my_study.yaml"  # the reader's
SCHEMA = yaml.safe_load((ROOT / "schemas" / "config.schema.yaml").read_text())
SITE = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
README_BYTES = 6000
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.M | re.S)


@cache
def text_of(page: str) -> str:
    return (ROOT / page).read_text()


def prose_of(page: str) -> str:
    """A page without its blocks of code."""
    return BLOCK.sub("", text_of(page))


def blocks_of(page: str, language: str) -> list[str]:
    """The blocks of code in a language."""
    return [block for _, found, block in BLOCK.findall(text_of(page)) if found == language]


def inline_code(page: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`\n]+)`", prose_of(page))


def on_pages(find) -> list:
    """Parameters of a test: each distinct thing that `find` finds on a page, with that page."""
    found = [(page, thing) for page in PAGES for thing in dict.fromkeys(find(page))]
    assert found, "a test that looks at nothing"
    return [pytest.param(page, thing, id=f"{page}: {thing}"[:90]) for page, thing in found]


def links(page: str) -> list[str]:
    """Where a page's links and pictures point, those to elsewhere left out."""
    return re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose_of(page))


def commands(page: str) -> list[str]:
    """The command lines of a page: in blocks of shell, without comments, and between backticks."""
    lines = [line for block in blocks_of(page, "sh") for line in block.splitlines()]
    return [re.sub(r"(^|\s)#.*", "", line).strip() for line in [*lines, *inline_code(page)]]


def snakemake_lines(page: str) -> list[str]:
    """What is given to Snakemake, by command line."""
    return [found[1] for line in commands(page) if (found := re.search(r"(?:^|\s)snakemake ((?:-|\w).*)", line))]


def make_targets(page: str) -> list[str]:
    return [found[1] for line in commands(page) if (found := re.match(r"make ([a-z-]+)", line))]


def slugs(heading: str) -> tuple[str, str]:
    """The anchor of a heading as the site makes it, and as code hosts do."""
    words = re.sub(r"[^\w\s-]", "", heading.replace("`", "")).strip().lower()
    return re.sub(r"[-\s]+", "-", words), words.replace(" ", "-")


def anchors(page: str) -> set[str]:
    """The anchors of a page that are the same everywhere."""
    pairs = [slugs(heading) for heading in re.findall(r"^#+ (.+)$", prose_of(page), re.M)]
    return {one for one, other in pairs if one == other}


@pytest.mark.parametrize(("page", "link"), on_pages(links))
def test_links_resolve(page, link):
    path, _, anchor = link.partition("#")
    target = (ROOT / page).parent / path if path else ROOT / page
    assert target.resolve().is_file()
    if anchor:
        assert anchor in anchors(target.resolve().relative_to(ROOT.resolve()).as_posix())


def test_headings_have_anchors_of_their_own():
    for page in PAGES:
        headings = re.findall(r"^#+ (.+)$", prose_of(page), re.M)
        assert len({slugs(heading)[0] for heading in headings}) == len(headings), page


@pytest.mark.parametrize(("page", "target"), on_pages(make_targets))
def test_make_targets_exist(page, target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M)


@cache
def snakemake_parser():
    return get_argument_parser()


@cache
def own_flags() -> set[str]:
    """Flags of `python -m squint live` and `serve`."""
    return set(re.findall(r'"(--[a-z-]+)"', (ROOT / "squint" / "live" / "command.py").read_text()))


def parse(line: str):
    """What Snakemake takes a line for. Fails where it has no such flag."""
    try:
        return snakemake_parser().parse_args(line.split())
    except SystemExit:
        pytest.fail(f"Snakemake does not take: snakemake {line}")


@pytest.mark.parametrize(("page", "line"), on_pages(snakemake_lines))
def test_snakemake_takes_the_command_lines(page, line):
    """It takes all words after --configfile for config files: a target there is one that does not exist."""
    given = parse(line)
    for path in map(str, given.configfile or []):
        assert path == OWN_CONFIG or (ROOT / path).is_file(), f"no config {path}"
    if given.workflow_profile:
        assert (ROOT / given.workflow_profile / "config.yaml").is_file()
    named = set(BLOCKS) | set(re.findall(r"^rule (\w+):", (ROOT / "Snakefile").read_text(), re.M))
    assert all(target.startswith("results/") or target in named for target in given.targets)
    assert set(given.set_threads or {}) <= named


def test_enough_commands_are_looked_at():
    """The README's own, and many more."""
    assert len(snakemake_lines("README.md")) >= 4
    assert sum(len(snakemake_lines(page)) for page in PAGES) > 15


@pytest.mark.parametrize("line", ["--cores 8 --configfile my_study.yaml sheets", "--core-count 8", "nothing"])
def test_a_wrong_command_line_is_noticed(line):
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_snakemake_takes_the_command_lines("", line)


@pytest.mark.parametrize(("page", "flag"), on_pages(lambda page: [c for c in inline_code(page) if c[:2] == "--"]))
def test_flags_that_are_named_exist(page, flag):
    """A flag between backticks, alone or with its value, is Snakemake's, or one of Squint's own commands'."""
    if flag.split()[0] in own_flags():
        return
    if "=" in flag or " " in flag:
        parse(flag)
    else:
        assert flag in snakemake_parser()._option_string_actions


# Config keys


def resolve(schema: dict) -> dict:
    """A part of the schema, with what it refers to."""
    if "$ref" in schema:
        return SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def key_value(code: str) -> tuple[list[str], object] | None:
    """The keys and the value of code in the notation `a: b: value`; None for other code. The last part may be a key."""
    if not re.fullmatch(r"[a-z_]+: \S.*", code) or code.startswith(("http", "default")):
        return None
    *keys, value = code.split(": ")
    return (keys, yaml.safe_load(value)) if all(re.fullmatch(r"[a-z_]+", key) for key in keys) else None


def is_known(schema: dict, keys: list[str], value: object) -> bool:
    """Whether `keys` lead down a schema to a place that has the key `value`, or can have it as its value."""
    schema = resolve(schema)
    if keys:
        below = schema.get("properties", {}).get(keys[0])
        return below is not None and is_known(below, keys[1:], value)
    if isinstance(value, str) and value in schema.get("properties", {}):
        return True
    return Draft202012Validator(schema | {"$defs": SCHEMA["$defs"]}).is_valid(value)


# Where a page's key may start: at the top, in a network, or in a study.
STARTS = (SCHEMA, SCHEMA["$defs"]["network"], SCHEMA["properties"]["studies"]["additionalProperties"])


def config_keys(page: str) -> list[str]:
    return [code for code in inline_code(page) if key_value(code)]


@pytest.mark.parametrize(("page", "code"), on_pages(config_keys))
def test_config_keys_exist(page, code):
    keys, value = key_value(code)
    assert any(is_known(start, keys, value) for start in STARTS)


@pytest.mark.parametrize(
    "code",
    ["faces: anotations", "recordings: sync: dark_second", "recordings: allow_damaged: 7", "views: both", "gres: cpu"],
)
def test_a_wrong_key_or_value_is_noticed(code):
    assert not any(is_known(start, *key_value(code)) for start in STARTS)


def laid_over(below: dict, above: dict) -> dict:
    """A config laid over another, key by key, as Snakemake does."""
    both = {
        key: laid_over(below[key], above[key]) for key in below.keys() & above.keys() if isinstance(above[key], dict)
    }
    return below | above | both


@pytest.mark.parametrize(("page", "block"), on_pages(lambda page: blocks_of(page, "yaml")))
def test_configs_follow_the_schema(page, block):
    default = yaml.safe_load((ROOT / "config.yaml").read_text())
    Draft202012Validator(SCHEMA).validate(laid_over(default, yaml.safe_load(block)))


@pytest.mark.parametrize(
    ("page", "path"),
    on_pages(
        lambda page: [c for c in inline_code(page) if re.match(r"(configs|profiles|envs|detectors|schemas)/\w", c)]
    ),
)
def test_shipped_files_exist(page, path):
    assert (ROOT / path).exists()


# The pages as a whole


def nav_pages(nav: list) -> list[str]:
    """The pages of a site's navigation."""
    values = [value for entry in nav for value in entry.values()]
    return [page for value in values for page in ([value] if isinstance(value, str) else nav_pages(value))]


def test_every_page_is_in_the_sites_navigation():
    assert sorted(nav_pages(SITE["nav"])) == sorted(Path(page).name for page in PAGES if page.startswith("docs/"))


def test_pages_lead_to_no_file_outside_the_site():
    """The site holds docs/ alone."""
    outside = [(page, link) for page in PAGES if page.startswith("docs/") for link in links(page) if link[:3] == "../"]
    assert not outside


def test_the_site_leaves_out_the_scripts_that_draw_its_pictures():
    assert SITE["exclude_docs"] == "*.py" and list((ROOT / "docs").glob("*.py"))


def test_the_site_takes_blocks_of_code_for_such():
    """Its Markdown knows none that are indented, as in a list."""
    blocks = [block for page in PAGES if page.startswith("docs/") for block in BLOCK.findall(text_of(page))]
    assert blocks and not [block for indent, _, block in blocks if indent]


def test_every_picture_is_shown():
    shown = {Path(link).name for page in PAGES for link in links(page)}
    assert {path.name for path in (ROOT / "docs").iterdir() if path.suffix in (".png", ".svg")} <= shown


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_bytes()) <= README_BYTES


def test_the_readme_says_what_simulated_recordings_are():
    assert "no number from it is a result about animals" in " ".join(text_of("README.md").split())


def test_the_citation_names_what_is_there():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["title"] == "Squint" and citation["cff-version"] == "1.2.0"
    assert (ROOT / "LICENSE").read_text().startswith(citation["license"])


def test_hooks_run_tools_of_the_environment():
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    for hook in local["hooks"]:
        assert hook["language"] == "system" and hook["entry"].startswith((".venv/bin/", ".venv-lint/bin/"))
