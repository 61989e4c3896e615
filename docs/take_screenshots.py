"""Takes the documentation's pictures of the app, of a recording that the workflow has prepared: `make screenshots`.

Two made-up coders score it first, so that there is something to agree on. Frames of its videos are annotated.
"""

import argparse
import tempfile
import time
from pathlib import Path

import pandas as pd

from squint.app.journal import Change, Journal
from squint.app.recording import Recording, read_recording
from squint.domain.seeds import named_generator
from tests.squint.app.browser import browsing, serving
from tests.squint.app.pages.dragging import drag

CODERS = ("ayse", "berk")
UNDER_WAY = "cem"  # a coder who is in the middle of it
DISAGREEMENT = 0.3  # standard deviation of made-up judgements
PACE = 34  # s


def make_up_scores(journal: Journal, recording: Recording) -> None:
    """Scores of all items by two coders, and of a third of them by another."""
    units, highest = recording.scale.units, recording.scale.highest
    for coder in (*CODERS, UNDER_WAY):
        order = recording.order(coder)
        for item in order if coder in CODERS else order[: len(order) // 3]:
            moment = item.views[0].frame
            truth = named_generator(0, "truth", moment).uniform(0, highest, len(units))
            noise = named_generator(0, coder, item.key).normal(0, DISAGREEMENT, len(units))
            scores = [str(min(max(round(value), 0), highest)) for value in truth + noise]
            changes = [Change("score", item.key, unit, s) for unit, s in zip(units, scores, strict=True)]
            journal.act(coder, changes)
    journal.act(UNDER_WAY, [Change("item", "", "", order[len(order) // 3].key)])
    # As if each item had taken them so long.
    times = "UPDATE actions SET at = datetime('2026-01-01', (step * ?) || ' seconds') || '+00:00'"
    journal.connection.execute(times, (PACE,))


def take(results: Path, name: str, pictures: Path) -> None:
    """Write one picture a page."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "results").symlink_to(results.resolve())
        recording = read_recording(results, name)
        journal = Journal(Path(folder) / "scores" / f"{name}.journal", recording.digest)
        make_up_scores(journal, recording)
        journal.close()
        coders = [word for coder in (*CODERS, UNDER_WAY) for word in ("--coder", coder)]
        with serving(Path(folder), name, *coders) as server:
            with browsing() as browser:
                browser.open(server.links[UNDER_WAY])
                browser.press_and_wait(*"01")
                browser.driver.save_screenshot(str(pictures / "app_scoring.png"))
                browser.open(server.page(CODERS[0], "agreement"))
                browser.until("return document.querySelectorAll('.agreement').length === 2")
                browser.driver.save_screenshot(str(pictures / "app_agreement.png"))
            with browsing(dark=True) as browser:
                browser.open(server.page(UNDER_WAY, "correct"))
                faces = [number for number, view in enumerate(browser.views, 1) if view["box"]]
                browser.press(str(faces[-1]), "]", "]", "]")
                without = next(number for number, view in enumerate(browser.views, 1) if not view["box"])
                browser.press(str(without), "a")
                time.sleep(0.5)
                browser.driver.save_screenshot(str(pictures / "app_boxes.png"))


def take_annotating(results: Path, name: str, pictures: Path) -> None:
    """Write a picture of the page of annotating, with a box where the simulation knows of a face."""
    video = results / "simulated" / name / "C1.mp4"
    known = pd.read_parquet(video.with_suffix(".truth.parquet"))
    face = known[known.face].iloc[0]
    numbers = [face.frame_num, *range(0, len(known), 20)]
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.csv"
        pd.DataFrame({"video": str(video.resolve()), "frame_num": numbers}).to_csv(asked, index=False)
        with serving(Path(folder), f"--annotate={asked}", "--coder", CODERS[0]) as server, browsing() as browser:
            browser.open(server.links[CODERS[0]])
            corners = (face.box_x, face.box_y), (face.box_x + face.box_size, face.box_y + face.box_size)
            drag(browser, 0, *corners, browser.frame)
            time.sleep(0.5)
            browser.driver.save_screenshot(str(pictures / "app_annotating.png"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--recording", default="EXP1")
    given = parser.parse_args()
    take(given.results, given.recording, Path("docs"))
    take_annotating(given.results, given.recording, Path("docs"))
