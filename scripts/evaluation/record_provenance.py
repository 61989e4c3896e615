"""Writes beside each table and timeline what it came from, and all of it once more as the record of the study.

What each file was made from is Snakemake's own record of the jobs that made it, followed back to the files that no rule
made: the videos, and what people gave.
"""

import hashlib
import json
import platform
import subprocess
import zipfile
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import h5py
import numpy as np
from snakemake.io import IOFile
from snakemake.persistence.file import FilePersistence

from scripts.job import InputError, job, progress

CODE = ("Snakefile", "rules", "scripts", "schemas", "report")
SIMULATED = "results/simulated/"
SHORT = 16  # hex digits of a digest


def digest_of(path: Path) -> str:
    """SHA-256 of a file, or of the names and files of a folder."""
    total = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if path.is_dir():
            total.update(str(file.relative_to(path)).encode() + b"\0")
        if file.is_file():
            with file.open("rb") as opened:
                total.update(hashlib.file_digest(opened, "sha256").digest())
    return total.hexdigest()[:SHORT]


def weights_digest(path: Path) -> str:
    """SHA-256 of the names and values of a .keras file's weights. The file itself holds the time it was written."""
    total = hashlib.sha256()

    def add(name: str, item: h5py.Dataset | h5py.Group) -> None:
        if isinstance(item, h5py.Dataset):
            total.update(name.encode() + b"\0" + np.ascontiguousarray(item[()]).tobytes())

    with zipfile.ZipFile(path) as archive, archive.open("model.weights.h5") as stored, h5py.File(stored) as file:
        file.visititems(add)
    return total.hexdigest()[:SHORT]


def config_digest(config: dict) -> str:
    """SHA-256 of a config, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:SHORT]


def code_version(root: Path) -> dict[str, str]:
    """Digest of the workflow's files under `root`, and its Git commit where it is a checkout (else empty)."""
    total = hashlib.sha256()
    files = (file for name in CODE for file in [root / name, *sorted((root / name).rglob("*"))])
    for file in files:
        if file.is_file() and file.suffix != ".pyc":
            total.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = ""
    return {"commit": commit, "digest": total.hexdigest()[:SHORT]}


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


class Sources:
    """What files came from, by the records of the jobs in `folder` (Snakemake's working directory)."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.records = FilePersistence(nolock=True, path=folder / ".snakemake")
        self.inputs = cache(self._inputs)
        self.described = cache(self._described)

    def _inputs(self, path: str) -> tuple[str, ...] | None:
        """What a file was made from; None for one that no job made. Raises InputError where that is not known."""
        record = self.records.metadata(IOFile(path))
        if record is not None and record.input is not None:
            return tuple(record.input)
        if path.startswith("results/"):
            raise InputError(
                path,
                "Snakemake's record of the job that made it, in .snakemake/metadata",
                "none",
                f"make it here: snakemake --cores all --force {path}",
            )
        return None

    def ancestors(self, path: str) -> list[str]:
        """All files that a file came from, sorted."""
        found: set[str] = set()
        waiting = [path]
        while waiting:
            new = set(self.inputs(waiting.pop()) or ()) - found
            found |= new
            waiting.extend(new)
        return sorted(found)

    def _described(self, path: str) -> tuple[str, str, object] | None:
        """The kind of a source, its path and what it is told by; None for a file on the way."""
        here = self.folder / path
        if path.startswith("results/recordings/") and here.suffix == ".json":
            record = json.loads(here.read_text())
            return "videos", record["path"], {"bytes": record["bytes"], "digest": record["digest"]}
        if here.suffix == ".keras":
            return "networks", path, weights_digest(here)
        if here.suffix == ".tflite":
            return "detector", path, digest_of(here)
        return ("files", path, digest_of(here)) if self.inputs(path) is None else None

    def of(self, path: str) -> dict[str, dict]:
        """Videos, detector, networks and given files that a file came from, each by path with its digest."""
        sources: dict[str, dict] = {"videos": {}, "detector": {}, "networks": {}, "files": {}}
        for ancestor in self.ancestors(path):
            described = self.described(ancestor)
            if described is not None:
                kind, name, told_by = described
                sources[kind][name] = told_by
        # A video is told by its record, which reads no more of it than its ends.
        for video in sources["videos"]:
            sources["files"].pop(video, None)
        return sources


def sidecar_of(table: str) -> str:
    """Where it stands what a table came from."""
    return str(Path(table).with_suffix(".provenance.json"))


def record_provenance(folder: Path, root: Path, tables: list[str], config: dict, study: str) -> None:
    """Write the sidecar of each of `tables`, and the record of the whole study.

    `folder` is Snakemake's working directory, `root` holds the code. Raises InputError for a table whose making is not
    on record.
    """
    sources = Sources(folder)
    common = {
        "config": config_digest(config),
        "code": code_version(root),
        "lock": digest_of(root / "requirements.lock"),
    }
    found: dict[str, dict] = {"videos": {}, "detector": {}, "networks": {}, "files": {}}
    entries = {}
    for table in progress(tables, desc="Recording"):
        ours = sources.of(table)
        simulated = any(video.startswith(SIMULATED) for video in ours["videos"])
        entry = {"table": table, "digest": digest_of(folder / table), "test_bed": simulated}
        (folder / sidecar_of(table)).write_text(json.dumps(entry | common | ours, indent=1) + "\n")
        for kind, named in ours.items():
            found[kind] |= named
        entries[table] = {"digest": entry["digest"], "test_bed": simulated} | {
            kind: sorted(named) for kind, named in ours.items()
        }
    whole = common | {"machine": machine(), "values": config, "tables": entries} | found
    (folder / study).write_text(json.dumps(whole, indent=1) + "\n")


if __name__ == "__main__":
    with job(snakemake):
        record_provenance(
            Path(),
            Path(snakemake.params.root),
            list(snakemake.input.tables),
            snakemake.params.config,
            snakemake.output.study,
        )
