"""A digest of the project's modules that a script imports, so that editing one reruns what imports it.

Snakemake sees a change of a rule's script, but not of a module that the script imports.
"""

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

PACKAGE = "scripts"


@cache
def local_imports(path: Path, root: Path) -> frozenset[Path]:
    """The files of `scripts` that the module at `path` imports itself."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    files = (root.joinpath(*name.split(".")).with_suffix(".py") for name in names if name.startswith(f"{PACKAGE}."))
    return frozenset(file for file in files if file.is_file())


@cache
def all_imports(path: Path, root: Path) -> frozenset[Path]:
    """The files of `scripts` that the module at `path` imports, directly or through others."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        new = local_imports(waiting.pop(), root) - found
        found |= new
        waiting.extend(new)
    return frozenset(found - {path})


def digest_files(files: Iterable[Path], root: Path) -> str:
    """Hex digest of some files' places under `root` and contents, in their order."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def import_digest(script: Path, root: Path) -> str:
    """Hex digest of the contents of all that `script` imports from the project under `root`."""
    return digest_files(sorted(all_imports(script, root)), root)


def watch_imports(rules, root: Path) -> None:
    """Give each scripted rule of a loaded workflow a param with the digest of what its script imports."""
    for rule in rules:
        if rule.script:
            script = Path(rule.basedir.get_path_or_uri(secret_free=True), rule.script).resolve()
            rule.set_params(imports=import_digest(script, root))
