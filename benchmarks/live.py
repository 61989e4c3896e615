"""How many animals are scored live at full frame rate, how soon, and where the time goes, on this machine.

A finished `make live-study` gives the scorer and a video of four simulated animals, 1080 × 1920 px at 30 frames a
second. The page is opened in headless Chromium, which draws what it is told; server, page and browser share this
machine's cores. For 1, 2 and 4 animals the page scores so many regions of the video; for 8 a second client without a
page scores four more on the same server. Then four animals are scored for as long as --minutes says, and memory is
watched.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measures import print_measure, write_measures
from squint.live.command import LISTENS
from squint.live.sources import FileSource
from squint.regions.finding import find_regions
from tests.squint.app.browser import browsing, free_port

RECORD = Path("results/benchmarks/live.json")
STUDY = Path("results.live/results")
RACK = "NEW1"
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
SETTLE_S = 5.0  # after which measuring begins
GOALS = {"fps_4": ">= 29.5", "p99_ms": "<= 150", "dropped_share": "= 0"}
LINK = re.compile(r"http://\S+/as/\S+/live")


@dataclass
class Process:
    """A process and all that it started, as /proc tells of them."""

    pid: int

    def family(self) -> list[int]:
        found, parents = [self.pid], {self.pid}
        stats = {int(path.name): path for path in Path("/proc").iterdir() if path.name.isdigit()}
        changed = True
        while changed:
            changed = False
            for pid, path in stats.items():
                if pid not in parents and read_stat(path).get("ppid") in parents:
                    parents.add(pid)
                    found.append(pid)
                    changed = True
        return found

    def cpu_s(self) -> float:
        """Computing time of the family so far."""
        return sum(read_stat(Path("/proc") / str(pid)).get("cpu_s", 0.0) for pid in self.family())

    def memory_mib(self) -> float:
        """Memory that this process alone holds."""
        return read_stat(Path("/proc") / str(self.pid)).get("rss_kb", 0.0) / 1024


def read_stat(path: Path) -> dict[str, float]:
    """Parent, computing time and memory of a process; nothing of one that is gone."""
    try:
        fields = (path / "stat").read_text().rpartition(")")[2].split()
        return {
            "ppid": int(fields[1]),
            "cpu_s": (int(fields[11]) + int(fields[12])) / TICKS,
            "rss_kb": int(fields[21]) * PAGE_KB,
        }
    except (OSError, IndexError, ValueError):
        return {}


@contextmanager
def started(*arguments: str, until: re.Pattern | str) -> Iterator[tuple[Process, str]]:
    """A command of Squint's in a process of its own, and the line with which it says that it is ready."""
    program = [sys.executable, "-m", "squint", *arguments]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        lines = []
        for line in process.stdout or []:
            lines.append(line)
            if re.search(until, line):
                break
        else:
            raise RuntimeError("".join(lines))
        threading.Thread(target=lambda: [None for _ in process.stdout or []], daemon=True).start()
        yield Process(process.pid), lines[-1]
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def news(link: str) -> dict:
    """What the page's stream of events tells first."""
    with urllib.request.urlopen(link.removesuffix("/live") + "/events", timeout=10) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                told = json.loads(line[6:])
                return {key: value for key, value in told.items() if key not in ("curves", "marks")}
    raise RuntimeError("the page told nothing")


def regions_of(video: Path) -> list[str]:
    """The boxes of the rack, in which animals move, as the command line takes them."""
    source = FileSource(str(video))
    from squint.files.frames import picture  # noqa: PLC0415

    numbers = list(range(0, len(source.video), max(1, len(source.video) // 30)))
    return [str(region) for region in find_regions([picture(frame) for _, frame in source.video.read(numbers)], 4)]


@contextmanager
def page(video: Path, scorer: Path, address: str, regions: list[str], browser) -> Iterator[tuple[Process, str]]:
    """The page on some regions, opened in the browser and started."""
    chosen = [part for number, region in enumerate(regions, start=1) for part in ("--region", f"{number}={region}")]
    arguments = ["live", str(video), "--server", address, "--loop", "--no-browser", "--port", str(free_port()), *chosen]
    with started(*arguments, until=LINK) as (process, line):
        link = LINK.search(line)[0]  # pyright: ignore[reportOptionalSubscript]
        wait_for_page(link)
        browser.driver.get(link)
        browser.until("return !!document.querySelector('button.start')")
        browser.driver.find_element("css selector", "button.start").click()
        browser.until("return Number(document.querySelector('.scored').textContent) > 0")
        yield process, link


def wait_for_page(link: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(link, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def watch(link: str, processes: dict[str, Process], seconds: float) -> dict:
    """What happens within some seconds: frames a second, dropped frames, latency, computing time by process."""
    time.sleep(SETTLE_S)
    before, cpu = news(link), {name: process.cpu_s() for name, process in processes.items()}
    begin = time.monotonic()
    worst = 0.0
    while time.monotonic() - begin < seconds:
        time.sleep(1)
        worst = max(worst, news(link)["p99_ms"])
    lasted = time.monotonic() - begin
    after = news(link)
    frames = after["shots"] - before["shots"]
    spent = {name: (after["spent_s"][name] - before["spent_s"][name]) / frames * 1e3 for name in after["spent_s"]}
    return {
        "fps": (after["scored"] - before["scored"]) / lasted,
        "median_ms": after["median_ms"],
        "p99_ms": after["p99_ms"],
        "worst_p99_ms": worst,
        "dropped_share": (after["dropped"] - before["dropped"]) / frames,
        "frames": frames,
        "ms_a_frame": spent,
        "cores": {name: (process.cpu_s() - cpu[name]) / lasted for name, process in processes.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--study", type=Path, default=STUDY, help=f"results of make live-study; default: {STUDY}")
    parser.add_argument("--seconds", type=float, default=30.0, help="for each number of animals; default: 30")
    parser.add_argument("--minutes", type=float, default=5.0, help="for four animals and memory; default: 5")
    given = parser.parse_args()
    scorer, video = given.study / "scorer" / "regions.squint", given.study / "simulated" / "racks" / f"{RACK}.mp4"
    for path in (scorer, video):
        if not path.is_file():
            sys.exit(f"{path} is missing: make it with make live-study")
    regions, measures = regions_of(video), {}
    with started("serve", str(scorer), "--port", "0", until=LISTENS) as (server, line), browsing(1500, 900) as browser:
        address = line.removeprefix(LISTENS).partition(". ")[0]
        chromium = Process(browser.driver.service.process.pid)
        for animals in (1, 2, 4):
            with page(video, scorer, address, regions[:animals], browser) as (client, link):
                processes = {"server": server, "client and page": client, "browser": chromium}
                measures[f"animals_{animals}"] = tell(f"{animals} animals", watch(link, processes, given.seconds))
        with page(video, scorer, address, regions, browser) as (client, link), tempfile.TemporaryDirectory() as folder:
            second = ["live", str(video), "--server", address, "--headless", "--loop", "--output", f"{folder}/second"]
            second += [
                part for number, region in enumerate(regions, start=5) for part in ("--region", f"{number}={region}")
            ]
            with started(*second, until="regions") as (other, _):
                processes = {"server": server, "client and page": client, "browser": chromium, "second client": other}
                measures["animals_8"] = tell("8 animals", watch(link, processes, given.seconds))
        with page(video, scorer, address, regions, browser) as (client, link):
            processes = {"server": server, "client and page": client}
            time.sleep(min(60.0, 20 * given.minutes))  # buffers fill
            memory = {name: process.memory_mib() for name, process in processes.items()}
            heap = browser.script("return performance.memory ? performance.memory.usedJSHeapSize : 0")
            soaked = watch(link, processes | {"browser": chromium}, 60 * given.minutes)
            growth = {name: process.memory_mib() - memory[name] for name, process in processes.items()}
            grown = (browser.script("return performance.memory ? performance.memory.usedJSHeapSize : 0") - heap) / 2**20
    measures["soak"] = tell(f"4 animals for {given.minutes:g} minutes", soaked)
    measures |= {
        "minutes": given.minutes,
        "fps_4": soaked["fps"],
        "p99_ms": soaked["p99_ms"],
        "dropped_share": soaked["dropped_share"],
        "memory_growth_mib": sum(growth.values()),
        "memory_growth_by_process_mib": growth | {"browser heap": grown},
    }
    for name in ("fps_4", "p99_ms", "dropped_share", "memory_growth_mib"):
        print_measure(name.replace("_", " "), measures[name], GOALS.get(name, ""))
    write_measures(RECORD, measures)


def tell(name: str, measures: dict) -> dict:
    """Print what was measured, and give it."""
    print(f"\n{name}")
    for key in ("fps", "median_ms", "p99_ms", "worst_p99_ms", "dropped_share"):
        print_measure(key.replace("_", " "), measures[key])
    for part, values in (("ms a frame: ", measures["ms_a_frame"]), ("cores: ", measures["cores"])):
        for key, value in values.items():
            print_measure(part + key, value)
    return measures


if __name__ == "__main__":
    main()
