"""Names: those that Squint gives to networks and recordings, and when two that people give are meant as one."""

import re
import unicodedata

SHUFFLED = "_shuffled"  # behind the name of a network, that of its control with shuffled labels
CONSTANT = "constant_"  # before the kind of a constant predictor
DETECTOR_RECORDING = re.compile(r"FACE\d+")  # recordings that are simulated for the face detector


def write_value(value: object) -> str:
    """A value as it stands in a variant's name: letters, digits, points and hyphens."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "-".join(map(write_value, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def same_name(name: str) -> str:
    """What two names share that people may have meant as one.

    Whatever their case, their form in Unicode (composed or not, wide digits), their kind of dash, their spaces, dashes
    and underscores between words, zeros before a number that is not behind a point, and `.0` behind one, as
    spreadsheets write it.
    """
    name = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()
    name = re.sub(r"^([0-9]+)[.,]0+$", r"\1", name)
    between = ("Pd", "Zs", "Pc")  # dashes, spaces, underscores; and the minus sign
    name = "".join("-" if unicodedata.category(char) in between or char == "\u2212" else char for char in name)
    return re.sub(r"(?<![0-9])(?<![0-9]\.)0+(?=[0-9])", "", re.sub("-+", "-", name))
