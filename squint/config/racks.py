"""The sheet of racks, a row a region: read and checked, mistakes told by name."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from squint.config.experiments import SIMULATED
from squint.config.schema import check
from squint.domain.naming import same_name
from squint.domain.regions import MOST_REGIONS, Region
from squint.errors import InputError
from squint.files.lab_tables import expand_home, read_people_table

REQUIRED = ["rack", "region", "animal", "role", "video"]
WHERE = ["left", "top", "width", "height"]
OPTIONAL = ["condition", "coat", *WHERE, "masks", "scores"]
OF_RACK = ["role", "video", "masks", "scores"]  # the same in all rows of a rack
PATHS = ["video", "masks", "scores"]


@dataclass(frozen=True)
class RackRegion:
    """A region of a rack, and the animal in it; `place` is None where it is to be found."""

    name: str
    animal: str
    condition: str
    coat: str
    place: Region | None


@dataclass(frozen=True)
class Rack:
    """A video of some boxes, as the sheet tells of it; absent cells are empty."""

    name: str
    role: str
    video: str
    masks: str
    scores: str
    regions: tuple[RackRegion, ...]

    @property
    def simulated(self) -> bool:
        """Whether the workflow renders it."""
        return self.video == SIMULATED

    @property
    def animals(self) -> list[str]:
        """Its animals, in the order of its regions."""
        return [region.animal for region in self.regions]


def read_racks(path: str) -> dict[str, Rack]:
    """The racks of a sheet by name, in its order.

    Raises InputError for what the schema forbids, for rows of a rack that contradict each other, more regions than a
    rack has, names that may be meant as one, an animal that is in two places at once, and for learning without masks or
    scores.
    """
    table = read_people_table(path, REQUIRED, OPTIONAL).reindex(columns=REQUIRED + OPTIONAL, fill_value="")
    for column in PATHS:
        table[column] = table[column].map(expand_home)
    if table.empty:
        raise InputError(path, "a row a region", "no row", "add rows")
    for row in table.to_dict("records"):
        check(row, "racks", where_of(path, row), "correct the row")
    for column in ("rack", "animal"):
        check_one_spelling(table[column], column, path)
    racks = {str(name): read_rack(str(name), rows, path) for name, rows in table.groupby("rack", sort=False)}
    check_learning(racks, path)
    return racks


def where_of(path: str, row: dict) -> str:
    return f"{path}, rack {row['rack']!r}, region {row['region']!r}"


def check_one_spelling(names: pd.Series, column: str, path: str) -> None:
    """Raise InputError for two names that people may have meant as one."""
    known: dict[str, str] = {}
    for name in names:
        if known.setdefault(same_name(name), name) != name:
            found = f"{known[same_name(name)]!r} and {name!r}"
            raise InputError(path, f"names in column {column!r} that are told apart", found, "write one name one way")


def read_rack(name: str, rows: pd.DataFrame, path: str) -> Rack:
    """The rack of its rows. Raises InputError as `read_racks`."""
    where = f"{path}, rack {name!r}"
    for column in OF_RACK:
        values = list(dict.fromkeys(rows[column]))
        if len(values) > 1:
            found = " and ".join(map(repr, values[:2]))
            raise InputError(where, f"one value of {column!r} in all rows of a rack", found, "write the same in each")
    if len(rows) > MOST_REGIONS:
        raise InputError(where, f"at most {MOST_REGIONS} regions of one video", str(len(rows)), "leave some out")
    for column in ("region", "animal"):
        twice = rows[column][rows[column].str.casefold().duplicated()]
        if len(twice):
            raise InputError(where, f"each {column} once in a rack", f"{twice.iloc[0]!r} twice", "correct the row")
    first = rows.iloc[0]
    for column in ("masks", "scores"):
        if first[column] == SIMULATED != first.video:
            raise InputError(
                where, f"`{SIMULATED}` {column} of a simulated video", first.video, f"give their path in {column!r}"
            )
    regions = tuple(read_place(row, path) for row in rows.to_dict("records"))
    placed = [region.place is not None for region in regions]
    if any(placed) and not all(placed):
        raise InputError(
            where, "all regions of a rack given, or none", "some", "fill in left, top, width and height of each"
        )
    return Rack(name, first.role, first.video, first.masks, first.scores, regions)


def read_place(row: dict, path: str) -> RackRegion:
    """The region of a row. Raises InputError where some of its four numbers are missing."""
    given = [row[column] for column in WHERE]
    if any(given) and not all(given):
        raise InputError(
            where_of(path, row), "left, top, width and height, or none of them", ", ".join(given), "fill in the others"
        )
    place = Region(*map(int, given)) if all(given) else None
    return RackRegion(row["region"], row["animal"], row["condition"] or "basal", row["coat"] or "white", place)


def check_learning(racks: dict[str, Rack], path: str) -> None:
    """Raise InputError where there is nothing to learn from."""
    learning = [rack for rack in racks.values() if rack.role == "learn"]
    for column in ("masks", "scores"):
        if not any(getattr(rack, column) for rack in learning):
            remedy = f"name them in column {column!r} of a rack of role learn"
            raise InputError(path, f"{column} of some rack of role learn", "none", remedy)
        useless = [rack.name for rack in racks.values() if rack.role == "score" and getattr(rack, column)]
        if useless:
            raise InputError(
                f"{path}, rack {useless[0]!r}",
                f"no {column} of a rack of role score",
                "some",
                "empty the cell, or give it the role learn",
            )
    videos: dict[str, str] = {}
    for rack in racks.values():
        if not rack.simulated:
            other = videos.setdefault(str(Path(rack.video).resolve()), rack.name)
            if other != rack.name:
                raise InputError(
                    path, "a video of its own for each rack", f"{rack.video} of {other} and {rack.name}", "correct one"
                )
