"""Who may ask a server for what: pages behind personal links, no other sites, and by default this machine alone."""

import re
import traceback

from nicegui import ui
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from squint.web.elements import html
from squint.web.loopback import is_loopback

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
                rest = [(name, value) for name, value in message.get("headers", []) if name.lower() not in names]
                message["headers"] = rest + added
            await send(message)

        if refused:
            answer = HTMLResponse(FORM, 403) if refused is NO_TOKEN else PlainTextResponse(refused, 403)
            await answer(scope, receive, send_guarded)
        else:
            await self.app(scope, receive, send_guarded)


def show_no_details(error: Exception) -> None:
    """What a page shows that failed; the error's text may name what a coder is not to see."""
    traceback.print_exception(error)
    html("p", "This page failed. What was shown as done is safe; the server's terminal says more.")


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
        timeout_graceful_shutdown=2,  # s; a page that is open, with its stream of events, does not end by itself
    )
