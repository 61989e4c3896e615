"""Whether two runs of the workflow gave the same."""

import hashlib
import zipfile
from pathlib import Path

import h5py
import numpy as np

from tests.conftest import Workplace

# What tells the time and the circumstances of a run, and no result.
TIMED = ("logs", "benchmarks", "report.html", "provenance.json")
WEIGHTS_TOLERANCE = 1e-5


def files_of(results: Path) -> dict[str, Path]:
    """All results by their path under `results`."""
    return {
        str(path.relative_to(results)): path
        for path in sorted(results.rglob("*"))
        if path.is_file()
        and not str(path.relative_to(results)).startswith(TIMED)
        and not path.name.endswith(".provenance.json")
    }


def weights_of(path: Path) -> list[np.ndarray]:
    """The weights in a .keras file, read without Keras."""
    with zipfile.ZipFile(path) as archive, archive.open("model.weights.h5") as stored, h5py.File(stored) as file:
        found: list[np.ndarray] = []
        file.visititems(lambda _, item: found.append(item[()]) if isinstance(item, h5py.Dataset) else None)
        return found


def same(one: Path, other: Path) -> bool:
    """Whether two files hold the same. A .keras file is an archive that holds the time it was written."""
    if one.suffix == ".keras":
        pairs = list(zip(weights_of(one), weights_of(other), strict=True))
        return bool(pairs) and all(np.allclose(a, b, rtol=0, atol=WEIGHTS_TOLERANCE) for a, b in pairs)
    return hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()


def differences(one: dict[str, Path], other: dict[str, Path]) -> list[str]:
    """Names of `one` that `other` lacks or has differently."""
    return [name for name, path in one.items() if name not in other or not same(path, other[name])]


def made_again(place: Workplace, undisturbed: Workplace, target: str) -> bool:
    """Whether running again gives what an undisturbed run gave."""
    code, output = place.snakemake("--cores", "2", "--rerun-triggers", "mtime", "--", target)
    assert code == 0, output
    one, other = place.folder / target, undisturbed.folder / target
    if one.is_dir():
        names = sorted(path.name for path in other.iterdir())
        return names == sorted(path.name for path in one.iterdir()) and all(same(one / n, other / n) for n in names)
    return same(one, other)
