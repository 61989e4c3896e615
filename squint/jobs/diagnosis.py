"""What an unexpected error of a job comes from: a disk that is full or read-only, or a damaged file it was given."""

import errno
import json
import re
import zipfile
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from squint.files.jpeg import is_cut

DISK = {errno.ENOSPC: "no space left", errno.EDQUOT: "the quota is used up", errno.EROFS: "a read-only file system"}
DISK |= {errno.EACCES: "permission denied", errno.EFBIG: "a limit on the size of files"}


def disk_error(error: BaseException | None) -> int | None:
    """The number of the disk's refusal behind an error, if any. HDF5 and FFmpeg tell it in words alone."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in DISK:
            return error.errno
        named = [number for number in DISK if f"errno = {number}," in str(error) or f"[Errno {number}]" in str(error)]
        if named:
            return named[0]
        error = error.__cause__ or error.__context__
    return None


def lost_file(error: Exception) -> Path:
    """The file that an error says is not there; `.` for none. HDF5 tells it in words alone."""
    if not isinstance(error, FileNotFoundError):
        return Path()
    named = re.search(r"name = '([^']*)'", str(error))
    return Path(error.filename or (named[1] if named else ""))


def read_rows(_: str, item) -> None:
    """Read an HDF5 dataset row by row; a group has no shape."""
    for row in range(len(item) if getattr(item, "shape", ()) else 0):
        item[row]


def read_whole(path: Path) -> None:
    """Read a file of the workflow to its end. Raises whatever its reader raises for a damaged one.

    Readers are imported by name: a job's environment has those of the files that it reads, and perhaps no others.
    """
    if path.suffix == ".parquet":
        import_module("pyarrow.parquet").read_table(path)
    elif path.suffix == ".h5":
        with import_module("h5py").File(path) as file:
            file.visititems(read_rows)
    elif path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            wrong = archive.testzip()
        if wrong:
            raise ValueError(f"{wrong} in it is damaged")
    elif path.suffix == ".json":
        json.loads(path.read_text())
    elif path.suffix == ".jpg" and is_cut(path.read_bytes()):
        raise ValueError("its end is missing")


def damaged(path: Path) -> str:
    """What is wrong with a file or with one in a folder, in words; empty for nothing that can be seen."""
    if not path.exists():
        return "no such file"
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        try:
            read_whole(file)
        except ImportError:
            continue  # this job does not read such files
        except Exception as error:  # every reader has its own
            inside = f"{file.name}: " if path.is_dir() else ""
            return f"{inside}{type(error).__name__}: {(str(error) or 'damaged').splitlines()[0]}"
    return ""


def diagnose(error: Exception, inputs: Iterable[str], outputs: Iterable[str]) -> tuple[object, str, str, str] | None:
    """What an unexpected error of a job with some inputs and outputs comes from; None where neither is at fault.

    The file, what was expected of it, what was found, and what to do.
    """
    inputs, number = list(inputs), disk_error(error)
    file = getattr(error, "filename", None) or next(iter(outputs), "")
    if number == errno.EACCES and str(file) in inputs:
        return file, "permission to read", DISK[errno.EACCES], "make it readable and run again"
    if number is not None:
        remedy = "free space or open the folder for writing, then run again; what was left unfinished is made anew"
        return file, "room and permission to write", DISK[number], remedy
    lost = lost_file(error)
    for given in inputs:
        if Path(given) in lost.parents and given.startswith("results/"):
            remedy = "delete the folder and run again: it is made anew"
            return given, "a folder with all that was written into it", f"no {lost.relative_to(given)}", remedy
        found = damaged(Path(given))
        if found:
            remedy = "delete it and run again: it is made anew" if given.startswith("results/") else "give a whole one"
            return given, "a whole file", found, remedy
    return None
