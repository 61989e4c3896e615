"""The server: pages behind personal links, the frames of the open recording, and who may ask for what."""

import hashlib
import hmac
import ipaddress
import re
import secrets
import traceback
from functools import partial
from pathlib import Path

from nicegui import app, ui
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from squint.app.agreement_page import agreement_page
from squint.app.correction_page import CorrectionPage
from squint.app.layout import html
from squint.app.recording import Item
from squint.app.scoring_page import ScoringPage
from squint.app.session import Session

# What can be asked for without a token: the form that takes it, and the library's own files and socket, over which
# nothing is told but to a page that was opened with one.
OPEN = ("/", "/enter", "/favicon.ico")
OPEN_UNDER = ("/_nicegui/", "/_nicegui_ws/")
HEADERS = {
    b"cache-control": b"no-store",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": b"frame-ancestors 'none'",
}
FORM = """<!doctype html><html lang="en"><title>Squint</title><meta name="viewport" content="width=device-width">
<style>body { font: 16px system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; color-scheme: light dark }
input, button { font: inherit; padding: .3rem .6rem }</style>
<h1>Squint</h1><p>Open the link that the server printed when it was started, or enter its token.</p>
<form action="/enter" method="post"><label>Token <input name="token" autocomplete="off" autofocus required></label>
<button>Open</button></form></html>"""
NO_TOKEN = "There is no token."
LARGEST_PADDING = 4096  # bytes


def is_loopback(host: str) -> bool:
    """Whether a server on `host` can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Guard:
    """Refuses what has no token, what comes from other sites' pages, and other names for this machine."""

    def __init__(self, app: ASGIApp, tokens: dict[str, str], loopback: bool):
        self.app = app
        self.tokens = tokens
        self.loopback = loopback

    def refusal(self, scope: Scope) -> str:
        """Why a request is refused; empty if it is not."""
        headers = dict(scope["headers"])
        host, origin = (headers.get(name, b"").decode("latin-1") for name in (b"host", b"origin"))
        if self.loopback and not is_loopback(re.sub(r":\d+$", "", host).strip("[]")):
            return "This server is asked for under another name than this machine's own."
        if origin and origin.partition("://")[2] != host:
            return "Pages of other sites have no access."
        path = scope["path"]
        open_to_all = path in OPEN or path.startswith(OPEN_UNDER)
        known = path.startswith("/as/") and path.split("/")[2] in self.tokens
        return "" if open_to_all or known else NO_TOKEN

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refused = self.refusal(scope)
        if refused and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_guarded(message) -> None:
            if message["type"] == "http.response.start":
                own = not scope["path"].startswith("/_nicegui/")  # the library's files may be kept
                added = [(name, value) for name, value in HEADERS.items() if own or name != b"cache-control"]
                names = {name for name, _ in added}
                kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in names]
                message["headers"] = kept + added
            await send(message)

        if refused:
            answer = HTMLResponse(FORM, 403) if refused is NO_TOKEN else PlainTextResponse(refused, 403)
            await answer(scope, receive, send_guarded)
        else:
            await self.app(scope, receive, send_guarded)


class Frames:
    """The frames of the open recording under names that tell nothing, each name for one person, page and item.

    A moment that is shown twice has two names, and another on the page of boxes, which shows it once. To each file a
    comment is added that the name determines, so that lengths and digests don't tell which items show the same. What
    can still tell is the picture itself.
    """

    def __init__(self, secret: bytes):
        self.secret = secret
        self.paths: dict[str, Path] = {}

    def _draw(self, *words: str) -> bytes:
        return hmac.digest(self.secret, "/".join(words).encode(), hashlib.sha256)

    def addresses(self, token: str, page: str, item: Item) -> list[str]:
        """The addresses of an item's six frames; empty where a camera has none."""
        addresses = []
        for view in item.views:
            name = self._draw(token, page, item.key, view.camera).hex()[:32]
            if view.path:
                self.paths[f"{token}/{name}"] = view.path
            addresses.append(f"/as/{token}/frames/{name}" if view.path else "")
        return addresses

    def read(self, token: str, name: str) -> Response:
        """The JPEG of a name that was given to this person; 404 for all others."""
        path = self.paths.get(f"{token}/{name}")
        if path is None:
            return PlainTextResponse("There is no such frame.", 404)
        try:
            picture = path.read_bytes()
        except OSError as error:
            return PlainTextResponse(f"The frame cannot be read: {error.strerror}.", 500)
        noise = self._draw("padding", name)
        length = int.from_bytes(noise[:4], "big") % LARGEST_PADDING
        comment = (noise * (length // len(noise) + 1))[:length]
        # A JPEG begins with a marker of two bytes; a comment may follow it.
        return Response(
            picture[:2] + b"\xff\xfe" + (length + 2).to_bytes(2, "big") + comment + picture[2:], media_type="image/jpeg"
        )


def show_no_details(error: Exception) -> None:
    """What a page shows that failed; the error's text may name what a coder is not to see."""
    traceback.print_exception(error)
    html("p", "This page failed. What was shown as done is safe; the server's terminal says more.")


def build(session: Session, tokens: dict[str, str], loopback: bool, quiz_every: int) -> None:
    """Put the pages and frames of one recording on the server; `tokens` maps a token to its person."""
    app.add_middleware(Guard, tokens=tokens, loopback=loopback)
    app.on_shutdown(session.journal.close)
    app.on_page_exception(show_no_details)
    frames = Frames(secrets.token_bytes(32))

    @app.get("/")
    def ask_for_token() -> Response:
        return HTMLResponse(FORM)

    @app.post("/enter")
    async def enter(request: Request) -> Response:
        token = str((await request.form()).get("token", "")).strip()
        if token not in tokens:
            return HTMLResponse(FORM.replace("<form", "<p><strong>This token is not known.</strong></p><form"), 403)
        return RedirectResponse(f"/as/{token}/score", 303)

    @app.get("/as/{token}")
    def enter_by_link(token: str) -> Response:
        return RedirectResponse(f"/as/{token}/score", 303)

    @app.get("/as/{token}/frames/{name}")
    def frame(token: str, name: str) -> Response:
        return frames.read(token, name)

    @ui.page("/as/{token}/score")
    def score(token: str) -> None:
        ScoringPage(session, tokens[token], token, partial(frames.addresses, token, "score"), quiz_every)

    @ui.page("/as/{token}/correct")
    def correct(token: str) -> None:
        CorrectionPage(session, tokens[token], token, partial(frames.addresses, token, "correct"))

    @ui.page("/as/{token}/agreement")
    def agreement(token: str) -> None:
        agreement_page(session, tokens[token], token)


def serve(host: str, port: int, start_page: str) -> None:
    """Serve until the process is told to stop; `start_page` is opened in a browser, if it is not empty."""
    ui.run(
        host=host,
        port=port,
        title="Squint",
        dark=None,
        language="en-US",
        reload=False,
        show=start_page or False,
        show_welcome_message=False,
        tailwind=False,
        gzip_middleware_factory=None,  # frames are compressed already
    )
