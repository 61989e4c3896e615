"""Names that Squint gives: of networks that the config does not name, and of recordings for the face detector."""

import re

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
