"""The sample sheet: read and checked, mistakes told by name."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from squint.config.schema import check, part_keys
from squint.domain.naming import DETECTOR_RECORDING, same_name
from squint.domain.rig import CHAPTER, PLACEHOLDER
from squint.errors import InputError, suggest
from squint.files.lab_tables import expand_home, read_people_table

SIMULATED = "simulated"
SIMULATED_PICTURES = "results/simulated/pictures"  # a folder of pictures that the workflow renders


REQUIRED = ["experiment", "subject", "condition", "role", "videos"]
# What a recording has instead of `moments` of the config, and how many of its moments validate.
MOMENT_COLUMNS = part_keys("moments")
OPTIONAL = ["scores", "corrections", "sync_frames", "cameras", *MOMENT_COLUMNS, "validation_moments"]


def read_sheet(path: str) -> pd.DataFrame:
    """The sample sheet as it stands, all columns as text; what is absent is empty. Raises InputError for no sheet."""
    table = read_people_table(path, REQUIRED, OPTIONAL)
    table = table.reindex(columns=REQUIRED + OPTIONAL, fill_value="")
    for column in ("videos", "corrections"):
        table[column] = table[column].map(expand_home)
    table["scores"] = table.scores.map(lambda cell: ",".join(expand_home(path.strip()) for path in cell.split(",")))
    return table


@dataclass(frozen=True)
class Beside:
    """What is beside the sample sheet: sets of pictures, a row each with `experiment`, `subject` and `role`.

    `scored`: recordings are scored by a scorer that is there already, so that all have the role score. `drawn`:
    animals for validation are drawn, so that none needs that role.
    """

    sets: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["experiment", "subject", "role"]))
    scored: bool = False
    drawn: bool = False


def read_experiments(path: str, allowed_subjects: list[str], beside: Beside | None = None) -> pd.DataFrame:
    """The sample sheet, indexed by `experiment`; absent optional cells are empty strings. No row for an empty `path`.

    Raises InputError for anything the schema forbids, repeated names, a scored role without scores, files in
    places where they can't be, or a subject or its videos that would be on both sides of a fold; for all of the sheet
    and of what is `beside` it together.
    """
    beside = beside or Beside()
    table = read_sheet(path) if path else pd.DataFrame(columns=REQUIRED + OPTIONAL, dtype=str)
    for row in table.to_dict("records"):
        check(row, "experiments", f"{path}, experiment {row['experiment']!r}", "correct the row")
    samples = pd.concat([table, beside.sets], ignore_index=True) if len(beside.sets) else table
    where = path or "the sheet of pictures"
    check_names(samples, where)
    check_cells(table, path)
    check_roles(samples, where, beside)
    check_placeholders(table, path)
    check_paths(table, path)
    check_sides(samples, where, allowed_subjects)
    return table.set_index("experiment")


def check_names(table: pd.DataFrame, path: str) -> None:
    """Raise InputError for a name that stands twice, or for two that people and file systems may take for one."""
    repeated = table.experiment[table.experiment.duplicated()]
    if len(repeated):
        raise InputError(path, "each experiment once", f"{repeated.iloc[0]!r} more than once", "rename or remove one")
    reserved = table.experiment[table.experiment.str.fullmatch(DETECTOR_RECORDING)]
    if len(reserved):
        expected = "names other than FACE1, FACE2, …, which the detector's recordings have"
        raise InputError(path, expected, repr(reserved.iloc[0]), "rename it")
    for column in ("experiment", "subject"):
        names = sorted(table[column].unique())
        hidden = [name for name in names if not name.isprintable()]
        if hidden:
            found, remedy = f"{hidden[0]!a}, which holds a character that can't be seen", "write the name anew"
            raise InputError(path, f"names in column {column!r} that can be read", found, remedy)
        known: dict[str, str] = {}
        for name in names:
            other = known.setdefault(same_name(name), name)
            if other != name:
                found, remedy = f"{other!r} and {name!r}", "write the same name the same way, or give them other names"
                shared = "case, spaces, dashes, zeros or how letters are coded"
                expected = f"names in column {column!r} that differ by more than {shared}"
                raise InputError(path, expected, found, remedy)


def check_paths(table: pd.DataFrame, path: str) -> None:
    """Raise InputError for what people give in results/, where the workflow deletes and rewrites."""
    here = Path.cwd()
    results = f"{here / 'results'}{os.sep}"
    for column in ("videos", "scores", "corrections"):
        for row in table[~table[column].isin(["", SIMULATED])].itertuples():
            cell = getattr(row, column)
            named = [part.strip() for part in cell.split(",")] if column == "scores" else [cell]
            if "" in named:
                remedy = "write a path between and after commas, or no comma"
                raise InputError(f"{path}, experiment {row.experiment!r}", f"paths in column {column!r}", cell, remedy)
            if any(os.path.normpath(here / name).startswith(results) for name in named):
                raise InputError(
                    f"{path}, experiment {row.experiment!r}",
                    f"{column} outside results/, where the workflow deletes and rewrites files",
                    cell,
                    f"keep them elsewhere, for instance in {column}/",
                )


def check_placeholders(table: pd.DataFrame, path: str) -> None:
    """Raise InputError for a word in braces in a path of videos that stands for nothing."""
    for row in table.itertuples():
        unknown = [word for word in re.findall(r"{\w*}", row.videos) if word not in (PLACEHOLDER, CHAPTER)]
        if unknown:
            known = f"{PLACEHOLDER} and {CHAPTER}"
            found = f"{unknown[0]!r}{suggest(unknown[0], [PLACEHOLDER, CHAPTER])}"
            remedy = "correct it, or rename the file"
            raise InputError(f"{path}, experiment {row.experiment!r}", f"no words in braces but {known}", found, remedy)


def check_cells(table: pd.DataFrame, path: str) -> None:
    """Raise InputError unless every scored role has scores, and for what only simulated recordings may have."""
    silent = table[(table.role != "score") & (table.scores == "")]
    if len(silent):
        name = silent.experiment.iloc[0]
        raise InputError(
            f"{path}, experiment {name!r}",
            f"the path of an expert's scores, because its role is {silent.role.iloc[0]}",
            "an empty cell in column `scores`",
            f"write a path there, for instance scores/{name}.csv (it may not exist yet), then run "
            f"`snakemake --cores all results/sheets/{name}.csv` and score that sheet; or give it the role score",
        )
    mixed = table[(table.videos != SIMULATED) & ((table.scores == SIMULATED) | (table.corrections == SIMULATED))]
    if len(mixed):
        raise InputError(
            f"{path}, experiment {mixed.experiment.iloc[0]!r}",
            "an expert's own scores for real videos",
            SIMULATED,
            "write the path of a table",
        )


def check_roles(table: pd.DataFrame, path: str, beside: Beside) -> None:
    """Raise InputError unless there is something to train, validate and test, or to score by a scorer that is there."""
    others = table[table.role != "score"]
    if beside.scored and len(others):
        found = f"the role {others.role.iloc[0]} of {others.experiment.iloc[0]}"
        remedy = "leave such rows out, or set `scorer` to nothing to train networks on them"
        raise InputError(path, "rows of role score alone, as the config names a scorer", found, remedy)
    needed = {} if beside.scored else {"rotate": 2} if beside.drawn else {"rotate": 2, "validate": 1}
    for role, least in needed.items():
        subjects = table.subject[table.role == role].nunique()
        if subjects < least:
            remedy = "add recordings or pictures"
            if role == "validate":
                remedy += "; or set `datasets: validation_share`, which draws animals for it"
            raise InputError(path, f"at least {least} subject(s) of role {role}", str(subjects), remedy)


def check_sides(table: pd.DataFrame, path: str, allowed: list[str]) -> None:
    """Raise InputError if a subject has two of the roles rotate, train and validate."""
    for role, others in (("rotate", ["train", "validate"]), ("train", ["validate"])):
        subjects = set(table.subject[table.role == role]) - set(allowed)
        both = table[table.role.isin(others) & table.subject.isin(subjects)]
        if len(both):
            row = both.iloc[0]
            raise InputError(
                f"{path}, experiment {row.experiment!r}",
                "no subject on both sides of a fold",
                f"subject {row.subject!r} with the roles {role} and {row.role}",
                "change one of the roles, or name the subject in `datasets: allow_subjects_on_both_sides`",
            )
