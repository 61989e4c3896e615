"""Makes Snakemake's report of the tables and figures."""

import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from squint.jobs.job import job

TARGET = "evaluate"


def make_report(snakefile: str, config: dict, report: str) -> None:
    """Write the report of all that the rule `evaluate` gathers, with the running workflow's own config.

    A second Snakemake reads the finished files' metadata; it takes no lock and runs no job.
    Raises RuntimeError with its last words if it fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        used = Path(folder) / "config.yaml"
        used.write_text(yaml.safe_dump(config))
        command = [sys.executable, "-m", "snakemake", TARGET, "--snakefile", snakefile, "--configfile", str(used)]
        command += ["--report", report, "--nolock", "--workflow-profile", "none"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    print(result.stdout, result.stderr, file=sys.stderr)
    if result.returncode:
        raise RuntimeError(f"snakemake --report failed: {result.stderr.strip().splitlines()[-1]}")


if __name__ == "__main__":
    with job(snakemake):
        make_report(
            snakefile=snakemake.params.snakefile, config=snakemake.params.config, report=snakemake.output.report
        )
