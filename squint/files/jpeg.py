"""Whether a JPEG file is cut. Its decoders fill up with grey what is missing."""

START, END = b"\xff\xd8", b"\xff\xd9"
TAIL = 1024  # ASSUME that programs write no more than this behind the end


def is_cut(data: bytes) -> bool:
    """Whether `data` begins as a JPEG and lacks its end."""
    return data.startswith(START) and END not in data[-TAIL:]
