"""The server: pages behind personal links, the frames of the open recording, and who may ask for what."""

import hashlib
import hmac
import secrets
from functools import partial
from pathlib import Path

from nicegui import app, ui
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from squint.app.agreement_page import agreement_page
from squint.app.annotation_page import AnnotationPage
from squint.app.correction_page import CorrectionPage
from squint.app.recording import Item
from squint.app.scoring_page import ScoringPage
from squint.app.session import Session
from squint.web.guard import FORM, Guard, show_no_details

LARGEST_PADDING = 4096  # bytes


class Frames:
    """The frames of the open recording under names that tell nothing, each name for one person, page and item.

    A moment that is shown twice has two names, and another on the page of boxes, which shows it once. To each file a
    comment is added that the name determines, so that lengths and digests don't tell which items show the same. What
    can still tell is the picture itself.
    """

    def __init__(self, secret: bytes):
        self.secret = secret
        self.paths: dict[str, Path] = {}

    def _digest(self, *words: str) -> bytes:
        return hmac.digest(self.secret, "/".join(words).encode(), hashlib.sha256)

    def addresses(self, token: str, page: str, item: Item) -> list[str]:
        """The addresses of an item's frames; empty where a camera has none."""
        addresses = []
        for view in item.views:
            name = self._digest(token, page, item.key, view.camera).hex()[:32]
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
        noise = self._digest("padding", name)
        length = int.from_bytes(noise[:4], "big") % LARGEST_PADDING
        comment = (noise * (length // len(noise) + 1))[:length]
        # A JPEG begins with a marker of two bytes; a comment may follow it.
        return Response(
            picture[:2] + b"\xff\xfe" + (length + 2).to_bytes(2, "big") + comment + picture[2:], media_type="image/jpeg"
        )


def build(session: Session, tokens: dict[str, str], loopback: bool, quiz_every: int, home: str) -> None:
    """Put the pages and frames of a session on the server; `tokens` maps a token to its person.

    `home` is the page that a link leads to: `score` of a recording, `annotate` of frames for a detector.
    """
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
        return RedirectResponse(f"/as/{token}/{home}", 303)

    @app.get("/as/{token}")
    def enter_by_link(token: str) -> Response:
        return RedirectResponse(f"/as/{token}/{home}", 303)

    @app.get("/as/{token}/frames/{name}")
    def frame(token: str, name: str) -> Response:
        return frames.read(token, name)

    if home == "annotate":

        @ui.page("/as/{token}/annotate")
        def annotate(token: str) -> None:
            AnnotationPage(session, tokens[token], token, partial(frames.addresses, token, "annotate"))

        return

    @ui.page("/as/{token}/score")
    def score(token: str) -> None:
        ScoringPage(session, tokens[token], token, partial(frames.addresses, token, "score"), quiz_every)

    @ui.page("/as/{token}/correct")
    def correct(token: str) -> None:
        CorrectionPage(session, tokens[token], token, partial(frames.addresses, token, "correct"))

    @ui.page("/as/{token}/agreement")
    def agreement(token: str) -> None:
        agreement_page(session, tokens[token], token)
