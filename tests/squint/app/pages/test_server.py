"""What the server tells, and to whom: blinding, tokens, tricks."""

import json
import socket
import urllib.request

import pytest

pytest.importorskip("selenium", reason="the app's environment is needed: make test-app")

import nicegui
from selenium.webdriver.common.keys import Keys

from squint.app.recording import read_recording
from tests.squint.app.browser import Browser, browsing, serving
from tests.squint.app.pages.coded import DUPLICATES, MOMENTS, NAME

FORBIDDEN = [NAME, "TBI", "20180306", "basal", "pain", "sync", "duplicate", "C1-F", "C2-F", ".jpg"]
SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
WORDS = [word for word in FORBIDDEN if word.islower() or word.isdigit()]  # in capitals too


def told_to(browser: Browser) -> list[tuple[str, str]]:
    """All that the browser was told about the recording: addresses, pages, headers and messages."""
    told = []
    for entry in browser.driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        kind, values = message["method"], message["params"]
        if kind == "Network.webSocketFrameReceived":
            told.append((kind, values["response"]["payloadData"]))
        elif kind == "Network.responseReceived" and "/_nicegui/" not in values["response"]["url"]:
            told.append((kind, values["response"]["url"] + json.dumps(values["response"].get("headers", {}))))
    return told


def test_nothing_tells_what_is_shown(folder):
    with serving(folder, NAME, "--coder", "ayse") as server, browsing(listen=True) as browser:
        names = {}
        for page, count in (("score", 30), ("correct", 26)):
            browser.open(server.page("ayse", page))
            for place in range(1, count + 1):
                browser.wait_for(place)
                views = browser.views
                names[page, place] = [view["url"] for view in views]
                browser.press("1", Keys.ARROW_RIGHT)
            if page == "score":
                browser.press("l")
                browser.until("return !!document.querySelector('.log li')")
                browser.press("l")
                browser.until("return !document.querySelector('.q-dialog')")
            browser.settle()
        token = server.token("ayse")
        told = told_to(browser)
        for page in ("score", "correct", "agreement"):
            told.append((page, server.request(f"/as/{token}/{page}")[2].decode()))
    assert len(told) > 100
    for where, text in told:
        text = text.replace(token, "")  # random, it may hold any word
        found = [word for word in FORBIDDEN if word in text] + [word for word in WORDS if word in text.lower()]
        assert not found, f"{found} in {where}: {text[:300]}"
    addresses = [address for views in names.values() for address in views if address]
    assert len(addresses) == len(set(addresses)) > 300  # not one name for what is shown twice


def test_frames_tell_nothing_but_what_they_show(folder, window):
    with serving(folder, NAME, "--coder", "ayse", "--coder", "berk") as server:
        window.open(server.links["ayse"])
        order = read_recording(folder / "results", NAME).order("ayse")
        token = server.token("ayse")
        files = {}
        for place, item in enumerate(order, 1):
            window.wait_for(place)
            views = window.views
            files[item.number] = server.request(views[1]["url"])
            window.press(Keys.ARROW_RIGHT)
        lengths = []
        for number in range(1, DUPLICATES + 1):
            first, again = files[number], files[number + MOMENTS]
            assert first[0] == again[0] == 200
            assert first[2] != again[2]
            lengths.append(len(first[2]) != len(again[2]))
            for _, headers, body in (first, again):
                assert not {"last-modified", "etag"} & {name.lower() for name in headers}
                assert headers["cache-control"] == "no-store" and body[:2] == b"\xff\xd8"
        assert sum(lengths) >= DUPLICATES - 1  # they are drawn, and might be the same
        # A name belongs to one person.
        other = server.token("berk")
        assert server.request(views[1]["url"])[0] == 200
        assert server.request(views[1]["url"].replace(token, other))[0] == 404


TRICKS = [
    "/..",
    "/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/as/{token}/../scores/x.csv",
    "/as/{token}/frames/../../../scores",
    "/as/{token}/frames/..%2f..%2f..%2fscores%2fx.csv",
    "/as/{token}/frames/%252e%252e%252fetc",
    "/as/{token}/frames//etc/passwd",
    "/as/{token}/frames/..\\..\\etc\\passwd",
    "/as/{token}/frames/C1-F000100.jpg",
    "/as/{token}/frames/%00",
    "/as/{token}/results/sheets/x.csv",
    "/_nicegui/../../../../etc/passwd",
    f"/_nicegui/{nicegui.__version__}/resources/../../etc/passwd",
    f"/_nicegui/{nicegui.__version__}/static/%2e%2e/%2e%2e/__init__.py",
    f"/_nicegui/{nicegui.__version__}/static/..%2f..%2f__init__.py",
    f"/_nicegui/{nicegui.__version__}/components/..%2f..%2fserver.py",
    "/scores",
    "/results/frames/" + NAME,
    "//127.0.0.1/etc/passwd",
    "/enter/score",
    "/as/enter/score",
    "/as//score",
    "/favicon.ico/score",
    "/_nicegui/score",
    "/file:///etc/passwd",
]


def test_path_tricks_are_refused(folder):
    with serving(folder, NAME, "--coder", "ayse") as server:
        token = server.token("ayse")
        for trick in TRICKS:
            status, _, body = server.request(trick.replace("{token}", token))
            assert status in (400, 403, 404), f"{trick}: {status}"
            assert b"root:" not in body and b"from nicegui import" not in body and NAME.encode() not in body, trick


def test_strangers_are_refused(folder):
    with serving(folder, NAME, "--coder", "ayse") as server:
        link = "/" + server.links["ayse"].split("/", 3)[3]
        assert server.request(link)[0] == 200
        assert server.request(link.replace("/as/", "/as/x"))[0] == 403
        assert server.request(link, Host="evil.example")[0] == 403
        assert server.request(link, Host="localhost")[0] == server.request(link, Host="127.0.0.1:1")[0] == 200
        assert server.request(link, Host=f"127.0.0.1:{server.port}", Origin="http://[")[0] == 403
        assert server.request(link, Host=f"127.0.0.1:{server.port}", Origin="http://evil.example")[0] == 403
        ours = f"http://127.0.0.1:{server.port}"
        host = f"127.0.0.1:{server.port}"
        assert server.request(SOCKET, Host=host, Origin="http://evil.example", **UPGRADE)[0] == 403
        assert server.request(SOCKET, Host=host, Origin=ours, **UPGRADE)[0] == 101


def test_a_server_for_others_asks_for_a_token(folder):
    with serving(folder, NAME, "--coder", "ayse", "--host", "0.0.0.0") as server:
        token = server.token("ayse")
        status, _, body = server.request("/", Host="labserver:80")
        assert status == 200 and b'name="token"' in body and NAME.encode() not in body
        assert server.request("/enter", "POST", "token=wrong")[0] == 403
        for path in ("/as/x/score", f"/as/{token[:-1]}/score", f"/as/x{token}/frames/1"):
            assert server.request(path, Host="labserver:80")[0] == 403
        assert server.request(SOCKET, Host="labserver:80", Origin="http://evil.example", **UPGRADE)[0] == 403
        status, headers, _ = server.request("/enter", "POST", f"token={token}")
        assert (status, headers["location"]) == (303, f"/as/{token}/score")


def is_ours(host: str) -> bool:
    """Whether this machine has an address; some have no IPv6."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["::1", "127.0.0.2", "localhost"])
def test_other_names_of_this_machine_work(folder, host):
    if not is_ours(host):
        pytest.skip(f"{host} is no address of this machine")
    with serving(folder, NAME, "--coder", "ayse", "--host", host) as server:
        assert server.printed.startswith(f"http://[{host}]:" if ":" in host else f"http://{host}:")
        with urllib.request.urlopen(server.printed) as page:
            assert page.status == 200
