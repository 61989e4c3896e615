"""Sheets of labelled pictures: one row a picture, with whose it is and how it was scored."""

import re
from pathlib import Path

import pandas as pd

from squint.domain.rig import can_be_camera
from squint.domain.scale import Scale
from squint.errors import InputError, instead_of_file, is_file
from squint.files.lab_tables import as_number, expand_home, read_header, read_people_table, whole_numbers

REQUIRED = ["file", "subject"]
OPTIONAL = ["group", "recording", "role", "fold", "moment", "camera", "kind"]
ROLES = ("rotate", "train", "validate")
# How a crop was made (thesis, Figure 4.7), for crops that are pictures now.
KIND = re.compile(r"ORGN|CORR|SYMM|A[0-9]{2}[A-Z]")
ONLY_CAMERA = "picture"
MOST_NAMED = 3  # missing files


def score_columns(path: str, scale: Scale) -> list[str]:
    """The columns that hold scores: `score`, or the scale's units. Raises InputError for a sheet without any."""
    named = read_header(path, [*REQUIRED, *OPTIONAL, "score", *scale.units])
    units = [unit for unit in scale.units if unit in named]
    if named and "score" not in named and not units:
        expected = f"a column `score`, or columns of the scale's units ({', '.join(scale.units)})"
        raise InputError(
            path, expected, f"the columns {', '.join(named)}", "add one, or set `scale` to that of the sheet"
        )
    return [*(["score"] if "score" in named else []), *units]


def read_pictures(path: str, folder: str, scale: Scale) -> pd.DataFrame:
    """The pictures of a sheet, in the order of its rows.

    Columns: `path` of the file, `file` as it stands in the sheet, `subject`, `group`, `recording` (the set of pictures
    that it is in: the sheet's, or the subject with its group), `role`, `fold` (0 for none), `item` (pictures of one
    moment have one), `camera`, `kind` (empty for a picture as it is), `score` and a column for each unit of the scale
    (NaN: not observed). Files stand in `folder`, or where it is empty beside the sheet.

    Raises InputError for a sheet that can't be read, files that are not there, scores that the scale does not have, and
    an animal in two folds.
    """
    scores = score_columns(path, scale)
    table = read_people_table(path, REQUIRED, [*OPTIONAL, *scores])
    for column in OPTIONAL:
        table[column] = table.get(column, pd.Series("", table.index))
    check_cells(table, path)
    table["path"] = [str(Path(folder or Path(path).parent) / expand_home(file)) for file in table.file]
    check_files(table.path, path, bool(folder))
    read_scores(table, scores, scale, path)
    table["role"] = table.role.replace("", "rotate")
    table["camera"] = table.camera.replace("", ONLY_CAMERA)
    table["fold"] = table.fold.replace("", "0")
    table = whole_numbers(table, ["fold"], path)
    check_folds(table, path)
    table["recording"] = name_recordings(table)
    check_sets(table, path)
    table["item"] = number_moments(table)
    check_moments(table, path)
    return table


def refuse(path: str, row: pd.Series, expected: str, found: str) -> InputError:
    return InputError(path, expected, f"{found} for {row.file!r}", "correct that row")


def check_cells(table: pd.DataFrame, path: str) -> None:
    """Raise InputError for an empty sheet, an empty name, or a cell that is none of those that it may be."""
    if table.empty:
        raise InputError(path, "at least one picture", "none", "add rows")
    wrong = {
        "a file": table.file == "",
        "a subject": table.subject == "",
        f"a role among {', '.join(ROLES)}, or none": ~table.role.isin(["", *ROLES]),
        "the name of a camera, of letters, digits and underscores, that is no column of results": ~(
            (table.camera == "") | table.camera.map(can_be_camera)
        ),
        "a kind such as ORGN, CORR, SYMM or A00R, or none": ~table.kind.str.fullmatch(f"|{KIND.pattern}"),
    }
    for expected, rows in wrong.items():
        if rows.any():
            row = table[rows].iloc[0]
            raise refuse(path, row, expected, f"row {table.index[rows][0] + 2}")
    twice = table[table.duplicated("file")]
    if len(twice):
        raise InputError(path, "each file once", f"{twice.file.iloc[0]!r} more than once", "keep one row of it")


def check_files(paths: pd.Series, sheet: str, foldered: bool) -> None:
    """Raise InputError for pictures that are not there. Those that the workflow renders may come yet."""
    missing = [path for path in paths if not path.startswith("results/") and not is_file(path)]
    if missing:
        found = f"{len(missing)} of {len(paths)} are not there: {', '.join(missing[:MOST_NAMED])}"
        found += " …" if len(missing) > MOST_NAMED else f" ({instead_of_file(missing[0])})"
        where = "`pictures: folder`" if foldered else "beside the sheet, or in `pictures: folder`"
        raise InputError(sheet, f"pictures that are there ({where})", found, "correct column `file` or the folder")


def read_scores(table: pd.DataFrame, columns: list[str], scale: Scale, path: str) -> None:
    """Put numbers into `score` and the units' columns of `table`, NaN where a unit was not observed."""
    for column in columns:
        cells = table[column].map(as_number)
        numbers = pd.to_numeric(cells.replace("", "nan"), errors="coerce")
        wrong = (numbers.isna() & (cells != "")) | (numbers < 0) | (numbers > scale.highest)
        if column != "score":
            wrong |= numbers.notna() & (numbers % 1 != 0)
        if wrong.any():
            row = table[wrong].iloc[0]
            kind = f"from 0 to {scale.highest}" if column == "score" else f"of {scale.choices}, or none"
            raise refuse(path, row, f"a score {kind} in column `{column}`", repr(row[column]))
        table[column] = numbers.astype(float)
    units = list(scale.units)
    for unit in units:
        if unit not in columns:
            table[unit] = table["score"] if len(units) == 1 else float("nan")
    if "score" not in columns:
        enough = table[units].notna().sum(axis=1) >= scale.least_observed
        if not enough.all():
            expected = f"at least {scale.least_observed} observed units, as the scale asks for"
            raise refuse(path, table[~enough].iloc[0], expected, "fewer")
        table["score"] = table[units].mean(axis=1)
    if table.score.isna().any():
        raise refuse(path, table[table.score.isna()].iloc[0], "a score in column `score`", "none")


def check_folds(table: pd.DataFrame, path: str) -> None:
    """Raise InputError for an animal whose pictures are in two folds, or in none beside one."""
    folds = table.groupby("subject").fold.nunique()
    if (folds > 1).any():
        subject = folds.index[folds > 1][0]
        found = f"{subject!r} in the folds {', '.join(map(str, sorted(table.fold[table.subject == subject].unique())))}"
        raise InputError(path, "one fold for all pictures of a subject", found, "correct column `fold`")


def name_recordings(table: pd.DataFrame) -> pd.Series:
    """The set of pictures that each is in: as the sheet says, or its subject's, one for each group that it is in."""
    groups = table.groupby("subject")[["group", "role"]].transform("nunique")
    own = table.subject.where(groups.group == 1, table.subject + "_" + table.group)
    own = own.where(groups.role == 1, own + "_" + table.role)
    return table.recording.where(table.recording != "", own).map(lambda name: re.sub(r"[^A-Za-z0-9_]", "_", name))


def check_sets(table: pd.DataFrame, path: str) -> None:
    """Raise InputError for a set of pictures of two subjects, groups or roles."""
    for name, rows in table.groupby("recording", sort=False):
        for column in ("subject", "group", "role"):
            values = list(rows[column].unique())
            if len(values) > 1:
                found = f"{' and '.join(map(repr, values[:2]))} in the set {name!r}"
                remedy = "give each its own name, of letters, digits and underscores, in the column `recording`"
                raise InputError(path, f"pictures of one {column} in a set", found, remedy)


def check_moments(table: pd.DataFrame, path: str) -> None:
    """Raise InputError for pictures of one moment that were scored differently."""
    differ = table.groupby(["recording", "item"]).score.transform("nunique") > 1
    if differ.any():
        row = table[differ].iloc[0]
        found = f"scores that differ in moment {row.moment!r} of {row.recording}"
        raise InputError(path, "one score for all pictures of a moment", found, "correct them, or the column `moment`")


def number_moments(table: pd.DataFrame) -> pd.Series:
    """A number for the moment of each picture: the sheet's where all have one, or one by one."""
    if (table.moment.str.fullmatch(r"[0-9]{1,9}")).all():
        return table.moment.astype(int)
    own = table.moment.where(table.moment != "", "/" + table.file)
    return own.groupby(table.recording).transform(lambda moments: pd.factorize(moments)[0] + 1).astype(int)
