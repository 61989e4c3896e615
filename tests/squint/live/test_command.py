import subprocess
import sys
import time

import pytest

from squint.__main__ import main
from squint.domain.regions import Region
from squint.errors import InputError
from squint.live.command import OwnServer, ServerFailed, name_regions, tell_measures
from squint.live.recorder import read_recorded
from tests.conftest import ROOT
from tests.squint.live.fakes import FakeScorer, linked, serving, write_film


def live(*arguments: str) -> int:
    return main(["live", *arguments])


def test_a_film_is_scored_without_a_page(tmp_path, capsys):
    film = write_film(tmp_path / "film.mp4", seconds=2)
    with serving() as server:
        how = ["--headless", "--fast", "--annotated", "--output", str(tmp_path / "out"), "--server", server.address]
        assert live(str(film), *how) == 0
    scores = read_recorded(tmp_path / "out").scores
    assert set(scores.region) == {"1", "2"} and sorted(set(scores.frame_num)) == list(range(40))
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"annotated.mkv", "curves.parquet", "measures.json"}
    assert "40 frames scored" in capsys.readouterr().out


def test_regions_are_those_of_the_command_line(tmp_path):
    film = write_film(tmp_path / "film.mp4", seconds=0.5)
    with serving() as server:
        how = ["--headless", "--fast", "--output", str(tmp_path / "out"), "--server", server.address]
        assert live(str(film), *how, "--region", "left=0,0,160,180", "--region", "160,0,160,180") == 0
    assert read_recorded(tmp_path / "out").about["regions"] == {"left": "0,0,160,180", "2": "160,0,160,180"}


def test_regions_without_a_name_are_numbered():
    region = Region(0, 0, 20, 20)
    assert list(name_regions([("", region), ("b", region), ("", region)])) == ["1", "b", "3"]
    with pytest.raises(InputError, match="'2' twice"):
        name_regions([("2", region), ("", region)])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--server", "tcp://127.0.0.1:9"], "a scoring server"),
        (["--server", "127.0.0.1:8478"], "the address of a server"),
        (["--server", "SERVER", "--scale", "another"], "scores on the scale 'another'"),
        (["--server", "SERVER", "--region", "0,0,900,900"], "a region within the frames"),
        (["--scorer", "nowhere.squint"], "a scorer for live use"),
    ],
)
def test_mistakes_are_told(tmp_path, monkeypatch, arguments, words):
    monkeypatch.setattr("squint.live.command.FIND_S", 1.0)
    film = write_film(tmp_path / "film.mp4", seconds=0.5)
    with serving(FakeScorer()) as server, pytest.raises(InputError) as caught:
        named = [server.address if argument == "SERVER" else argument for argument in arguments]
        live(str(film), "--headless", "--output", str(tmp_path / "out"), *named)
    assert words in str(caught.value)


def test_a_film_in_which_nothing_moves_asks_for_regions(tmp_path):
    film = write_film(tmp_path / "film.mp4", seconds=0.05)
    with pytest.raises(InputError, match="places in which something moves"):
        live(str(film), "--headless", "--server", "tcp://127.0.0.1:9")


@pytest.mark.parametrize(
    "arguments",
    [
        ["live"],
        ["live", "film.mp4", "--region", "1,2,3"],
        ["live", "film.mp4", "--region", "a b=1,2,30,40"],
        ["live", "film.mp4", *["--region", "0,0,20,20"] * 5],
        ["live", "film.mp4", "--port", "99999"],
        ["serve"],
        ["serve", "file.squint", "--threads", "0"],
    ],
)
def test_a_wrong_command_line_is_told_by_argparse(arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_a_server_for_other_machines_needs_keys(tmp_path):
    with pytest.raises(InputError, match="keys for a server that other machines reach"):
        main(["serve", "file.squint", "--host", "0.0.0.0"])
    assert main(["serve", "--make-keys", str(tmp_path / "keys")]) == 0
    assert (tmp_path / "keys" / "clients" / "client.key").exists()


def test_help_is_there_without_loading_networks():
    for command in ("live", "serve"):
        code = f"import sys; from squint.__main__ import main\ntry: main([{command!r}, '--help'])\n"
        code += "except SystemExit: pass\n"
        code += "assert not {'keras', 'tensorflow', 'nicegui'} & set(sys.modules)"
        told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
        assert told.returncode == 0 and "usage: python -m squint" in told.stdout, told.stderr


def test_how_a_session_runs_is_told_in_words():
    measures = {"fps": 29.97, "median_ms": 31.2, "p99_ms": 77.0, "dropped": 2, "connected": False}
    measures |= {"words": "gone", "note": ""}
    assert tell_measures(measures) == ["30 frames/s", "31 ms from frame to score (99 %: 77 ms)", "2 dropped", "gone"]
    assert tell_measures(measures | {"median_ms": None, "connected": True}) == ["30 frames/s", "2 dropped"]


def test_a_server_of_its_own_that_is_killed_is_started_again_at_its_port(region_scorer):
    server = OwnServer(str(region_scorer))
    try:
        with linked(server.address) as client:
            assert client.wait_for_server(20)
            first, before = server.process, client.welcome.server
            first.kill()
            end = time.monotonic() + 60
            while client.welcome.server == before and time.monotonic() < end:
                time.sleep(0.05)
            assert client.welcome.server != before and server.process is not first
    finally:
        server.stop()
    assert server.process.poll() is not None


def test_a_server_that_can_not_start_says_why(tmp_path):
    (tmp_path / "x.squint").write_bytes(b"no scorer")
    with pytest.raises(ServerFailed, match="a scorer that Squint wrote"):
        OwnServer(str(tmp_path / "x.squint"))


def test_a_film_is_scored_by_a_server_of_its_own(region_scorer, tmp_path):
    film = write_film(tmp_path / "film.mp4", seconds=0.5)
    how = ["--headless", "--fast", "--output", str(tmp_path / "out"), "--scorer", str(region_scorer)]
    assert live(str(film), *how, "--region", "0,0,160,180") == 0
    assert len(read_recorded(tmp_path / "out").scores) == 10
