"""The live page and a server that is killed, in headless Chromium."""

import http.client
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="the app's environment is needed: make test-app")

from selenium.webdriver.common.action_chains import ActionChains

from squint.live.recorder import read_recorded
from tests.squint.app.browser import ROOT, Browser, browsing, eventually, free_port
from tests.squint.live.fakes import write_film

LINK = re.compile(r"http://127\.0\.0\.1:\d+/as/[\w-]+/live")


def started(*program: str, until: str, folder: Path | None = None) -> tuple[subprocess.Popen, str]:
    """A program in a process of its own, and the line with which it says that it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", *program],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder or ROOT,
        env=environment(),
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if until in line:
            return process, line
    raise RuntimeError("".join(lines))


def environment() -> dict[str, str]:
    import os

    # NiceGUI starts no server where it believes that it is tested.
    outside = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return outside | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


class Live:
    """A page on a film, and a fake server that can be killed and started again at its port."""

    def __init__(self, folder: Path):
        self.folder, self.port, self.page_port = folder, free_port(), free_port()
        self.serve()
        film = write_film(folder / "film.mp4", seconds=6, fps=30)
        arguments = ["live", str(film), "--server", f"tcp://127.0.0.1:{self.port}", "--loop", "--no-browser"]
        arguments += ["--port", str(self.page_port), "--region", "found=8,30,120,120"]
        self.page, line = started("squint", *arguments, until="/as/", folder=folder)
        self.link = LINK.search(line)[0]
        assert eventually(self.answers)

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(self.link, timeout=5).close()
        except OSError:
            return False
        return True

    def serve(self) -> None:
        self.server, _ = started("tests.squint.live.fakes", str(self.port), until="listens at")

    def kill_server(self) -> None:
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()

    def close(self) -> None:
        for process in (self.page, self.server):
            process.kill()
            process.wait()
            process.stdout.close()


@pytest.fixture
def live(tmp_path) -> Iterator[Live]:
    ours = Live(tmp_path)
    yield ours
    ours.close()


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with browsing(1400, 850) as browser:
        yield browser


def open_page(browser: Browser, link: str) -> None:
    browser.driver.get(link)
    browser.until("return !!document.querySelector('.live') && !!window.socket?.connected")
    browser.until("return document.querySelectorAll('canvas.curve').length > 0")


def text(browser: Browser, selector: str) -> str:
    return browser.script("return document.querySelector(arguments[0])?.textContent ?? ''", selector)


def scored(browser: Browser) -> int:
    return int(text(browser, ".measures .scored") or 0)


def click(browser: Browser, selector: str) -> None:
    browser.driver.find_element("css selector", selector).click()


def draw(browser: Browser, left: float, top: float, right: float, bottom: float) -> None:
    """Draw a region from one place to another, in shares of the video."""
    canvas = browser.driver.find_element("css selector", "canvas.video")
    shape = browser.script(
        "const c = arguments[0]; const s = Math.min(c.clientWidth / c.width, c.clientHeight / c.height);"
        "return [c.width * s, c.height * s]",
        canvas,
    )
    start = [(share - 0.5) * size for share, size in zip((left, top), shape, strict=True)]
    way = [(to - begin) * size for to, begin, size in zip((right, bottom), (left, top), shape, strict=True)]
    actions = ActionChains(browser.driver, duration=50)
    actions.move_to_element_with_offset(canvas, *map(round, start)).click_and_hold()
    actions.move_by_offset(*map(round, way)).release().perform()


def regions(browser: Browser) -> list[str]:
    return browser.script("return [...document.querySelectorAll('canvas.curve')].map((curve) => curve.dataset.region)")


def inked(browser: Browser, region: str) -> int:
    """How many pixels of a region's curve are coloured, and not grey."""
    return browser.script(
        "const c = document.querySelector(`canvas.curve[data-region='${arguments[0]}']`);"
        "const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
        "for (let i = 0; i < p.length; i += 4) {"
        "  const rgb = p.slice(i, i + 3);"
        "  if (p[i + 3] > 40 && Math.max(...rgb) - Math.min(...rgb) > 40) n++;"
        "}"
        "return n",
        region,
    )


def test_regions_are_drawn_and_their_curves_are_seen(live, window):
    open_page(window, live.link)
    assert regions(window) == ["found"]
    draw(window, 0.55, 0.15, 0.95, 0.85)
    assert eventually(lambda: regions(window) == ["found", "1"])
    click(window, "button.start")
    assert eventually(lambda: scored(window) > 60)
    assert text(window, ".measures .state") == "connected" and float(text(window, ".measures .fps")) > 0
    assert float(text(window, ".measures .p99")) >= float(text(window, ".measures .median"))
    assert all(eventually(lambda name=name: inked(window, name) > 50) for name in ("found", "1"))
    scores = window.script("return [...document.querySelectorAll('.curves .score')].map((score) => score.textContent)")
    assert all(re.fullmatch(r"\d\.\d", score) for score in scores)
    shown = window.script("const c = document.querySelector('.scored-regions'); return [c.width, c.height]")
    assert shown == [96, 36], "two regions of 48 by 36 px side by side"
    assert not window.complaints()


def test_a_server_that_is_killed_is_told_and_the_session_goes_on_with_the_next(live, window):
    open_page(window, live.link)
    click(window, "button.start")
    assert eventually(lambda: scored(window) > 20)
    live.kill_server()
    assert eventually(lambda: text(window, ".measures .state") == "no server")
    assert "is gone; looking for it" in text(window, ".trouble")
    before = scored(window)
    live.serve()
    assert eventually(lambda: text(window, ".measures .state") == "connected")
    assert eventually(lambda: scored(window) > before + 20) and text(window, ".trouble") == ""


def test_what_is_marked_and_recorded_is_kept(live, window):
    open_page(window, live.link)
    click(window, "button.start")
    assert eventually(lambda: scored(window) > 5)
    click(window, ".controls label input[type=checkbox]")
    click(window, "button.record")
    assert eventually(lambda: "recording into" in text(window, ".controls .hint"))
    window.press("1")
    click(window, "input.label")
    window.press(*"saline 3")
    window.script("document.activeElement.blur()")
    before = scored(window)
    window.press("m")
    assert eventually(lambda: scored(window) > before + 30)
    click(window, "button.stop")
    assert eventually(lambda: text(window, "button.start") == "Start")
    (folder,) = (live.folder / "live").iterdir()
    assert eventually((folder / "curves.parquet").exists)
    marks = (folder / "marks.csv").read_text().splitlines()[1:]
    assert [line.split(",")[1] for line in marks] == ["injection", "saline 3"]
    recorded = read_recorded(folder)
    assert len(recorded.scores) > 30 and set(recorded.scores.region) == {"found"}
    assert (folder / "annotated.mkv").stat().st_size > 1000


def test_a_page_that_loses_its_server_says_so(live, window):
    open_page(window, live.link)
    live.page.kill()
    assert eventually(lambda: "this page has lost its server" in text(window, ".measures .state"))


def status(live: Live, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", live.page_port, timeout=10)
    connection.putrequest("GET", path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse().status
    connection.close()
    return answer


def test_nothing_is_told_without_the_token(live):
    token = live.link.split("/")[4]
    for name in ("live", "events", "frame", "regions"):
        for wrong in ("", "x", token[:-1], token + "x", ".."):
            assert status(live, f"/as/{wrong}/{name}") in (403, 404), (wrong, name)
    assert status(live, f"/as/{token}/frame") == 200
    assert status(live, f"/as/{token}/frame", Host="evil.example") == 403
    assert status(live, f"/as/{token}/frame", Origin="http://evil.example") == 403
    for path in (
        f"/as/{token}/../../etc/passwd",
        f"/as/{token}/frame/../../../etc/passwd",
        "/static/../squint/errors.py",
    ):
        assert status(live, path) in (403, 404)
