"""Lists what differs between two runs of a study, and why it may.

    python -m squint.provenance.compare results/provenance.json ../other/results/provenance.json

Ends with 0 if all tables and timelines are the same or what is recorded may explain why they differ (or are in one run
alone), with 1 if it does not, and with 2 if there is nothing to compare.
"""

import argparse
import json
import sys
from pathlib import Path

from squint.config.schema import check
from squint.errors import InputError

KINDS = {"videos": "videos", "files": "given files", "detector": "face detectors", "networks": "trained networks"}
KINDS |= {"unrecorded": "results whose making is not on record"}
UNEXPLAINED = "NOTHING THAT IS RECORDED EXPLAINS IT"


def read_study(path: str) -> dict:
    """The record of a study. Raises InputError for a file that is none."""
    remedy = "give the results/provenance.json of a finished run (snakemake --cores 1 provenance writes it)"
    try:
        study = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(path, "the record of a study", f"{type(error).__name__}: {error}", remedy) from error
    check(study, "provenance", path, remedy)
    for name, table in study["tables"].items():
        strange = [source for kind in KINDS for source in table[kind] if source not in study[kind]]
        if strange:
            raise InputError(path, f"all sources of {name}", f"no {strange[0]}", remedy)
    return study


def flatten(values: dict, prefix: str = "") -> dict[str, object]:
    """A config's values by their dotted keys."""
    flat: dict[str, object] = {}
    for key, value in values.items():
        here = f"{prefix}.{key}" if prefix else key
        flat |= flatten(value, here) if isinstance(value, dict) and value else {here: value}
    return flat


def changes(one: dict, other: dict) -> list[str]:
    """Keys whose values differ or that one side lacks (None), in words."""
    keys = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
    return [f"{key}: {one.get(key)!r} and {other.get(key)!r}" for key in keys]


def compare_surroundings(one: dict, other: dict) -> dict[str, list[str]]:
    """What differs around two studies, by what it is: config, code, lock, packages, processor and system."""
    ours, theirs = one["machine"], other["machine"]
    found = {
        "config": changes(flatten(one["values"]), flatten(other["values"])),
        "sample sheet": changes(flatten(one["experiments"]), flatten(other["experiments"])),
        "code": changes(one["code"], other["code"]) if one["code"]["digest"] != other["code"]["digest"] else [],
        "lock": changes({"requirements.lock": one["lock"]}, {"requirements.lock": other["lock"]}),
        "packages": changes(ours["packages"], theirs["packages"]),
        "machine": changes(*({k: v for k, v in machine.items() if k != "packages"} for machine in (ours, theirs))),
    }
    return {name: lines for name, lines in found.items() if lines}


def compare_sources(table: str, one: dict, other: dict) -> dict[str, list[str]]:
    """The sources of a table that differ between two studies, by kind: paths that both or one of them has.

    The same files at other paths are no difference.
    """
    found = {}
    for kind in KINDS:
        sides = [{path: study[kind][path] for path in study["tables"][table][kind]} for study in (one, other)]
        if kind != "unrecorded" and sorted(map(str, sides[0].values())) == sorted(map(str, sides[1].values())):
            continue
        paths = sorted(path for path in sides[0].keys() | sides[1].keys() if sides[0].get(path) != sides[1].get(path))
        if paths:
            found[kind] = paths
    return found


def explain(surroundings: dict[str, list[str]], sources: dict[str, list[str]]) -> list[str]:
    """Why a table may differ, the nearest to its beginnings first; nothing if nothing recorded explains it.

    A detector or network that differs is itself made by the workflow: it explains a table only together with what may
    have changed it.
    """
    why = [f"{len(sources[kind])} {KINDS[kind]} differ" for kind in ("videos", "files") if kind in sources]
    why += [f"the {name} differs" for name in ("config", "sample sheet", "code", "lock") if name in surroundings]
    why += ["the installed packages differ"] if "packages" in surroundings else []
    why += [f"{KINDS['unrecorded']} are among its sources"] if "unrecorded" in sources else []
    learnt = [KINDS[kind] for kind in ("detector", "networks") if kind in sources]
    if learnt and "machine" in surroundings:
        why.append(f"{' and '.join(learnt)} differ, and the machines do, on whose processors sums depend")
    return why


def compare_studies(one: dict, other: dict) -> tuple[list[str], int]:
    """Lines that tell what differs and why it may, and the exit code."""
    surroundings = compare_surroundings(one, other)
    lines = [f"{name}\n" + "\n".join(f"  {line}" for line in found) for name, found in surroundings.items()]
    tables, others = one["tables"], other["tables"]
    # The config and the sample sheet say which tables there are, and what the code makes of them.
    explained = bool({"config", "sample sheet", "code"} & surroundings.keys())
    alone = [f"only in the first: {name}" for name in sorted(tables.keys() - others.keys())]
    alone += [f"only in the second: {name}" for name in sorted(others.keys() - tables.keys())]
    lines += alone if explained else [f"{line}: {UNEXPLAINED}" for line in alone]
    unexplained = 0 if explained else len(alone)
    both = sorted(tables.keys() & others.keys())
    differing = [name for name in both if tables[name]["digest"] != others[name]["digest"]]
    for name in differing:
        sources = compare_sources(name, one, other)
        why = explain(surroundings, sources)
        unexplained += not why
        lines.append(f"{name}: " + ("; ".join(why) or UNEXPLAINED))
        lines += [
            f"  {KINDS[kind]}: {', '.join(paths[:3])}{', …' * (len(paths) > 3)}" for kind, paths in sources.items()
        ]
    lines.append(f"{len(both) - len(differing)} tables and timelines are the same, {len(differing)} differ.")
    return lines, int(unexplained > 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("one", help="results/provenance.json of a run")
    parser.add_argument("other", help="that of the other run")
    arguments = parser.parse_args()
    try:
        one, other = read_study(arguments.one), read_study(arguments.other)
        if not one["tables"].keys() & other["tables"].keys():
            found, remedy = "none that both runs have", "give two runs of one study"
            raise InputError(arguments.other, f"tables of {arguments.one}", found, remedy)
        lines, code = compare_studies(one, other)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
