"""Digests of files, weights, values and code, and what results may depend on beside them."""

import hashlib
import json
import platform
import subprocess
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import h5py
import numpy as np

CODE = ("Snakefile", "rules", "scripts", "squint", "schemas", "report")
SHORT = 16  # hex digits of a digest


def digest_of(path: Path) -> str:
    """SHA-256 of a file, as `sha256sum` prints it but shortened, or of the names and digests of a folder's files."""
    if path.is_dir():
        lines = [f"{file.relative_to(path)}\0{digest_of(file)}\n" for file in sorted(path.rglob("*")) if file.is_file()]
        return hashlib.sha256("".join(lines).encode(errors="surrogateescape")).hexdigest()[:SHORT]
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:SHORT]


def weights_digest(path: Path) -> str:
    """SHA-256 of the names and values of a .keras file's weights. The file itself holds the time it was written."""
    total = hashlib.sha256()

    def add(name: str, item: h5py.Dataset | h5py.Group) -> None:
        if isinstance(item, h5py.Dataset):
            total.update(name.encode() + b"\0" + np.ascontiguousarray(item[()]).tobytes())

    with zipfile.ZipFile(path) as archive, archive.open("model.weights.h5") as stored, h5py.File(stored) as file:
        file.visititems(add)
    return total.hexdigest()[:SHORT]


def values_digest(values: dict) -> str:
    """SHA-256 of a config, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:SHORT]


def code_version(root: Path) -> dict[str, str]:
    """Digest of the workflow's files under `root`, and its Git commit where it is a checkout (else empty)."""
    files = (file for name in CODE for file in [root / name, *sorted((root / name).rglob("*"))])
    code = [file for file in files if file.is_file() and file.suffix != ".pyc"]
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = ""
    digest = hashlib.sha256()
    for file in code:
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return {"commit": commit, "digest": digest.hexdigest()[:SHORT]}


def machine() -> dict[str, object]:
    """What results may depend on beside code and config: processor, system, and the installed packages."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "processor": processor or platform.processor() or platform.machine(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": dict(sorted({dist.name: dist.version for dist in distributions()}.items())),
    }
