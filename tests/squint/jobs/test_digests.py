"""The digest of a script's code follows every module it reaches, and tells what an edit means."""

import re

import pytest

from squint.jobs.digests import all_imports, code_digest, meaning
from tests.conftest import ROOT

HELPER = '''
"""What helps."""

import logging
from dataclasses import dataclass

from squint import deep
from squint.errors import InputError

LIMIT = 3  # so many


def help_with(value: int) -> int:
    """Some help."""
    if value > LIMIT:
        raise InputError("the value", "at most 3", f"{value}", "lower it")
    logging.info("Helped with %d.", value)
    wanted: float = LIMIT
    return value + 1 if wanted else 0


@dataclass
class Kept:
    first: int
'''


def project(tmp_path, helper=HELPER, **files):
    """A script that imports a module that imports two others in a circle, in a project of its own; its path."""
    texts = {
        "scripts/stage/job.py": "import numpy\nfrom squint.topic.helper import help_with\n",
        "squint/__init__.py": "",
        "squint/topic/__init__.py": "",
        "squint/topic/helper.py": helper,
        "squint/deep.py": "from squint.topic import helper\nfrom squint.jobs.job import job\nDEPTH = 1\n",
        "squint/errors.py": "class InputError(Exception):\n    pass\n",
        "squint/jobs/__init__.py": "",
        "squint/jobs/job.py": "import squint.other\n",
        "squint/other.py": "y = 2\n",
    }
    for name, text in (texts | files).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path / "scripts" / "stage" / "job.py"


def digest(tmp_path, **edits):
    """The digest of the project's script with some files edited."""
    return code_digest(project(tmp_path, **edits), tmp_path)


def test_imports_are_followed_through_modules_circles_and_packages_but_not_through_plumbing(tmp_path):
    found = {path.relative_to(tmp_path).as_posix() for path in all_imports(project(tmp_path), tmp_path)}
    assert found == {"squint/topic/__init__.py", "squint/topic/helper.py", "squint/deep.py"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("value + 1", "value + 2"),
        ("value > LIMIT", "value >= LIMIT"),
        ("raise InputError(", "raise ValueError("),
        ("return value", "value = 0\n    return value"),
        ("logging.info(", "logging.captureWarnings("),
        ("class Kept:\n    first: int", "class Kept:\n    first: str"),
    ],
)
def test_what_changes_what_code_does_changes_the_digest(tmp_path, old, new):
    assert old in HELPER
    assert digest(tmp_path / "a") != digest(tmp_path / "b", helper=HELPER.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  # so many", "  # as many as there are"),
        ("Some help.", "Help of some kind."),
        ("What helps.", "What may help."),
        ('"lower it"', '"take another"'),
        ('"Helped with %d."', '"Did help with %d."'),
        ("(value: int) -> int:", "(value):"),
        ("wanted: float = LIMIT", "wanted = LIMIT"),
        ("LIMIT = 3", "LIMIT = (\n    3\n)"),
    ],
)
def test_what_people_alone_read_does_not(tmp_path, old, new):
    assert old in HELPER
    assert digest(tmp_path / "a") == digest(tmp_path / "b", helper=HELPER.replace(old, new))


@pytest.mark.parametrize(
    ("name", "text", "same"),
    [
        ("squint/errors.py", "class InputError(Exception):\n    message = 'told in other words'\n", True),
        ("squint/jobs/job.py", "import squint.other\nprint('starts')\n", True),
        ("squint/other.py", "y = 3\n", True),
        ("squint/deep.py", "from squint.topic import helper\nDEPTH = 2\n", False),
        ("scripts/stage/job.py", "import numpy\nfrom squint.topic.helper import help_with\nprint(1)\n", True),
        ("scripts/stage/job.py", "import numpy\nfrom squint.topic.helper import help_with\nhelp_with(1)\n", False),
    ],
)
def test_plumbing_is_no_part_of_it_and_any_other_module_is(tmp_path, name, text, same):
    assert (digest(tmp_path / "a") == digest(tmp_path / "b", **{name: text})) == same


def test_a_body_of_messages_alone_does_nothing(tmp_path):
    (tmp_path / "a.py").write_text('def tell():\n    """Tells."""\n    print("told")\n')
    (tmp_path / "b.py").write_text("def tell():\n    pass\n")
    (tmp_path / "c.py").write_text("def tell():\n    return 1\n")
    assert meaning(tmp_path / "a.py") != meaning(tmp_path / "c.py")
    assert meaning(tmp_path / "a.py") == meaning(tmp_path / "b.py")


PLUMBED = re.compile(r"^from squint\.(?:jobs\.)?(job|errors|diagnosis|digests|run_record) import (.+)", re.M)


def test_scripts_take_nothing_from_plumbing_that_could_change_a_result():
    """An edit of it reruns nothing: what surrounds a job, what shows progress, and what is raised."""
    harmless = {"job": {"job", "progress"}, "errors": {"InputError", "suggest", "instead_of_file", "is_file"}}
    reached = {file for script in (ROOT / "scripts").rglob("*.py") for file in {script, *all_imports(script, ROOT)}}
    taken = [(path, *found) for path in reached for found in PLUMBED.findall(path.read_text())]
    assert len(taken) > 60
    for path, module, names in taken:
        if path.stem != "snakemake_internals":  # it gives rules their digests
            assert set(re.findall(r"\w+", names)) <= harmless[module], path


def test_no_rule_depends_on_checks_of_the_config():
    for script in (ROOT / "scripts").rglob("*.py"):
        names = {path.relative_to(ROOT / "squint").as_posix() for path in all_imports(script, ROOT)}
        if script.stem != "record_provenance":  # it reads the sample sheet
            assert not [name for name in names if name.startswith("config/")], script


def test_how_jobs_are_read_is_part_of_what_reads_them():
    provenance = ROOT / "scripts" / "report" / "record_provenance.py"
    assert ROOT / "squint" / "jobs" / "snakemake_internals.py" in all_imports(provenance, ROOT)
