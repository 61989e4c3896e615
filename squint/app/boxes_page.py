"""What the pages share on which boxes of faces are drawn: the views, how boxes are changed, and the keys for that."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

from squint.app.box_editing import BoxEditor
from squint.app.layout import Page, button_for_seen
from squint.app.recording import Box
from squint.app.session import Session
from squint.app.views import Views
from squint.web.elements import button, html, keys_table, tell

MOVES = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}
MOVE = 1 / 20  # of a box's size, by a key
GROWTH = 1 / 10
NEW_BOX = 1 / 8  # of the frame's width, where no view has a box to take the size from


class BoxesPage(ABC):
    """A page of one person that shows an editor's item; a page says what stands beside the views, and its own keys."""

    def __init__(self, session: Session, person: str, token: str, path: str, addresses, editor: BoxEditor):
        self.editor = editor
        self.session = session
        self.page = Page(session, person, token, path, self.refresh)
        with self.page.menu:
            button("Help (h)", lambda: self.help.open())
        with html("section", classes="work"):
            self.views = Views(session.recording.cameras, addresses, self.on_key, self.on_box, self.choose_view)
            with html("aside", aria_label="Boxes"):
                self.lay_out()
        with self.page.dialog("Keys") as self.help:
            keys_table(self.keys())
        self.refresh()

    # What each page says for itself

    @abstractmethod
    def keys(self) -> list[tuple[str, str]]:
        """The page's keys, and what they do."""

    @abstractmethod
    def lay_out(self) -> None:
        """What stands beside the views."""

    @abstractmethod
    def edits(self) -> dict[str, Callable[[], None]]:
        """What keys do to the item that was to be seen."""

    @abstractmethod
    def refresh(self) -> None:
        """Show things as they are now."""

    def moves(self) -> dict[str, Callable[[], None]]:
        """What keys do that count whatever is shown."""
        return {}

    # What the person does

    def on_key(self, pressed: dict) -> None:
        """A key that was pressed while item `shown` (from 1) was to be seen."""
        key = pressed["key"]
        if self.help.value:
            if key == "h":
                self.help.close()
            return
        if pressed["shift"] and key in MOVES:
            if self.editor.is_shown(pressed["shown"]):
                self.move_box(*MOVES[key])
            return
        moves = {
            "ArrowLeft": lambda: self.go(self.editor.index - 1),
            "ArrowRight": lambda: self.go(self.editor.index + 1),
            "h": self.help.open,
            "?": self.help.open,
        } | self.moves()
        edits = {
            "a": self.add_box,
            "[": lambda: self.resize_box(-GROWTH),
            "]": lambda: self.resize_box(GROWTH),
            "u": self.undo,
        } | self.edits()
        if key in moves:
            moves[key]()
        elif key in edits and self.editor.is_shown(pressed["shown"]):
            edits[key]()

    def lay_out_steps(self) -> None:
        """The buttons to the previous and to the next item."""
        with html("div", classes="row"):
            button("← Previous", lambda: self.go(self.editor.index - 1))
            button("Next →", lambda: self.go(self.editor.index + 1))

    def button_to_edit(self, text: str, action: Callable[[], None], classes: str = ""):
        """A button that does something to the item that was to be seen when it was pressed."""

        def act(shown: str) -> None:
            if self.editor.is_shown(shown):
                action()

        return button_for_seen(text, act, classes)

    def on_box(self, drawn: dict) -> None:
        """A box that was drawn, moved or resized with the pointer."""
        left, top, size = (float(value) for value in drawn["box"])
        if self.editor.is_shown(drawn["shown"]) and math.isfinite(left + top + size):
            self.choose_view(drawn["view"])
            self.set_box((left, top, size))

    def choose_view(self, view: int) -> None:
        """Mean another view from now on."""
        self.editor.view = range(len(self.editor.item.views)).index(view)
        self.page.refresh_soon()

    def set_box(self, box: tuple[float, float, float] | None) -> None:
        """Give the chosen view a box, or none."""
        self.editor.set_box(self.editor.view, box)
        self.page.refresh_soon()

    def box(self) -> Box | None:
        """The box of the chosen view; None if there is none."""
        return self.editor.boxes()[self.editor.view]

    def add_box(self) -> None:
        """Put a box as large as the others into the middle of the chosen view."""
        if self.box() is None:
            width, height = self.editor.item.views[self.editor.view].size
            sizes = [box[2] for box in self.editor.boxes() if box] or [width * NEW_BOX]
            size = sum(sizes) / len(sizes)
            self.set_box(((width - size) / 2, (height - size) / 2, size))

    def move_box(self, across: int, down: int) -> None:
        """Move the chosen box by a step."""
        if box := self.box():
            step = max(box[2] * MOVE, 1)
            self.set_box((box[0] + across * step, box[1] + down * step, box[2]))

    def resize_box(self, growth: float) -> None:
        """Make the chosen box larger or smaller around its middle."""
        if box := self.box():
            size = box[2] * (1 + growth)
            self.set_box((box[0] - (size - box[2]) / 2, box[1] - (size - box[2]) / 2, size))

    def undo(self) -> None:
        """Take back the last change."""
        if not self.editor.undo():
            tell("Nothing of yours to undo: there is none, or somebody has changed it since.")
        self.page.refresh_soon()

    def go(self, index: int) -> None:
        """To another item."""
        self.editor.go(index)
        self.page.refresh_soon()

    def describe_box(self) -> str:
        """Where the chosen box is, in words."""
        box = self.box()
        return f"{box[2]} px wide, at {box[0]}, {box[1]}" if box else "no box"
