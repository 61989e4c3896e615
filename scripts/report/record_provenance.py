"""Writes beside each table and timeline what it came from, and all of it once more as the record of the study.

What each file was made from is Snakemake's own record of the jobs that made it, followed back to the files that no rule
made: the videos, and what people gave.
"""

import json
import logging
import re
from functools import cache
from pathlib import Path

from squint.config.experiments import read_sheet
from squint.jobs.job import job, progress
from squint.jobs.snakemake_internals import JobRecords
from squint.provenance.digests import code_version, digest_of, machine, values_digest, weights_digest

SIMULATED = "results/simulated/"
KINDS = ("videos", "detector", "networks", "files", "unrecorded")
PROBED = re.compile(r"results/recordings/[^/]+/[^/.]+\.json")


class Sources:
    """What files came from, by the records of the jobs in `folder` (Snakemake's working directory)."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.inputs = JobRecords(folder).inputs
        self.source = cache(self._source)

    def ancestors(self, path: str) -> list[str]:
        """A file and all that it came from, sorted."""
        found, waiting = {path}, [path]
        while waiting:
            new = set(self.inputs(waiting.pop()) or ()) - found
            found |= new
            waiting.extend(new)
        return sorted(found)

    def _source(self, path: str) -> tuple[str, object] | None:
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
        # A video is identified by its record: its size and its ends, without reading hours of it again.
        for name in set(ancestors) - set(sources["videos"]):
            source = self.source(name)
            if source is not None:
                kind, digest = source
                sources[kind][name] = digest
        return {kind: dict(sorted(named.items())) for kind, named in sources.items()}


def record_provenance(
    folder: Path,
    root: Path,
    tables: list[str],
    sidecars: list[str],
    study: str,
    config: dict,
    sheet: str,
    pictures: str = "",
) -> None:
    """Write the sidecar of each of `tables`, and the record of the whole study.

    `folder` is Snakemake's working directory, `root` holds the code, `sheet` is the path of the sample sheet and
    `pictures` that of the sheet of pictures, empty for none. Code, packages and processor are those of this job, which
    stand for those of all: a change of the code reruns what it touches.
    """
    sources = Sources(folder)
    common = {
        "config": values_digest(config),
        "sheet": " ".join(digest_of(folder / path) for path in (sheet, pictures) if path),
        "code": code_version(root),
        "lock": digest_of(root / "requirements.lock"),
    }
    found: dict[str, dict] = {kind: {} for kind in KINDS}
    entries = {}
    for table, sidecar in progress(list(zip(tables, sidecars, strict=True)), desc="Recording"):
        ours = sources.of(table)
        simulated = any(source.startswith(SIMULATED) for source in sources.ancestors(table))
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
    rows = read_sheet(str(folder / sheet)).set_index("experiment").T.to_dict() if sheet else {}
    whole = common | {"machine": machine(), "values": config, "experiments": rows, "tables": entries} | found
    (folder / study).write_text(json.dumps(whole, indent=1) + "\n")


if __name__ == "__main__":
    with job(snakemake):
        record_provenance(
            folder=Path(),
            root=Path(snakemake.params.root),
            tables=list(snakemake.input.tables),
            sidecars=list(snakemake.output.sidecars),
            study=snakemake.output.study,
            config=snakemake.params.config,
            sheet=snakemake.input.sheet or "",
            pictures=snakemake.input.pictures or "",
        )
