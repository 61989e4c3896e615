"""A disk that is full or read-only: each kind of write ends in a message and no result, and works again afterwards."""

import re
import shlex
import subprocess

import pytest

from tests.conftest import Workplace, command
from tests.mounts import may_mount
from tests.outputs import made_again

pytestmark = pytest.mark.skipif(not may_mount(), reason="a small file system can't be mounted here; root may, mostly")

# One of each kind of file that is written: video, parquet, JSON, table, picture, folder, HDF5, model, page, report.
WRITES = [
    "results/simulated/EXP1/C1.mp4",
    "results/recordings/EXP1/C1.json",
    "results/sync/EXP1.csv",
    "results/faces/annotations.csv",
    "results/detections/EXP1/C1.parquet",
    "results/moments/EXP1.parquet",
    "results/frames/EXP1",
    "results/sheets/EXP1.csv",
    "results/items/EXP1",
    "results/labels/EXP1.parquet",
    "results/crops/EXP1_CORR",
    "results/images/EXP1_CORR.h5",
    "results/datasets/LOSOCV-1-train.h5",
    "results/features/compact_units/LOSOCV-1",
    "results/models/compact_units/LOSOCV-1.keras",
    "results/predictions/compact_units/LOSOCV-1-test_corr.parquet",
    "results/metrics/compact_units.csv",
    "results/tables/intervals.csv",
    "results/figures/comparison.svg",
    "results/figures/detected_faces.png",
    "results/timelines/NEW1.csv",
]
FULL = "mount -t tmpfs -o size=64k none {folder}; head -c 1M /dev/zero > {folder}/filler 2>/dev/null || true"
READ_ONLY = "mount --bind {folder} {folder}; mount -o remount,ro,bind {folder}"


def run_on(place: Workplace, mount: str, folder: str, target: str) -> tuple[int, str, list[str]]:
    """Run Snakemake with `folder` mounted otherwise: its exit code, what it printed, what then stood in the folder."""
    where = shlex.quote(str(place.folder / folder))
    line = shlex.join(command(place.project, place.folder, "--cores", "2", "--rerun-triggers", "mtime", "--", target))
    script = f"{mount.format(folder=where)}; {line}; code=$?; ls -A {where} > left.txt; exit $code"
    result = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=place.folder,
        check=False,
    )
    return result.returncode, result.stdout, (place.folder / "left.txt").read_text().split()


@pytest.mark.parametrize("target", WRITES)
def test_a_full_disk(finished, miniature, target):
    finished.remove(target)
    folder, _, name = target.rpartition("/")
    code, output, left = run_on(finished, FULL, folder, target)
    assert code != 0, output
    assert "no space left" in output and folder in output and "run again" in output, output
    assert "Traceback" not in output
    assert name not in left, "something is left that looks finished"
    assert made_again(finished, miniature, target)


@pytest.mark.parametrize("folder", ["results/tables", "results/logs", "results"])
def test_a_folder_that_is_read_only(finished, miniature, folder):
    target = "results/tables/intervals.csv"
    finished.remove(target)
    code, output, _ = run_on(finished, READ_ONLY, folder, target)
    assert code != 0, output
    # Where outputs stand already, Snakemake looks before it starts the job.
    assert re.search("ead-only file system|Write-protected output files", output) and folder in output, output
    assert not (finished.folder / target).exists()
    assert made_again(finished, miniature, target)
