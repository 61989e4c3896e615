"""The digest of a script's imports follows every module it reaches, and no other."""

from squint.jobs.digests import all_imports, import_digest
from tests.conftest import ROOT


def project(tmp_path, helper="x = 1\n"):
    (tmp_path / "scripts" / "stage").mkdir(parents=True, exist_ok=True)
    files = {
        "scripts/stage/job.py": "import numpy\nfrom scripts.stage.helper import x\n",
        "scripts/stage/helper.py": "from scripts import deep\n" + helper,
        "scripts/deep.py": "import scripts.stage.helper\n",
        "scripts/other.py": "y = 2\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path / "scripts" / "stage" / "job.py"


def test_imports_are_followed_through_modules_and_circles(tmp_path):
    script = project(tmp_path)
    found = {path.name for path in all_imports(script, tmp_path)}
    assert found == {"helper.py", "deep.py"}


def test_the_digest_changes_with_what_is_imported_only(tmp_path):
    before = import_digest(project(tmp_path / "a"), tmp_path / "a")
    assert import_digest(project(tmp_path / "b"), tmp_path / "b") == before
    assert import_digest(project(tmp_path / "c", helper="x = 2\n"), tmp_path / "c") != before
    script = project(tmp_path / "d")
    (tmp_path / "d" / "scripts" / "other.py").write_text("y = 3\n")
    assert import_digest(script, tmp_path / "d") == before


def test_stages_import_nothing_from_a_stage_below():
    stages = ["recordings", "faces", "moments", "crops", "datasets", "networks", "evaluation"]
    for place, stage in enumerate(stages):
        for script in (ROOT / "scripts" / stage).glob("*.py"):
            below = [path for path in all_imports(script, ROOT) if path.parent.name in stages[place + 1 :]]
            assert not below, f"{script} imports {below}"
