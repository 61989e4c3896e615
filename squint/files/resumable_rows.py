"""Keeps the rows of a long job beside its output, so that a job that was killed goes on where it was."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def digest_of(*parts: object) -> str:
    """Hex digest of what a job's rows depend on: files by their contents, anything else by how it is written."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else repr(part).encode()
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


class ResumableRows:
    """The rows that a job with the same `key` had kept at `path`."""

    def __init__(self, path: str, key: str):
        self.path, self.key = Path(path), key.encode()

    def read(self) -> list[dict]:
        """The rows; none if there is no such file, or if it is broken or of a job with another key."""
        try:
            table = pq.read_table(self.path)
        except (FileNotFoundError, pa.ArrowInvalid):
            return []
        return table.to_pylist() if (table.schema.metadata or {}).get(b"key") == self.key else []

    def write(self, rows: list[dict]) -> None:
        """Keep `rows`, all that there are so far; a job that is killed meanwhile leaves those that were kept before."""
        table = pa.Table.from_pylist(rows).replace_schema_metadata({b"key": self.key})
        written = self.path.with_name(f"{self.path.name}.new")
        pq.write_table(table, written)
        written.replace(self.path)

    def remove(self) -> None:
        """Remove what was kept, when the output is there."""
        self.path.unlink(missing_ok=True)
