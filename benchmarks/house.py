"""Measures the house: what stands where, how far an edit reaches, and what a new output touches.

    python -m benchmarks.house [--run FOLDER] [--beside CHECKOUT [--beside-run FOLDER]]

Beside this checkout another one can be measured. A run is the folder of a finished run of a checkout's code (such as
the miniature's): there a dry run tells how many jobs each of ten typical edits would make again. Edited files are put
back.
"""

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measures import write_measures

ROOT = Path(__file__).parent.parent
OUTPUT = Path("results/benchmarks/house.json")
CODE = (".py", ".smk", ".j2", ".yaml")
FOLDERS = ("rules", "scripts", "squint", "benchmarks", "tests")
OUTPUTS = ("regression", "distribution", "classes", "binary")  # not units, which are those of the scale too
# What is edited, with the files that may hold it (in checkouts of before 0.1.0 too), the text there, and what takes its
# place.
EDITS: dict[str, list[tuple[str, str, str]]] = {
    "the words of all errors": [
        (file, "Squint cannot go on with what it was given.", "Squint can't take what it was given.")
        for file in ("scripts/job.py", "squint/errors.py")
    ],
    "how often progress is shown": [
        (file, "mininterval=5", "mininterval=9") for file in ("scripts/job.py", "squint/jobs/job.py")
    ],
    "the words of a suggestion": [
        (file, "(did you mean", "(perhaps") for file in ("scripts/people_tables.py", "squint/errors.py")
    ],
    "a check of a network's values": [
        (file, "bins that rise from 0 to", "edges that rise from 0 to")
        for file in ("scripts/network_settings.py", "squint/config/networks.py")
    ],
    "a comment in the video reader": [
        (file, "\n\n\nclass Video:", "\n\n\n# A comment.\nclass Video:")
        for file in ("scripts/video.py", "squint/files/video.py")
    ],
    "a docstring of the metrics": [
        (file, '"""Pearson\'s r along', '"""The correlation along')
        for file in ("scripts/evaluation/metrics.py", "squint/measures/metrics.py")
    ],
    "the width of attention": [
        (file, "ATTENTION = 32", "ATTENTION = 48") for file in ("scripts/networks/build.py", "squint/models/pooling.py")
    ],
    "the decimals of tables": [
        (file, 'float_format="%.3f"', 'float_format="%.2f"')
        for file in ("scripts/tables/tabulate.py", "squint/presentation/tables.py")
    ],
    "the size of figures' letters": [
        (file, '"font.size": 9', '"font.size": 10')
        for file in ("scripts/figure_style.py", "squint/presentation/figures.py")
    ],
    "the look of pages": [
        (file, "margin: 1.5em", "margin: 2em") for file in ("scripts/table_page.py", "squint/presentation/pages.py")
    ],
}


def files_of(root: Path, folder: str) -> list[Path]:
    """The files of code in a folder of a checkout, in whatever depth."""
    return sorted(
        path for path in (root / folder).rglob("*") if path.suffix in CODE and "__pycache__" not in path.parts
    )


def count_lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions(root: Path) -> Iterator[tuple[int, str]]:
    """Length in lines and name of each function of the workflow's own code."""
    for folder in ("scripts", "squint"):
        for path in (path for path in files_of(root, folder) if path.suffix == ".py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef):
                    yield (node.end_lineno or node.lineno) - node.lineno + 1, f"{path.relative_to(root)}: {node.name}"


def describe(root: Path) -> dict[str, object]:
    """Files and lines by folder, the longest file and function."""
    found: dict[str, object] = {}
    for folder in FOLDERS:
        paths = files_of(root, folder)
        found[f"{folder}: files"], found[f"{folder}: lines"] = len(paths), sum(map(count_lines, paths))
    flat = [path for folder in ("scripts", "squint") for path in (root / folder).glob("*.py")]
    found["modules that lie flat"] = len([path for path in flat if path.name != "__init__.py"])
    own = [path for folder in ("rules", "scripts", "squint") for path in files_of(root, folder)]
    longest = max(own, key=count_lines)
    found["longest file"] = f"{longest.relative_to(root)}: {count_lines(longest)}"
    lengths = sorted(functions(root))
    found["longest function"] = f"{lengths[-1][1]}: {lengths[-1][0]}"
    found["median function"] = lengths[len(lengths) // 2][0]
    return found


def output_places(root: Path) -> dict[str, int]:
    """Where an output's name stands as a text in code, templates and schemas, but in a file that is about it alone."""
    places = {}
    for folder in ("rules", "scripts", "squint", "report", "schemas"):
        for path in files_of(root, folder):
            if path.stem in OUTPUTS:
                continue
            names = re.findall(r'["\'\[ ,](regression|distribution|classes|binary)["\'\], ]', strip_prose(path))
            if names:
                places[str(path.relative_to(root))] = len(names)
    return places


def strip_prose(path: Path) -> str:
    """The text of a file in which a name between quotes is a value: comments, docstrings and descriptions left out."""
    text = path.read_text()
    if path.suffix == ".py":
        constants = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
        return " ".join(f"'{value}'" for value in constants if isinstance(value, str) and value in OUTPUTS)
    if path.suffix == ".yaml":
        return " ".join(re.findall(r"enum: \[.*?\]", text))
    return "\n".join(line.partition("#")[0] for line in text.splitlines())


def planned(root: Path, run: Path) -> int:
    """Number of jobs that a dry run of a finished run would make again."""
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "all",
        "--snakefile",
        str(root / "Snakefile"),
        "--directory",
        str(run),
    ]
    command += ["--configfile", str(run / "config.yaml"), "--dry-run", "--cores", "1"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=run, check=True)
    found = re.search(r"^total +(\d+)$", result.stdout, re.M)
    return int(found[1]) if found else 0


def edit_reach(root: Path, run: Path) -> dict[str, int]:
    """Jobs that each edit would make again."""
    reach = {"nothing": planned(root, run)}
    for name, versions in EDITS.items():
        there = [(root / file, old, new) for file, old, new in versions if (root / file).is_file()]
        path, old, new = next((path, old, new) for path, old, new in there if old in path.read_text())
        text = path.read_text()
        try:
            path.write_text(text.replace(old, new, 1))
            reach[name] = planned(root, run)
        finally:
            path.write_text(text)
    return reach


def measure(root: Path, run: Path | None) -> dict[str, object]:
    """All measures of one checkout."""
    places = output_places(root)
    found = describe(root)
    found["texts that name an output"] = sum(places.values())
    found["files that name an output"] = len(places)
    if run:
        found |= {f"jobs after an edit of {name}": jobs for name, jobs in edit_reach(root, run).items()}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, help="a finished run of this checkout's code")
    parser.add_argument("--beside", type=Path, help="another checkout")
    parser.add_argument("--beside-run", type=Path, help="a finished run of that one's code")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout that made --run; by default this one")
    arguments = parser.parse_args()
    sides = {"here": measure(arguments.root, arguments.run)}
    if arguments.beside:
        sides = {"beside": measure(arguments.beside, arguments.beside_run)} | sides
    print(" " * 50, *(f"{where:<58}" for where in sides))
    for name in dict.fromkeys(key for side in sides.values() for key in side):
        print(f"{name:<50}", *(f"{side.get(name, '–')!s:<58}" for side in sides.values()), flush=True)
    write_measures(OUTPUT, sides)


if __name__ == "__main__":
    main()
