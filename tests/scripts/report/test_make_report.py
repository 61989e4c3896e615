"""The report is made by a second Snakemake with the running one's config, and its failure is told."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from scripts.report import make_report as module
from scripts.report.make_report import make_report

CONFIG = {"seed": 7, "networks": {"a": {"head": [256, 256], "weights": "none"}}, "gres": ""}


class Snakemake:
    """Stands in for the process that is started: keeps its command and the config that it was given."""

    def __init__(self, returncode=0, stderr="Report created."):
        self.result = SimpleNamespace(returncode=returncode, stdout="", stderr=stderr)

    def __call__(self, command, **options):
        self.command, self.options = command, options
        self.config_path = Path(command[command.index("--configfile") + 1])
        self.config = yaml.safe_load(self.config_path.read_text())
        return self.result


@pytest.fixture
def started(monkeypatch):
    """Lets a stand-in be started in place of Snakemake."""

    def start(**result):
        stand_in = Snakemake(**result)
        monkeypatch.setattr(module, "subprocess", SimpleNamespace(run=stand_in))
        return stand_in

    return start


def test_a_second_snakemake_reports_what_the_target_gathers(started):
    process = started()
    make_report("/code/Snakefile", CONFIG, "results/report.html")
    assert process.command[:4] == [sys.executable, "-m", "snakemake", "evaluate"]
    options = process.command[4:]
    assert options[options.index("--snakefile") + 1] == "/code/Snakefile"
    assert options[options.index("--report") + 1] == "results/report.html"
    assert "--nolock" in options and options[options.index("--workflow-profile") + 1] == "none"


def test_it_has_the_running_workflows_config_which_is_gone_after_it(started):
    process = started()
    make_report("Snakefile", CONFIG, "report.html")
    assert process.config == CONFIG
    assert not process.config_path.exists()


def test_the_last_words_of_a_failed_one_are_told(started):
    process = started(
        returncode=1, stderr="Building DAG of jobs...\nWorkflowError:\nFile report.html has no caption.\n\n"
    )
    with pytest.raises(RuntimeError) as error:
        make_report("Snakefile", CONFIG, "report.html")
    assert str(error.value) == "snakemake --report failed: File report.html has no caption."
    assert not process.config_path.exists()


def test_all_that_it_said_goes_to_the_log(started, capsys):
    started(stderr="first line\nlast line")
    make_report("Snakefile", CONFIG, "report.html")
    assert "first line\nlast line" in capsys.readouterr().err
