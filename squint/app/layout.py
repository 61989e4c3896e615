"""What the pages of the scoring desk share: the header, the banner for trouble, dialogs, and the theme."""

import asyncio
from collections.abc import Callable
from contextlib import contextmanager

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from squint.app.journal import Change
from squint.app.session import Session
from squint.web.elements import INSTANT, STYLE, button, html, set_text, tell

# Path to title, of the pages of a recording and of those of frames for a detector.
TITLES = ({"score": "Scoring", "correct": "Boxes", "agreement": "Agreement"}, {"annotate": "Boxes"})
THEMES = {"": None, "light": False, "dark": True}  # as the system says, unless a person has chosen


def button_for_seen(text: str, on_click: Callable[[str], None], classes: str = "", **attributes: str) -> TextElement:
    """A button about the item that is shown; `on_click` takes the item that was to be seen when it was pressed."""
    element = html("button", text, classes, type="button", **attributes)
    shown = "() => emit(document.querySelector('.views').dataset.shown)"
    return element.on("click", lambda event: on_click(event.args), js_handler=shown)


class Page:
    """The frame of a page: header, trouble, announcements; calls `refresh` when anything on the session has changed."""

    def __init__(self, session: Session, person: str, token: str, path: str, refresh: Callable[[], None]):
        self.session = session
        self.person = person
        titles = next(titles for titles in TITLES if path in titles)
        ui.page_title(f"{titles[path]} – Squint")
        ui.add_css(STYLE)
        ui.query("html").props("lang=en")
        chosen = session.journal.value(person, "setting", "theme")
        self.dark = ui.dark_mode(THEMES[chosen])
        self.refresh = refresh
        self.waiting = False
        listener = self.refresh_soon
        session.pages[listener] = person
        ui.context.client.on_delete(lambda: session.pages.pop(listener, None))
        with html("header"):
            html("h1", titles[path])
            self.status = html("span", classes="status", aria_live="polite", role="status")
            html("span", classes="space")
            self.menu = html("nav", aria_label="Pages and help")
            with self.menu:
                for other, title in titles.items():
                    if other != path:
                        html("a", title, href=f"/as/{token}/{other}")
                button("Light / dark", self.change_theme)
            html("span", person, "person", title="Who is working here")
        with html("div", classes="trouble", role="alert") as self.trouble:
            self.trouble_text = html("p")
            button("Try again", lambda: session.try_again(person))
        self._show_trouble()

    def refresh_soon(self) -> None:
        """Show things as they are when what goes on now is done; once, however often it is asked for."""
        if not self.waiting:
            self.waiting = True
            asyncio.get_running_loop().call_soon(self._refresh)

    def _refresh(self) -> None:
        self.waiting = False
        self._show_trouble()
        self.refresh()

    def _show_trouble(self) -> None:
        self.trouble.set_visibility(bool(self.session.trouble))
        message = "Nothing more is accepted until this is mended; what the page showed as done is safe.\n"
        set_text(self.trouble_text, f"{message}{self.session.trouble}")

    def change_theme(self) -> None:
        """From as the system says to light, to dark, and back."""
        names = list(THEMES)
        chosen = names[(names.index(self.session.journal.value(self.person, "setting", "theme")) + 1) % len(names)]
        if self.session.act(self.person, [Change("setting", "theme", "", chosen)]):
            self.dark.set_value(THEMES[chosen])
            tell(f"Colours: {chosen or 'as the system says'}")

    @contextmanager
    def dialog(self, title: str, close: bool = True):
        """A dialog with a heading, closed by Escape, and by a button if it is to `close` by one."""
        dialog = ui.dialog().props(INSTANT)
        dialog.props["aria-label"] = title
        with dialog, html("section", classes="dialog", role="document", tabindex="-1"):
            html("h2", title)
            yield dialog
            if close:
                button("Close", dialog.close, "wide", autofocus="true")
