"""The laws of the house: scripts are leaves, a package imports nothing above it, one module knows Snakemake."""

import ast
import re

import pytest

from tests.conftest import ROOT
from tests.rules import BLOCKS, SCRIPTS

# From the ground up: each imports those before it alone.
STOREYS = ["errors", "domain", "files", "jobs", "synchronisation", "samples", "outputs", "measures", "models"]
STOREYS += ["learning", "detection", "scorer", "regions", "config", "simulation", "presentation", "provenance", "web"]
STOREYS += ["live", "app"]
STOREYS += ["__main__"]
MODULES = sorted((ROOT / "squint").rglob("*.py"))
LEAVES = sorted((ROOT / "scripts").rglob("*.py"))
# The one that looks into Snakemake. Others are given what they need of it.
INTERNALS = ROOT / "squint" / "jobs" / "snakemake_internals.py"


def imported(path) -> set[str]:
    """Dotted names of all modules that a file imports, wherever in it; what is for types alone is not imported."""
    tree = ast.parse(path.read_text())
    typed = [node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    left_out = {child for block in typed for child in ast.walk(block)}
    names = set()
    for node in set(ast.walk(tree)) - left_out:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports hide what is imported"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def storey(name: str) -> int | None:
    """The storey of a module of squint; None for other modules."""
    parts = name.split(".")
    return STOREYS.index(parts[1]) if parts[0] == "squint" and len(parts) > 1 and parts[1] in STOREYS else None


def name_of(path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", [*MODULES, *LEAVES], ids=name_of)
def test_nothing_imports_a_script(path):
    assert not [name for name in imported(path) if name.split(".")[0] == "scripts"]


@pytest.mark.parametrize("path", [path for path in MODULES if path != ROOT / "squint" / "__init__.py"], ids=name_of)
def test_a_package_imports_nothing_above_it(path):
    own = storey(name_of(path))
    assert own is not None, "a new package: put it into its storey"
    assert not [name for name in imported(path) if (found := storey(name)) is not None and found > own]


@pytest.mark.parametrize("path", [*MODULES, *LEAVES], ids=name_of)
def test_one_module_knows_snakemake(path):
    assert path == INTERNALS or not [name for name in imported(path) if name.split(".")[0] == "snakemake"]


OUTSIDE = sorted(path for folder in ("benchmarks", "detectors", "docs") for path in (ROOT / folder).rglob("*.py"))
FOLDERS = ("squint", "scripts", "benchmarks", "tests")


def defined(path) -> set[str]:
    """Names that a module has: what it defines, and what it imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("path", OUTSIDE, ids=name_of)
def test_what_the_workflow_does_not_run_imports_what_is_there(path):
    """Some need a browser or a finished run, so that no test imports them."""
    for name in imported(path):
        if name.split(".")[0] in FOLDERS:
            module, _, last = name.rpartition(".")
            place = ROOT.joinpath(*module.split("."))
            file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
            here = ROOT.joinpath(*name.split("."))
            assert here.is_dir() or here.with_suffix(".py").is_file() or last in defined(file), name


def test_each_script_is_that_of_a_rule_of_its_stage_and_name():
    assert {path.resolve() for path in SCRIPTS.values()} == set(LEAVES)
    for rule, path in SCRIPTS.items():
        named = re.sub(r"_\{.*\}", "_network", rule)  # the rules of the tables of networks
        assert path.stem == named, rule
        (stage,) = [file.stem for file in (ROOT / "rules").glob("*.smk") if path.name in file.read_text()]
        assert path.parent.name == stage, rule


@pytest.mark.parametrize("path", LEAVES, ids=name_of)
def test_a_scripts_main_block_maps_by_keyword(path):
    """What is defined in the script is called with at most two values whose meaning is not said, as data and a path."""
    tree = ast.parse(path.read_text())
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    calls = [node for node in ast.walk(block) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert not [ast.unparse(call) for call in calls if call.func.id in own and len(call.args) > 2]


# Tested through the pages that they make, in a browser, and through what scores and corrects.
THROUGH_PAGES = {f"squint.app.{name}" for name in ("boxes_page", "guide", "layout", "navigator", "views")}
THROUGH_PAGES |= {"squint.live.element", "squint.web.elements", "squint.web.guard"}


def test_each_module_is_tested_under_its_own_name():
    """It has a test in its mirror image, or one that imports it."""
    tests = list((ROOT / "tests").rglob("test_*.py"))
    called = {name_of(path).removeprefix("tests.").replace(".pages", "").replace(".test_", ".") for path in tests}
    named = {".".join(name.split(".")[:length]) for path in tests for name in imported(path) for length in (2, 3, 4)}
    modules = {name_of(path) for path in [*MODULES, *LEAVES] if path.name != "__init__.py"}
    assert sorted(modules - named - called - THROUGH_PAGES) == []
    assert modules >= THROUGH_PAGES


def test_every_rule_says_what_it_does_and_keeps_a_log():
    for name, block in BLOCKS.items():
        if "script:" in block:
            assert all(f"{part}:" in block for part in ("message", "log", "benchmark", "conda")), name
