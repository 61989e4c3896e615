"""The live page: regions drawn over the video, the regions as they are scored, and the curve of each animal.

What changes is told by a stream of events, at most ten times a second, and drawn on canvases by `live.js`; nothing
of it goes through the library's elements, which would keep what they were told.
"""

import argparse
import asyncio
import json
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from squint.domain.regions import MOST_REGIONS, REGION_NAME, SMALLEST, Region
from squint.errors import InputError
from squint.live.client import Client
from squint.live.command import linked, name_regions, recording_folder, search_regions
from squint.live.desk import MARK_LABELS, WINDOW_MINUTES, Cursor, Desk, first_shot
from squint.live.sources import FileSource, open_source
from squint.web.loopback import is_loopback

PUSH_S = 0.1  # from one push to the next, at least
STYLE = Path(__file__).with_name("live.css")


def show(given: argparse.Namespace) -> int:
    """Serve the page until it is stopped; the exit status."""
    try:
        import nicegui  # noqa: F401, PLC0415
    except ModuleNotFoundError as error:
        remedy = "run make live VIDEO=…, or add --headless"
        raise InputError("the page", "the app's environment (.venv-app)", "NiceGUI is missing", remedy) from error
    source = open_source(given.source, given.results)
    regions = name_regions(given.region)
    if not regions and isinstance(source, FileSource):
        regions = find_or_none(source)
    shot = first_shot(source)
    with ExitStack() as stack:
        client, welcome = stack.enter_context(linked(given))
        address = client.address
        client.stop()
        connect = lambda: Client(  # noqa: E731
            address, lambda *_: None, keys=given.keys, form="jpeg" if given.jpeg else "raw"
        ).start()
        desk = Desk(
            given,
            open_one=lambda: open_source(given.source, given.results, loop=given.loop),
            connect=connect,
            welcome=welcome,
            regions=regions,
            shot=shot,
            folder=lambda opened: recording_folder(given, opened),
        )
        stack.callback(desk.close)
        storage = stack.enter_context(TemporaryDirectory(prefix="squint"))
        # NiceGUI keeps a folder of its own where it is started; nothing is to be left beside the results.
        os.environ["NICEGUI_STORAGE_PATH"] = storage
        serve_desk(desk, given, source.name)
    return 0


def find_or_none(source: FileSource) -> dict[str, Region]:
    """The regions of a file in which something moves; none where nothing does: then they are drawn."""
    try:
        return search_regions(source, MOST_REGIONS)
    except InputError:
        return {}


def serve_desk(desk: Desk, given: argparse.Namespace, name: str) -> None:
    """Put the page of a desk on a server, print its link, and serve."""
    from squint.web.guard import serve  # noqa: PLC0415

    token = secrets.token_urlsafe(24)
    build(desk, token, is_loopback(given.host), name)
    host = socket.gethostname() if given.host in ("0.0.0.0", "::") else given.host
    print(f"Live scoring of {name} at http://{f'[{host}]' if ':' in host else host}:{given.port}/as/{token}/live")
    print("The link lasts until the server stops: Ctrl+C.", flush=True)
    serve(given.host, given.port, "" if given.no_browser else f"/as/{token}/live")


def read_drawn(drawn: object, width: int, height: int) -> dict[str, Region]:
    """Regions as the page tells them: name, left, top, width and height each. What is no region is left out."""
    regions: dict[str, Region] = {}
    for row in drawn[:MOST_REGIONS] if isinstance(drawn, list) else []:
        if not (isinstance(row, list) and len(row) == 5 and REGION_NAME.fullmatch(str(row[0]))):
            continue
        if not all(isinstance(value, int | float) and abs(value) < 1e5 for value in row[1:]):
            continue
        left, top, across, down = (round(value) for value in row[1:])
        right, bottom = min(left + across, width), min(top + down, height)
        left, top = max(left, 0), max(top, 0)
        if right - left >= SMALLEST and bottom - top >= SMALLEST:
            regions[str(row[0])] = Region(left, top, right - left, bottom - top)
    return regions


async def events(desk: Desk) -> AsyncIterator[bytes]:
    """What has changed on a desk, as server-sent events, from when a page asks until it is closed."""
    cursor, run = Cursor(), desk.runs
    while True:
        if desk.runs != run:
            cursor, run = Cursor(), desk.runs
        news = await asyncio.to_thread(desk.news, cursor)
        yield b"data: " + json.dumps(news, separators=(",", ":")).encode() + b"\n\n"
        await asyncio.sleep(PUSH_S)


def build(desk: Desk, token: str, loopback: bool, name: str) -> None:
    """Put the page, its pictures and its events on the server."""
    from nicegui import app, ui  # noqa: PLC0415
    from starlette.requests import Request  # noqa: PLC0415
    from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse  # noqa: PLC0415

    from squint.live.element import LiveView  # noqa: PLC0415
    from squint.web import elements, guard  # noqa: PLC0415

    app.add_middleware(guard.Guard, tokens={token: "live"}, loopback=loopback)
    app.on_page_exception(guard.show_no_details)

    @app.get("/")
    def ask_for_token() -> Response:
        return HTMLResponse(guard.FORM)

    @app.post("/enter")
    async def enter(request: Request) -> Response:
        given = str((await request.form()).get("token", "")).strip()
        if not secrets.compare_digest(given.encode(), token.encode()):
            return HTMLResponse(guard.FORM, 403)
        return RedirectResponse(f"/as/{token}/live", 303)

    @app.get("/as/{token}/events")
    def stream() -> Response:
        return StreamingResponse(events(desk), media_type="text/event-stream")

    @app.get("/as/{token}/frame")
    def whole_frame() -> Response:
        return Response(desk.whole_frame(), media_type="image/jpeg")

    @app.get("/as/{token}/regions")
    def regions_picture() -> Response:
        content = desk.regions_picture()
        return Response(content, media_type="image/jpeg") if content else Response(status_code=204)

    @ui.page("/as/{token}/live")
    def live_page() -> None:
        ui.page_title("Live – Squint")
        ui.add_css(elements.STYLE)
        ui.add_css(STYLE)
        ui.query("html").props("lang=en")
        ui.dark_mode(None)
        welcome = desk.welcome

        async def act(what: dict) -> None:
            """What was done on the page."""
            action, value = what.get("action"), what.get("value")
            if action == "start":
                await asyncio.to_thread(desk.start, read_drawn(value, *desk.frame))
            elif action == "stop":
                await asyncio.to_thread(desk.stop)
            elif action == "record":
                wanted, annotated = value if isinstance(value, list) and len(value) == 2 else (False, False)
                await asyncio.to_thread(desk.record, bool(wanted), bool(annotated))
            elif action == "mark":
                desk.mark(str(value))
            elif action == "masks":
                desk.show_masks(bool(value))

        with elements.html("header"):
            elements.html("h1", "Live scoring")
            elements.html("span", f"{name} · {welcome.scorer} · {welcome.scale}", "status")
        LiveView(
            base=f"/as/{token}",
            highest=welcome.highest,
            threshold=welcome.threshold,
            coverage=round(100 * welcome.coverage),
            minutes=WINDOW_MINUTES,
            labels=MARK_LABELS,
            most=min(MOST_REGIONS, welcome.most_regions),
            on_act=act,
        )
