"""A digest of the code that a script runs, so that an edit reruns what it can change and nothing else.

Snakemake sees that a rule's script is newer than what it made, but neither what an edit means nor a module that the
script imports. Here the script and all modules of the project that it imports, at any remove, are taken by what they
do: their syntax trees without comments, docstrings, annotations, and what is only told to people. The profiles in
`profiles/` leave it to this digest when code makes a rule run again.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "squint"
# Told and logged around the work, never part of it; what only they import is not either.
PLUMBING = ("squint/__init__.py", "squint/errors.py")
PLUMBING += tuple(f"squint/jobs/{name}.py" for name in ("__init__", "diagnosis", "digests", "job", "run_record"))
# Calls whose statement tells people something and does nothing else.
TELLING = {f"{teller}.{level}" for teller in ("logging", "log") for level in ("debug", "info", "warning", "error")}
TELLING |= {"print", "warnings.warn"}


def is_plumbing(path: Path, root: Path) -> bool:
    """Whether a module can change no result."""
    return path.relative_to(root).as_posix() in PLUMBING


@cache
def local_imports(path: Path, root: Path) -> frozenset[Path]:
    """The files of the package that the module at `path` imports itself, with those that importing them runs."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    files = set()
    for parts in (name.split(".") for name in names if name.split(".")[0] == PACKAGE):
        files.add(root.joinpath(*parts).with_suffix(".py"))
        files.update(root.joinpath(*parts[:length], "__init__.py") for length in range(1, len(parts) + 1))
    return frozenset(file for file in files if file.is_file())


@cache
def all_imports(path: Path, root: Path) -> frozenset[Path]:
    """The files of the package that the module at `path` imports, directly or through others, without plumbing."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        new = {file for file in local_imports(waiting.pop(), root) if not is_plumbing(file, root)} - found
        found |= new
        waiting.extend(new)
    return frozenset(found - {path})


class Meaning(ast.NodeTransformer):
    """A syntax tree without what only people read: docstrings, annotations of functions, messages.

    It is compared and never run, so that a body may end up empty.
    """

    def __init__(self):
        self.fields: set[int] = set()

    def without_docstring(self, node):
        self.generic_visit(node)
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
        return node

    visit_Module = without_docstring

    def visit_ClassDef(self, node):
        """The annotations of a class's own names are its fields, if it is a data class."""
        fields = [statement for statement in node.body if isinstance(statement, ast.AnnAssign)]
        self.fields.update(map(id, fields))
        return self.without_docstring(node)

    def visit_FunctionDef(self, node: Any):
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        return self.without_docstring(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        if id(node) in self.fields:
            return node
        return ast.Assign([node.target], node.value) if node.value else None

    def visit_Raise(self, node):
        """Which error is raised counts, and not what it says: an error ends a job."""
        error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return ast.Raise(error, None)

    def visit_Expr(self, node):
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in TELLING:
            return None
        return self.generic_visit(node)

    def visit_Pass(self, node):
        return None


@cache
def meaning(path: Path) -> bytes:
    """What the module at `path` does, the same for any two that differ in what people read alone."""
    return ast.dump(Meaning().visit(ast.parse(path.read_text()))).encode()


def code_digest(script: Path, root: Path) -> str:
    """Hex digest of what `script` and all that it imports from the project under `root` do."""
    digest = hashlib.sha256()
    for file in [script, *sorted(all_imports(script, root))]:
        digest.update(str(file.relative_to(root)).encode() + b"\0" + meaning(file) + b"\0")
    return digest.hexdigest()[:16]
