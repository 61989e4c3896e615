"""The messages between a client and the scoring server, in msgpack, with a version.

A client says Hello, again each second, and is answered with Welcome; it sends a Frame for each frame of its video and
is answered with Scored, Dropped or Refused. All sizes are bounded, and what does not fit its form is refused.
"""

from typing import Annotated, Literal

import cv2
import msgspec
import numpy as np
from msgspec import Meta

from squint.files.jpeg import jpeg_size

VERSION = 1  # of the form of messages; a server refuses others
MOST_BYTES = 32 << 20  # of a message
MOST_REGIONS = 16  # of a frame
MOST_SIDE = 4096  # px of a picture
JPEG_QUALITY = 95
NO_FRAME = -1  # what a refusal is about that is about no frame
PROBLEMS = "version", "message", "regions", "picture", "scorer"

Name = Annotated[str, Meta(max_length=64)]
Side = Annotated[int, Meta(ge=1, le=MOST_SIDE)]
Number = Annotated[int, Meta(ge=0, le=1 << 53)]


class Hello(msgspec.Struct, tag="hello", forbid_unknown_fields=True):
    """A client is there."""

    version: int
    name: Name = ""


class Welcome(msgspec.Struct, tag="welcome"):
    """What the server is: its scorer, and the pictures that it takes."""

    version: int
    server: str  # another after each start
    scorer: str  # name of its network
    digest: str  # of the scorer's file
    kind: Literal["regions", "faces"]
    scale: str  # name
    highest: float
    threshold: float
    coverage: float
    size: tuple[int, int] | None  # px of the pictures, width and height; None for regions as they are filmed
    channel: str  # of colour that pictures have, or rgb
    window_s: float
    closed: float  # score from which an eye is shut
    blink_s: float
    curve_margin: float | None  # half the width of the smoothed curve's interval; None where it is not known
    most_regions: int


class Picture(msgspec.Struct, forbid_unknown_fields=True):
    """The picture of a region: raw rows of bytes, or a JPEG."""

    region: Name
    width: Side
    height: Side
    channels: Annotated[int, Meta(ge=1, le=3)]
    form: Literal["raw", "jpeg"]
    data: bytes


class Frame(msgspec.Struct, tag="frame", forbid_unknown_fields=True):
    """The regions of one frame of a camera. `time_s` is its presentation time; `number` counts a client's frames."""

    number: Number
    time_s: Annotated[float, Meta(ge=-1e9, le=1e9)]
    camera: Name
    pictures: Annotated[list[Picture], Meta(min_length=1, max_length=MOST_REGIONS)]
    masks: bool = False


class RegionScored(msgspec.Struct):
    """What is said of a region: score and interval (None for none, `abstained` says why), and where eyes are.

    `marks` are x, y and certainty of each eye, or of the face's centre, in px of the picture that was sent; `box` the
    face's left, top and size. `mask` is a PNG of classes, if it was asked for.
    """

    region: str
    score: float | None
    low: float | None
    high: float | None
    abstained: str
    marks: list[tuple[float, float, float]]
    box: tuple[int, int, int] | None = None
    mask: bytes | None = None


class Scored(msgspec.Struct, tag="scored"):
    """The scores of a frame, and the milliseconds that it waited and took."""

    number: int
    regions: list[RegionScored]
    waited_ms: float
    took_ms: float


class Dropped(msgspec.Struct, tag="dropped"):
    """A frame that was not scored since newer ones came; `total` of this client's since the server was started."""

    number: int
    total: int


class Refused(msgspec.Struct, tag="refused"):
    """A message that can't be answered, and why: `problem` is one of PROBLEMS, `words` are for people."""

    problem: str
    words: str
    number: int = NO_FRAME


FromClient = Hello | Frame
FromServer = Welcome | Scored | Dropped | Refused
encode = msgspec.msgpack.Encoder().encode
decode_from_client = msgspec.msgpack.Decoder(FromClient).decode
decode_from_server = msgspec.msgpack.Decoder(FromServer).decode


class BadPicture(ValueError):
    """A picture that is not what its message says."""


def pack_picture(region: str, picture: np.ndarray, form: Literal["raw", "jpeg"]) -> Picture:
    """A uint8 picture (height, width) or RGB (height, width, 3) as a part of a message."""
    height, width = picture.shape[:2]
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    if form == "raw":
        data = np.ascontiguousarray(picture).tobytes()
    else:
        shown = picture if channels == 1 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        data = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()
    return Picture(region, width, height, channels, form, data)


def unpack_picture(packed: Picture) -> np.ndarray:
    """The picture of a message, uint8 (height, width) or RGB (height, width, 3). Raises BadPicture for another.

    A JPEG's size is read before it is decoded, for a few bytes can say that they are a picture of gigabytes.
    """
    if packed.channels == 2:
        raise BadPicture("two channels")
    shape = (packed.height, packed.width) if packed.channels == 1 else (packed.height, packed.width, 3)
    if packed.form == "raw":
        if len(packed.data) != int(np.prod(shape)):
            raise BadPicture(f"{len(packed.data)} bytes for {' × '.join(map(str, shape))}")
        return np.frombuffer(packed.data, np.uint8).reshape(shape)
    if jpeg_size(packed.data) != (packed.width, packed.height):
        raise BadPicture(f"no JPEG of {packed.width} by {packed.height} px")
    flags = cv2.IMREAD_GRAYSCALE if packed.channels == 1 else cv2.IMREAD_COLOR_RGB
    try:
        picture = cv2.imdecode(np.frombuffer(packed.data, np.uint8), flags | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:
        raise BadPicture("a JPEG that can't be decoded") from error
    if picture is None or picture.shape != shape:
        raise BadPicture("a JPEG that can't be decoded")
    return picture
