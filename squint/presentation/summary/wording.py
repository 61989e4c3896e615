"""How numbers and lists stand in the summary's prose."""

import math
from collections.abc import Mapping, Sequence

ABSENT = "–"


def number(value: float, decimals: int = 2, sign: str = "") -> str:
    """A figure with a true minus, which no zero has; a dash for NaN. `sign` is `+` to write that too."""
    return ABSENT if math.isnan(value) else f"{value:{sign}z.{decimals}f}".replace("-", "−")


def estimate(row: Mapping, name: str, sign: int = 1) -> str:
    """The figure `name` of a table's row with its interval, from the columns `name`, `name low` and `name high`.

    With a `sign` of -1 it is turned round, and so is its interval. A dash where it is not defined; no brackets where
    its interval is not.
    """
    value, *ends = (sign * float(row[f"{name}{end}"]) for end in ("", " low", " high"))
    low, high = ends[::sign]
    return number(value) + ("" if math.isnan(low) else f" ({number(low)} to {number(high)})")


def percent(share: float) -> str:
    """A share in whole percent; rounded, but never up to all or down to none."""
    rounded = round(100 * share)
    if rounded == 100 and share < 1:
        return "over 99 %"
    return "under 1 %" if rounded == 0 and share > 0 else f"{rounded} %"


def count(many: int, noun: str, nouns: str = "") -> str:
    """So many of something: `1 animal`, `1,200 animals`."""
    return f"{many:,} {noun if many == 1 else nouns or noun + 's'}"


def ordinal(many: int) -> str:
    """2nd, 3rd, 5th; nothing for 1, as in `every frame`."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if many % 100 in (11, 12, 13) else endings.get(many % 10, "th")
    return f"{many}{ending}" if many > 1 else ""


def listing(words: Sequence[object]) -> str:
    """Words with commas and an `and`."""
    named = [str(word) for word in words]
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
