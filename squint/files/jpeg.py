"""Whether a JPEG file is cut. Its decoders fill up with grey what is missing."""

import re

START, END = b"\xff\xd8", 0xD9
# A marker within or behind the coded picture, beside those that stand within it (ITU-T T.81, B.1.1).
MARKER = re.compile(rb"\xff[\x02-\xcf\xd9-\xfe]")


def is_cut(data: bytes) -> bool:
    """Whether `data` begins as a JPEG and lacks its end. What stands behind it, as in motion photos, does not count."""
    if not data.startswith(START):
        return False
    at = len(START)
    # Segments tell their length, so that the end of a thumbnail within one is not taken for that of the picture.
    while found := MARKER.search(data, at):
        at = found.start()
        if data[at + 1] == END:
            return False
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return True
