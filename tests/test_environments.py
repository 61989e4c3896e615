"""The lock, the conda environments and the direct dependencies agree."""

import re

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement

from squint.jobs.digests import all_imports
from tests.conftest import ROOT
from tests.rules import BLOCKS, SCRIPTS


def locked(lock: str = "requirements.lock") -> dict[str, str]:
    """Package to version in a lock, for Python 3.11 on Linux."""
    versions = {}
    for line in (ROOT / lock).read_text().splitlines():
        match = re.match(r"^([A-Za-z0-9_.-]+)==([^\s;]+)(?:\s*;\s*(.*))?$", line)
        if match is None:
            assert line.startswith((" ", "#")) or not line, f"not pinned: {line!r}"
            continue
        machine = {"python_version": "3.11", "python_full_version": "3.11.7", "sys_platform": "linux"}
        if match[3] is None or Marker(match[3]).evaluate(
            machine | {"platform_machine": "x86_64", "platform_system": "Linux"}
        ):
            versions[match[1]] = match[2]
    return versions


def direct(requirements: str = "requirements.in") -> set[str]:
    lines = (line.split("#")[0].strip() for line in (ROOT / requirements).read_text().splitlines())
    return {Requirement(line).name for line in lines if line}


@pytest.mark.parametrize("path", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda path: path.stem)
def test_environments_pin_what_the_lock_pins(path):
    *conda, pip = yaml.safe_load(path.read_text())["dependencies"]
    assert conda == ["python=3.11", "pip"]
    versions = locked()
    for pin in pip["pip"]:
        name, version = pin.split("==")
        assert versions[name] == version, f"{path.name} pins {pin}, the lock {versions[name]}"


def test_every_direct_dependency_is_locked():
    assert direct() - {"tensorflow"} <= set(locked())


@pytest.mark.parametrize("name", ["app", "docs", "lint"])
def test_other_environments_have_the_workflows_versions(name):
    ours, others = locked(), locked(f"envs/{name}.lock")
    assert direct(f"envs/{name}.in") <= set(others)
    assert {name for name in ours.keys() & others.keys() if ours[name] != others[name]} == set()


def test_the_apps_modules_import_what_its_environment_has():
    start = ROOT / "squint" / "app" / "__main__.py"
    modules = {start, *all_imports(start, ROOT)}
    assert ROOT / "squint" / "app" / "server.py" in modules
    apps = {name.replace("-", "_") for name in locked("envs/app.lock")}
    others = {name.replace("-", "_") for name in locked()} - apps | {"yaml", "ai_edge_litert"}
    for module in modules:
        names = set(re.findall(r"^\s*(?:import|from) (\w+)", module.read_text(), re.M))
        assert not names & others, f"{module} imports what envs/app.lock lacks"


def test_every_environment_that_a_rule_names_exists():
    named = {
        name for rule in (ROOT / "rules").glob("*.smk") for name in re.findall(r"envs/(\w+)\.yaml", rule.read_text())
    }
    assert named == {path.stem for path in (ROOT / "envs").glob("*.yaml")}


@pytest.mark.parametrize("rule", SCRIPTS)
def test_a_rules_environment_holds_what_its_script_and_the_plumbing_import(rule):
    provided = {"opencv-python-headless": "cv2", "pyyaml": "yaml", "ai-edge-litert": "ai_edge_litert"}
    third_party = {provided.get(name, name).replace("-", "_") for name in locked()}
    (environment,) = re.findall(r"envs/(\w+)\.yaml", BLOCKS[rule])
    text = (ROOT / "envs" / f"{environment}.yaml").read_text()
    here = {provided.get(name, name).replace("-", "_") for name in re.findall(r"- ([\w-]+)==", text)}
    # What every job runs beside; a reader that an environment lacks is imported by name where a file is damaged.
    around = {ROOT / "squint" / name for name in ("errors.py", "jobs/job.py", "jobs/diagnosis.py")}
    for module in {SCRIPTS[rule].resolve(), *all_imports(SCRIPTS[rule].resolve(), ROOT), *around}:
        for name in re.findall(r"^\s*(?:import|from) (\w+)", module.read_text(), re.M):
            if name in third_party:
                assert name in here, f"{module} imports {name}, which envs/{environment}.yaml lacks"


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m ([\w.]+)", (ROOT / "Makefile").read_text()))))
def test_what_the_makefile_runs_is_there(module):
    if module.split(".")[0] in ("pip", "venv", "pytest"):
        return
    path = ROOT.joinpath(*module.split("."))
    assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()


@pytest.mark.parametrize("recipe", ["Dockerfile", "squint.def"])
def test_containers_are_built_from_the_lock(recipe):
    text = (ROOT / "envs" / recipe).read_text()
    assert "build_container.sh /tmp/squint/requirements.lock" in text
    assert "debian:bookworm-slim" in text and "/opt/squint/bin" in text
    assert '--requirement "$1"' in (ROOT / "envs" / "build_container.sh").read_text()


def test_the_version_is_the_same_wherever_it_stands():
    version = re.search(r'^__version__ = "(.+)"$', (ROOT / "squint" / "__init__.py").read_text(), re.M)
    assert version
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == version[1]
    assert re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)[1] in (version[1], "Unreleased")
