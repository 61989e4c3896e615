"""What the markers of a JPEG tell without decoding it: its size, and whether it is cut.

Decoders fill up with grey what is missing.
"""

import re

START, END = b"\xff\xd8", 0xD9
# Markers of the segment that tells a picture's size (B.2.2): SOF0 to SOF15 but DHT, JPG and DAC.
FRAME_HEADERS = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
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


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in px that a JPEG's header tells, without decoding it; None for what is no JPEG."""
    if not data.startswith(START):
        return None
    at = len(START)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in FRAME_HEADERS:
            size = data[at + 5 : at + 9]
            return (int.from_bytes(size[2:], "big"), int.from_bytes(size[:2], "big")) if len(size) == 4 else None
        # The coded picture begins, or there is a marker that has no length, which no header holds.
        if marker == 0xDA or marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD9:
            return None
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
