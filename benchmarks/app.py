"""How long it takes from a key until the next moment's six full-HD frames are to be seen, in a real browser.

A recording of 1,000 items is made, with frames that are as hard to decode as a camera's. In headless Chromium (1920 ×
1080) items are scored by keyboard: the time from the key that asks for the next item, as the browser sees it, to the
second animation frame after the six pictures are on their canvases. Keys come at the pace of very quick scoring, then
as quickly as pictures can follow; on the page of boxes at the first pace again, with a correction in each moment.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from selenium.webdriver.common.keys import Keys

from benchmarks.measures import print_measure, write_measures
from tests.squint.app.browser import browsing, serving
from tests.squint.app.recordings import make_recording

SIZE = (1920, 1080)
MOMENTS, DUPLICATES = 960, 40
PICTURES = 36  # different ones
NOISE = 6  # standard deviation; such frames take some 600 kB
SCORED, STEPPED = 100, 100  # items
PAUSE = 0.25  # s between the keys of somebody who scores very quickly
GOAL_MS = 150
RECORD = Path("results/benchmarks/app.json")
# Notes the time of each key that asks for another item, and the time at which its pictures are painted.
CLOCK = """
window.waits = [];
let pressed = 0;
document.addEventListener("keydown", (event) => {
  if (["Enter", "ArrowRight"].includes(event.key)) pressed = event.timeStamp;
}, true);
new MutationObserver(() => {
  if (!document.querySelector(".views").dataset.shown || !pressed) return;
  const since = pressed;
  pressed = 0;
  requestAnimationFrame(() => requestAnimationFrame(() => window.waits.push(performance.now() - since)));
}).observe(document.querySelector(".views"), { attributes: true, attributeFilter: ["data-shown"] });
"""


def draw_pictures(folder: Path) -> list[Path]:
    """Some full-HD JPEGs with a bright animal, light that falls off, and a sensor's noise."""
    generator = np.random.default_rng(0)
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    paths = []
    for number in range(PICTURES):
        centre = generator.uniform(0.3, 0.7, 2) * SIZE
        inside = np.hypot(x - centre[0], 1.4 * (y - centre[1])) < 260
        light = 90 + 40 * np.cos(x / 300 + number) + 30 * np.sin(y / 90)
        shades = np.where(inside, 200 + 15 * np.sin(x / 7) * np.cos(y / 5), light)[..., None] * (1.0, 0.97, 0.9)
        noisy = shades + generator.normal(0, NOISE, (*shades.shape[:2], 1))
        paths.append(folder / f"{number}.jpg")
        Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(paths[-1], quality=95)
    return paths


def waits(browser, keys: list[str], items: int, pause: float) -> list[float]:
    """Times in ms from the last of `keys` to the next item's pictures, item by item."""
    browser.script("window.waits.length = 0")
    for item in range(items):
        for key in keys:
            time.sleep(pause)
            browser.press(key)
        browser.until("return window.waits.length > arguments[0]", item)
    return browser.script("return window.waits")


def measure() -> dict:
    """The waits when scoring at a quick pace and when stepping as fast as possible."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pictures = draw_pictures(folder)
        make_recording(
            folder,
            "BENCH",
            MOMENTS,
            DUPLICATES,
            SIZE,
            lambda moment, camera: pictures[(6 * moment + camera) % PICTURES],
        )
        with serving(folder, "BENCH", "--coder", "bench") as server, browsing(*SIZE) as browser:
            browser.open(server.links["bench"])
            browser.script(CLOCK)
            scoring = waits(browser, [*"01201", Keys.ENTER], SCORED, PAUSE)
            stepping = waits(browser, [Keys.ARROW_RIGHT], STEPPED, 0)
            browser.open(server.page("bench", "correct"))
            browser.script(CLOCK)
            correcting = waits(browser, ["]", Keys.ARROW_RIGHT], STEPPED, PAUSE)
        size = sum(path.stat().st_size for path in pictures) / len(pictures)
    return {
        "items": MOMENTS + DUPLICATES,
        "frame_kilobytes": size / 1000,
        "scored": len(scoring),
        "p50_ms": float(np.percentile(scoring, 50)),
        "p95_ms": float(np.percentile(scoring, 95)),
        "worst_ms": float(np.max(scoring)),
        "stepped": len(stepping),
        "stepping_p50_ms": float(np.percentile(stepping, 50)),
        "stepping_p95_ms": float(np.percentile(stepping, 95)),
        "correcting_p50_ms": float(np.percentile(correcting, 50)),
        "correcting_p95_ms": float(np.percentile(correcting, 95)),
    }


if __name__ == "__main__":
    measures = measure()
    goals = dict.fromkeys(("p95_ms", "stepping_p95_ms", "correcting_p95_ms"), f"<= {GOAL_MS}")
    for name, value in measures.items():
        print_measure(name.replace("_", " "), value, goals.get(name, ""))
    write_measures(RECORD, measures)
