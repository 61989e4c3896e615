"""A recording whose pictures say what they show, and how they are read from a canvas."""

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from squint.app.sheets import scores_path
from squint.domain.scale import Scale
from squint.files.score_sheets import read_scores
from tests.scales import MGS
from tests.squint.app.browser import Browser

NAME = "TBI_20180306_EXP"
SIZE = (640, 360)
MOMENTS, DUPLICATES = 26, 4
RED, GREEN = 8, 20  # levels that stand for a moment and a camera
FACE_ACROSS = (640 // 2 + 36) / 640  # the middle of C1's face, of the frame's width


def picture_in(folder: Path):
    """JPEGs whose red tells the moment, green the camera, and blue the place across the frame."""

    def picture(moment: int, camera: int) -> Path:
        path = folder / f"{moment}-{camera}.jpg"
        if not path.exists():
            pixels = np.empty((SIZE[1], SIZE[0], 3), np.uint8)
            pixels[...] = (RED * moment, GREEN * camera, 0)
            pixels[..., 2] = np.linspace(0, 255, SIZE[0]).astype(np.uint8)
            Image.fromarray(pixels).save(path, quality=95, subsampling=0)
        return path

    return picture


def seen(browser: Browser, view: int = 0, across: float = 0.5) -> tuple[int, int, float]:
    """What a view's canvas shows at a place of its middle row: moment, camera, place across the frame from 0 to 1."""
    red, green, blue = browser.script(
        "const c = document.querySelectorAll('canvas')[arguments[0]];"
        "return [...c.getContext('2d').getImageData(c.width * arguments[1], c.height / 2, 1, 1).data].slice(0, 3)",
        view,
        across,
    )
    return round(red / RED), round(green / GREEN), blue / 255


def coder_scores(folder: Path, coder: str, scale: Scale = MGS) -> pd.DataFrame:
    sheet = folder / "results" / "sheets" / f"{NAME}.csv"
    return read_scores(str(scores_path(folder, NAME, coder)), str(sheet), scale).set_index("item")


def moment_of(number: int) -> int:
    return (number - 1) % MOMENTS


def complaints(browser: Browser) -> list[str]:
    """What the browser's console has to complain of, but for servers that are gone."""
    return [line for line in browser.complaints() if not any(word in line for word in ("WebSocket", "ERR_"))]
