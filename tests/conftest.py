"""What tests share: one miniature run of the whole workflow on two cores, and one on a single core."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MINIATURE = ROOT / "tests" / "miniature"


def snakemake(folder: Path, *arguments: str, snakefile: Path = ROOT / "Snakefile") -> subprocess.CompletedProcess:
    """Run Snakemake in `folder` on the miniature config; the output of both streams is in `stdout`."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--directory", str(folder)]
    command += ["--configfile", str(folder / "config.yaml"), *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, check=False)


def miniature_folder(folder: Path) -> Path:
    """A working directory with the miniature's config and sample sheet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.yaml", "experiments.tsv"):
        shutil.copy(MINIATURE / name, folder / name)
    return folder


@dataclass
class Run:
    """A finished run: its working directory and what it printed."""

    folder: Path
    output: str

    @property
    def results(self) -> Path:
        return self.folder / "results"


@pytest.fixture(scope="session")
def both_runs(tmp_path_factory) -> tuple[Run, Run]:
    """The miniature on two cores and on one, side by side."""
    folders = [miniature_folder(tmp_path_factory.mktemp(name)) for name in ("two_cores", "one_core")]
    processes = []
    for folder, cores in zip(folders, ("2", "1"), strict=True):
        command = [
            sys.executable,
            "-m",
            "snakemake",
            "--snakefile",
            str(ROOT / "Snakefile"),
            "--directory",
            str(folder),
        ]
        command += ["--configfile", str(folder / "config.yaml"), "--cores", cores]
        log = (folder / "terminal.txt").open("w")
        processes.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder))
    codes = [process.wait() for process in processes]
    outputs = [(folder / "terminal.txt").read_text() for folder in folders]
    assert codes == [0, 0], "\n".join(text[-3000:] for text in outputs)
    return Run(folders[0], outputs[0]), Run(folders[1], outputs[1])


@pytest.fixture(scope="session")
def miniature(both_runs) -> Run:
    """The miniature run on two cores. Tests must leave its files as they are."""
    return both_runs[0]
