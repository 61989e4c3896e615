"""Small video files for tests: each frame's brightness tells its number."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SIZE = (64, 48)


def write_video(
    path: Path, levels: list[int], fps: float = 25, codec: str = "libx264", options: dict | None = None
) -> Path:
    """Write one grey frame of each level (0 to 255)."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream(
            codec, rate=Fraction(fps).limit_denominator(1001), options=options or {"crf": "10"}
        )
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number, level in enumerate(levels):
            frame = av.VideoFrame.from_ndarray(np.full((SIZE[1], SIZE[0], 3), level, np.uint8), format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
