"""Decoded frames: their brightness as it is coded, and their picture as players show it.

A frame is shown turned or mirrored by its display matrix, stretched to square pixels, and with the colours that its
stream names or, where it names none, those that players take for a picture of its size.
"""

from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import Colorspace

DISPLAY_MATRIX = "DISPLAYMATRIX"
ONE = 1 << 16  # of the display matrix's fixed-point numbers
# Pixels whose sides differ by less are square: so much is left by rounding when a video is scaled.
SQUARE = 0.01
# What names no colours is BT.709 from this width or above this height on, as players take it (libplacebo).
LARGE_WIDTH, SMALL_HEIGHT = 1280, 576
UNNAMED = 2  # AVCOL_SPC_UNSPECIFIED
AS_IT_IS = (1, 0, 0, 1)


def read_matrix(frame: av.VideoFrame) -> tuple[float, float, float, float] | None:
    """The display matrix (a, b, c, d) of a frame: what is at (x, y) is shown at (a x + c y, b x + d y). None for none.

    As in ISO/IEC 14496-12, 6.2.2, and in the EXIF orientations of pictures.
    """
    data = frame.side_data.get(DISPLAY_MATRIX)
    if data is None:
        return None
    a, b, _, c, d, *_ = (np.frombuffer(bytes(data), np.int32) / ONE).tolist()
    return a, b, c, d


def orientation(frame: av.VideoFrame) -> tuple[int, int, int, int]:
    """The display matrix of a frame as quarter turns and mirrorings, of −1, 0 and 1, the nearest to what it says."""
    matrix = read_matrix(frame)
    if matrix is None or not any(matrix):
        return AS_IT_IS
    a, b, c, d = (int(np.sign(value)) for value in matrix)
    sideways = abs(matrix[1]) + abs(matrix[2]) > abs(matrix[0]) + abs(matrix[3])
    return (0, b or 1, c or 1, 0) if sideways else (a or 1, 0, 0, d or 1)


def turns_by_quarters(frame: av.VideoFrame) -> bool:
    """Whether a frame is shown as it is, in quarter turns or mirrored, and not askew."""
    matrix = read_matrix(frame)
    if matrix is None or not any(matrix):
        return True
    scale = max(map(abs, matrix))
    return bool(np.allclose(np.array(matrix) / scale, orientation(frame), atol=0.01))


def pixel_aspect(frame: av.VideoFrame) -> Fraction:
    """Width of a frame's pixels as they are coded, divided by their height; 1 for square ones.

    PyAV does not tell it of a frame, so that who decodes it notes it (see note_aspect).
    """
    noted = frame.opaque
    return noted if isinstance(noted, Fraction) and noted > 0 and abs(noted - 1) >= SQUARE else Fraction(1)


def note_aspect(frame: av.VideoFrame, aspect: Fraction | None) -> av.VideoFrame:
    """`frame`, which knows the shape of its pixels from here on; that of its stream, or None for square ones."""
    # An object for each: PyAV forgets one with the first frame that had it.
    frame.opaque = Fraction(aspect or 1)
    return frame


def luma(frame: av.VideoFrame) -> np.ndarray:
    """The brightness plane of a planar or grey 8-bit frame, uint8 (height, width), without conversion of colours.

    As it is coded: neither turned nor stretched.
    """
    if not frame.format.name.startswith(("yuv", "nv", "gray")) or frame.format.components[0].bits != 8:
        return frame.reformat(format="gray", threads=1).to_ndarray()
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]  # pyright: ignore[reportArgumentType, reportCallIssue]


def shown_size(frame: av.VideoFrame) -> tuple[int, int]:
    """Width and height in px of a frame as players show it, turned and with square pixels."""
    width, height = round(frame.width * pixel_aspect(frame)), frame.height
    return (height, width) if orientation(frame)[0] == 0 else (width, height)


def colours(frame: av.VideoFrame) -> Colorspace | None:
    """The colours that players take for a frame; None for what it says itself, or the standard's for small ones."""
    large = frame.width >= LARGE_WIDTH or frame.height > SMALL_HEIGHT
    return Colorspace.ITU709 if large and frame.colorspace == UNNAMED and not frame.format.is_rgb else None


def picture(frame: av.VideoFrame, width: int | None = None) -> np.ndarray:
    """A frame as players show it, uint8 RGB (height, width, 3), shrunk to `width` px if given."""
    full = shown_size(frame)
    size = full if width is None else (width, max(1, round(full[1] * width / full[0])))
    a, b, c, d = orientation(frame)
    coded = size if a else size[::-1]
    pixels = frame.reformat(
        *coded, format="rgb24", src_colorspace=colours(frame), interpolation="AREA", threads=1
    ).to_ndarray()
    if (a, b, c, d) == AS_IT_IS:
        return pixels
    if not a:
        pixels = pixels.swapaxes(0, 1)
    down, right = b + d < 0, a + c < 0
    return np.ascontiguousarray(pixels[:: -1 if down else 1, :: -1 if right else 1])
