"""Writes beside each table and timeline what it came from, and all of it once more as the record of the study.

What each file was made from is Snakemake's own record of the jobs that made it, followed back to the files that no rule
made: the videos, and what people gave.
"""

import hashlib
import json
import logging
import platform
import re
import subprocess
import zipfile
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import h5py
import numpy as np
from snakemake.io import IOFile
from snakemake.persistence.file import FilePersistence

from scripts.code_digest import digest_files
from scripts.job import job, progress
from scripts.settings import read_sheet

CODE = ("Snakefile", "rules", "scripts", "schemas", "report")
SIMULATED = "results/simulated/"
KINDS = ("videos", "detector", "networks", "files", "unrecorded")
PROBED = re.compile(r"results/recordings/[^/]+/C[1-6]\.json")
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
    return {"commit": commit, "digest": digest_files(code, root)}


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
        self.told_by = cache(self._told_by)

    def _inputs(self, path: str) -> tuple[str, ...] | None:
        """What a job made a file from; None for one whose making is not on record."""
        record = self.records.metadata(IOFile(path))
        return None if record is None or record.input is None else tuple(record.input)

    def ancestors(self, path: str) -> list[str]:
        """A file and all that it came from, sorted."""
        found, waiting = {path}, [path]
        while waiting:
            new = set(self.inputs(waiting.pop()) or ()) - found
            found |= new
            waiting.extend(new)
        return sorted(found)

    def _told_by(self, path: str) -> tuple[str, object] | None:
        """The kind of a source and its digest; None for a file on the way."""
        here, given = self.folder / path, self.inputs(path) is None
        if given and path.startswith("results/"):
            return "unrecorded", "no record"
        if here.suffix == ".tflite":
            return "detector", digest_of(here)
        if given:
            return "files", digest_of(here)
        return ("networks", weights_digest(here)) if here.suffix == ".keras" else None

    def of(self, path: str) -> dict[str, dict]:
        """What a file came from: videos, detector, networks and what people gave, each by path with its digest.

        `unrecorded` are results whose making Snakemake did not record, as where it was killed and the job went on.
        """
        sources: dict[str, dict] = {kind: {} for kind in KINDS}
        ancestors = self.ancestors(path)
        for record in (json.loads((self.folder / name).read_text()) for name in ancestors if PROBED.fullmatch(name)):
            sources["videos"][record["path"]] = {"bytes": record["bytes"], "digest": record["digest"]}
        # A video is told by its record: its size and its ends, without reading hours of it again.
        for name in set(ancestors) - set(sources["videos"]):
            told_by = self.told_by(name)
            if told_by is not None:
                sources[told_by[0]][name] = told_by[1]
        return {kind: dict(sorted(named.items())) for kind, named in sources.items()}


def record_provenance(
    folder: Path, root: Path, tables: list[str], sidecars: list[str], study: str, config: dict, sheet: str
) -> None:
    """Write the sidecar of each of `tables`, and the record of the whole study.

    `folder` is Snakemake's working directory, `root` holds the code, `sheet` is the path of the sample sheet. Code,
    packages and processor are those of this job, which stand for those of all: a change of the code reruns what it
    touches.
    """
    sources = Sources(folder)
    common = {
        "config": values_digest(config),
        "sheet": digest_of(folder / sheet),
        "code": code_version(root),
        "lock": digest_of(root / "requirements.lock"),
    }
    found: dict[str, dict] = {kind: {} for kind in KINDS}
    entries = {}
    for table, sidecar in progress(list(zip(tables, sidecars, strict=True)), desc="Recording"):
        ours = sources.of(table)
        simulated = any(video.startswith(SIMULATED) for video in ours["videos"])
        entry = {"digest": digest_of(folder / table), "test_bed": simulated}
        (folder / sidecar).write_text(json.dumps({"table": table} | entry | common | ours, indent=1) + "\n")
        for kind, named in ours.items():
            found[kind] |= named
        entries[table] = entry | {kind: sorted(named) for kind, named in ours.items()}
    if found["unrecorded"]:
        logging.warning(
            "Not on record how these were made: %s. Their makers outlived a killed Snakemake. "
            "`snakemake --touch --force` with their names takes them as they are; deleted, they are made anew.",
            ", ".join(found["unrecorded"]),
        )
    rows = read_sheet(str(folder / sheet)).set_index("experiment").T.to_dict()
    whole = common | {"machine": machine(), "values": config, "experiments": rows, "tables": entries} | found
    (folder / study).write_text(json.dumps(whole, indent=1) + "\n")


if __name__ == "__main__":
    with job(snakemake):
        record_provenance(
            Path(),
            Path(snakemake.params.root),
            list(snakemake.input.tables),
            list(snakemake.output.sidecars),
            snakemake.output.study,
            snakemake.params.config,
            snakemake.input.sheet,
        )
