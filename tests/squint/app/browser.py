"""A headless Chromium and a server of its own for tests and benchmark."""

import http.client
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).parents[3]
CHROMIUM = "/usr/bin/chromium"
DRIVER = "/usr/bin/chromedriver"
QUIET = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars"
)
WAIT_SECONDS = 60  # until something is given up


class Server:
    """The app in a process of its own, started on a free port; `links` maps a coder to the link that it printed."""

    def __init__(self, folder: Path, recording: str, *arguments: str, port: int = 0, largest_file: int | None = None):
        """`largest_file` (bytes): no file may grow beyond it, as on a full disk."""
        self.port = port or free_port()
        program = [sys.executable, "-m", "squint.app", recording, "--directory", str(folder), "--no-browser"]
        program += ["--port", str(self.port), *arguments]

        def limit() -> None:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        # NiceGUI starts no server where it believes that it is tested.
        outside = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
        how = {"text": True, "cwd": ROOT, "env": outside, "preexec_fn": limit}
        self.process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)
        self.links: dict[str, str] = {}  # on this machine, whatever it is called
        coders = arguments.count("--coder")
        printed = []
        while len(self.links) < coders:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("".join(printed))
            printed.append(line)
            if match := re.match(r"(\w+) (?:scores|annotates) at (\S+)", line):
                self.printed = match[2]
                self.links[match[1]] = f"http://127.0.0.1:{self.port}/{match[2].split('/', 3)[3]}"
        wait_for_port(arguments[arguments.index("--host") + 1] if "--host" in arguments else "127.0.0.1", self.port)

    def token(self, coder: str) -> str:
        """The secret of a coder's link."""
        return self.links[coder].split("/")[4]

    def page(self, coder: str, name: str) -> str:
        """The link of another page of a coder."""
        return f"http://127.0.0.1:{self.port}/as/{self.token(coder)}/{name}"

    def request(self, path: str, method: str = "GET", body: str | None = None, **headers: str):
        """A raw request, its path sent as it stands: status, headers, and what was read of the body in time."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Type", "application/x-www-form-urlencoded")
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body.encode() if body is not None else None)
        response = connection.getresponse()
        read = b"" if response.status == http.client.SWITCHING_PROTOCOLS else response.read()
        connection.close()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, read

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(host: str, port: int) -> None:
    """Return when somebody listens."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


def eventually(true: Callable[[], bool]) -> bool:
    """Whether something is true now, or within a while."""
    end = time.monotonic() + WAIT_SECONDS
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def serving(folder: Path, recording: str, *arguments: str, **options) -> Iterator[Server]:
    """A server that is killed at the end."""
    server = Server(folder, recording, *arguments, **options)
    try:
        yield server
    finally:
        server.kill()


class Browser:
    """A window of a Chromium of its own."""

    def __init__(self, width: int = 1366, height: int = 768, dark: bool = False, listen: bool = False):
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in QUIET.split():
            options.add_argument(argument)
        self.profile = tempfile.TemporaryDirectory(prefix="chromium", ignore_cleanup_errors=True)
        options.add_argument(f"--user-data-dir={self.profile.name}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"} | ({"performance": "ALL"} if listen else {}))
        self.driver = webdriver.Chrome(options=options, service=Service(DRIVER, env=os.environ.copy()))
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", dict(width=width, height=height, deviceScaleFactor=1, mobile=False)
        )
        theme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [theme]})

    def open(self, link: str) -> None:
        """Open a page and wait until its views are shown, if it has some, and the server hears of keys."""
        self.driver.get(link)
        self.until("return !!document.querySelector('header')")
        if self.script("return !!document.querySelector('.views')"):
            self.until("return document.querySelector('.views').dataset.shown !== '' && !!window.socket?.connected")

    def script(self, code: str, *arguments):
        """What a piece of JavaScript returns."""
        return self.driver.execute_script(code, *arguments)

    def until(self, code: str, *arguments) -> None:
        """Wait until a piece of JavaScript returns something true."""
        WebDriverWait(self.driver, WAIT_SECONDS, poll_frequency=0.02).until(lambda _: self.script(code, *arguments))

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, as a person does."""
        for key in keys:
            ActionChains(self.driver, duration=0).send_keys(key).perform()

    @property
    def shown(self) -> int:
        """The number of the item whose pictures are shown; 0 while they are loaded."""
        return int(self.script("return document.querySelector('.views').dataset.shown || 0"))

    @property
    def answered(self) -> list[str]:
        """The answers that the page shows as given."""
        return self.script(
            "return [...document.querySelectorAll('.answer[aria-pressed=true]')].map((button) => button.ariaLabel)"
        )

    @property
    def frame(self) -> tuple[int, int]:
        """Width and height in px of the frame that the views show."""
        width, height = self.script("return getElement(document.querySelector('.views').id.slice(1)).frame")
        return width, height

    @property
    def views(self) -> list[dict]:
        """What the page knows of the six views: address, boxes, certainty."""
        return self.script("return getElement(document.querySelector('.views').id.slice(1)).views")

    def wait_for(self, item: int) -> None:
        """Wait until an item's pictures are shown."""
        self.until("return document.querySelector('.views')?.dataset.shown === arguments[0]", str(item))

    def press_and_wait(self, *keys: str) -> None:
        """Press keys that each change what is answered, and wait until the page shows it."""
        for key in keys:
            before = self.script("return document.querySelector('aside').innerHTML")
            self.press(key)
            self.until("return document.querySelector('aside').innerHTML !== arguments[0]", before)

    def settle(self) -> None:
        """Return when the server has done all that was pressed before: it does one thing after another."""
        for shown in ("true", "false"):
            self.press("h")  # opens the help, and closes it
            self.until(f"return !!document.querySelector('.q-dialog') === {shown}")

    def complaints(self) -> list[str]:
        """What the browser's console has to complain of."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def close(self) -> None:
        """Close the window and forget it."""
        self.driver.quit()
        self.profile.cleanup()


@contextmanager
def browsing(*arguments, **options) -> Iterator[Browser]:
    """A browser that is closed at the end."""
    browser = Browser(*arguments, **options)
    try:
        yield browser
    finally:
        browser.close()
