"""The blinded scoring sheet of one recording: its columns, and the keys of its items."""

import hashlib
import math
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from squint.domain.scale import Scale
from squint.errors import InputError, instead_of_file
from squint.files.lab_tables import WHOLE, as_number, as_truth, read_people_table
from squint.files.result_tables import read_table

# Spreadsheets take such a key for a number, and write 2.8E+41 for 28000e37.
LIKE_A_NUMBER = re.compile(r"[0-9]+(?:e[0-9]+)?")
OTHER_COLUMNS = ("item", "key", "coder", "bad_image", "done", "scored_at")


def sheet_columns(units: Iterable[str]) -> list[str]:
    """The columns of a sheet for a scale with some units."""
    return [*OTHER_COLUMNS[:3], *units, *OTHER_COLUMNS[3:]]


def item_keys(moments: pd.DataFrame) -> pd.Series:
    """An opaque key for each item, from all that it shows; it tells whether scores answer this very sheet."""

    def key(frames: pd.DataFrame) -> str:
        shown = [frames.name, *frames.sort_values("camera")[["camera", "frame_num"]].to_numpy().ravel()]
        return hashlib.sha256("/".join(map(str, shown)).encode()).hexdigest()[:8]

    return moments.groupby("item")[["camera", "frame_num"]].apply(key).rename("key")


def written_key(key: str) -> str:
    """A key as it stands in a sheet: one that looks like a number, which spreadsheets would alter, behind a letter."""
    return f"k{key}" if LIKE_A_NUMBER.fullmatch(key) else key


def raw_key(written: str) -> str:
    """The key itself of one that stands in a sheet."""
    return written.removeprefix("k")


def is_key(cell: str, key: str) -> bool:
    """Whether a cell holds a key, as it is written or, in sheets of older versions, as a spreadsheet altered it."""
    if cell in (key, written_key(key)) or not LIKE_A_NUMBER.fullmatch(key):
        return cell in (key, written_key(key))
    try:
        # Three figures are left of a large number, and all but zeros in front of another.
        return math.isclose(float(cell.replace(",", ".")), float(key), rel_tol=0.005 if "e" in key else 0)
    except (ValueError, OverflowError):
        return False


def write_sheet(moments_path: str, sheet_path: str, units: Iterable[str]) -> None:
    """Write one row an item with empty score columns; nothing in it tells time, order or duplicates."""
    keys = item_keys(pd.read_parquet(moments_path)).map(written_key)
    keys.reset_index().reindex(columns=sheet_columns(units)).to_csv(sheet_path, index=False)


def read_scores(path: str, sheet_path: str, scale: Scale) -> pd.DataFrame:
    """A scored sheet: `item`, the units as floats (NaN: not observable), `bad_image`, `done` as booleans.

    `sheet_path` is the blinded sheet that the scores answer. Raises InputError for a missing file, unknown or
    repeated items, and scores that the scale does not have.
    """
    shown = f"results/items/{Path(sheet_path).stem}"
    how = (
        f"score the items in the browser (make app RECORDING={Path(sheet_path).stem} CODER=your_name), or fill in a "
        f"copy of {sheet_path} from {shown}: {scale.choices} for each unit, empty where not observable"
    )
    if not path or not Path(path).is_file():
        raise InputError(
            path or "the sample sheet, column `scores`",
            "an expert's scores",
            instead_of_file(path),
            f"{how}; save it there",
        )
    required = ["item", *scale.units, "bad_image"]
    table = read_people_table(path, required, [name for name in OTHER_COLUMNS if name not in required])
    sheet = read_table(sheet_path, dtype=str).set_index("item")
    table["item"] = table["item"].str.replace(rf"^{WHOLE.pattern}$", r"\1", regex=True)
    items = set(sheet.index)
    unknown = [item for item in table.item if item not in items]
    if unknown:
        raise InputError(
            path, f"items of {sheet_path} (1 to {len(items)})", f"item {unknown[0]!r}", "correct or remove that row"
        )
    repeated = table.item[table.item.duplicated()]
    if len(repeated):
        raise InputError(
            path, "each item once", f"item {repeated.iloc[0]!r} more than once", "keep one row for each item"
        )
    if "key" in table:
        asked = sheet.key.loc[table["item"]].map(raw_key)
        other = table[[not is_key(*pair) for pair in zip(table.key, asked, strict=True)]]
        if len(other):
            raise InputError(
                path,
                f"the keys of {sheet_path}, which say that the scores answer this sheet",
                f"another key for item {other['item'].iloc[0]}: the moments were selected anew since it was scored",
                "bring back the config and videos that the scored sheet was made with, or score the new sheet",
            )
    allowed = ["", *map(str, range(scale.highest + 1))]
    for unit in scale.units:
        table[unit] = table[unit].map(as_number).str.replace(rf"^{WHOLE.pattern}$", r"\1", regex=True)
        wrong = table[~table[unit].isin(allowed)]
        if len(wrong):
            found = f"{wrong[unit].iloc[0]!r} for {unit} of item {wrong.item.iloc[0]}"
            raise InputError(path, f"scores of {scale.choices}, or empty", found, "correct that cell")
        table[unit] = pd.to_numeric(table[unit]).astype(float)
    for column in ("bad_image", "done"):
        if column not in table:
            table[column] = "1"  # a sheet without the column `done` is done
        said = table[column].map(as_truth)
        wrong = table[said.isna()]
        if len(wrong):
            found = f"{wrong[column].iloc[0]!r} for item {wrong.item.iloc[0]}"
            raise InputError(path, f"1 or 0 in column {column!r}", found, "correct that cell")
        table[column] = said.astype(bool)
    if not table.done.any():
        raise InputError(path, "at least one scored item (done = 1)", "none", how)
    return table.astype({"item": int}).sort_values("item", ignore_index=True)


def score_moments(scores: pd.DataFrame, moments: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """All scored items with `sync_index`, `duplicate_of`, `observed` (units), `score` (their mean), `accepted`.

    `scores` may hold the rows of several coders (`coder`). An item is accepted unless its picture is bad or fewer units
    are observed than the scale asks for (5.2).
    """
    units = list(scale.units)
    keys = moments.drop_duplicates("item")[["item", "sync_index", "duplicate_of"]]
    table = keys.merge(scores[["item", "coder", *units, "bad_image", "done"]], on="item")
    table["observed"] = table[units].notna().sum(axis=1)
    table["score"] = table[units].mean(axis=1)
    enough = table.observed >= scale.least_observed
    table["accepted"] = table.done & ~table.bad_image & enough
    return table


def drop_duplicates(scored: pd.DataFrame, coders: list[str]) -> pd.DataFrame:
    """Accepted items with one of each moment: that of the first of `coders`, and first in the sheet's order."""
    rank = {coder: index for index, coder in enumerate(coders)}
    accepted = scored[scored.accepted].sort_values(
        ["coder", "item"], key=lambda column: column.map(rank) if column.name == "coder" else column
    )
    return accepted.drop_duplicates("sync_index", keep="first").reset_index(drop=True)


def read_coders(paths: list[str], sheet_path: str, scale: Scale) -> pd.DataFrame:
    """The scores of all coders, one sheet each, with `coder`: the column of that name, else the file's name.

    Raises InputError for two sheets of one coder.
    """
    tables = []
    for path in paths:
        table = read_scores(path, sheet_path, scale)
        named = table.get("coder", pd.Series("", table.index)).replace("", None)
        table["coder"] = named.fillna(Path(path).stem)
        names = {name for other in tables for name in other.coder}
        twice = sorted(names & set(table.coder))
        if twice:
            raise InputError(path, "another coder in each sheet", f"{twice[0]!r} again", "correct column `coder`")
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
