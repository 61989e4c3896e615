"""The page on which boxes of faces are corrected (thesis, 4.6)."""

import math
from collections.abc import Callable

from squint.app.correction import Correction
from squint.app.layout import Page, button_for_seen
from squint.app.session import Session
from squint.app.views import Views
from squint.web.elements import button, html, keys_table, set_attribute, set_text, tell

KEYS = [
    ("← →", "previous, next moment; Enter too"),
    ("m", "moments with fewer faces than usual"),
    ("c", "the least certain face not looked at"),
    ("n", "choose the next view"),
    ("a", "add a box in the chosen view"),
    ("Shift arrow", "move the box"),
    ("[ ]", "make the box smaller, larger"),
    ("Delete", "remove the box"),
    ("d", "the detector's box again"),
    ("u", "undo"),
    ("+ −", "zoom all views; the wheel one, a drag beside its box moves it"),
    ("v Esc", "enlarge one view after another; all again; or double click"),
    ("h", "these keys"),
]
ALWAYS_SHOWN = ("n", "Shift arrow", "[ ]", "+ −", "v Esc")
DIGITS = "1234567890"  # the keys of the first ten views
MOVES = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}
MOVE = 1 / 20  # of a box's size, by a key
GROWTH = 1 / 10
NEW_BOX = 1 / 8  # of the frame's width, where no view has a box to take the size from


class CorrectionPage:
    """Lays the page out and keeps it in step with the person's `Correction`."""

    def __init__(self, session: Session, person: str, token: str, addresses):
        self.correction = Correction(session, person)
        self.session = session
        self.page = Page(session, person, token, "correct", self.refresh)
        recording = session.recording
        with self.page.menu:
            button("Help (h)", lambda: self.help.open())
        with html("section", classes="work"):
            self.views = Views(recording, addresses, self.on_key, self.on_box, self.choose_view)
            with html("aside", aria_label="Boxes"):
                self._lay_out()
        with self.page.dialog("Keys") as self.help:
            keys_table([self._view_keys(), *KEYS])
        self.refresh()

    def _lay_out(self) -> None:
        html("p", "Drag a box to move it, a corner to resize it. In a view without a box, draw one.", "hint")
        with html("ul", classes="legend"):
            html("li", "the detector's box", "detected")
            html("li", "corrected", "corrected")
        self.chosen = html("h2", aria_live="polite")
        with html("div", classes="row"):
            self.add = button_for_seen("Add (a)", lambda shown: self.edit(shown, self.add_box))
            self.remove = button_for_seen("Remove (Del)", lambda shown: self.edit(shown, lambda: self.set_box(None)))
        with html("div", classes="row"):
            self.detected = button_for_seen("Detector's box (d)", lambda shown: self.edit(shown, self.take_detected))
            button_for_seen("Undo (u)", lambda shown: self.edit(shown, self.undo))
        keys_table([self._view_keys(), *((key, meaning) for key, meaning in KEYS if key in ALWAYS_SHOWN)])
        with html("section", classes="progress", aria_label="Progress"):
            self.faces = html("p", classes="state", aria_live="polite")
            with html("div", classes="row"):
                button("← Previous", lambda: self.go(self.correction.index - 1))
                button("Next →", lambda: self.go(self.correction.index + 1))
            self.missing = button("", lambda: self.jump(self.correction.missing()), "wide")
            button("Least certain face (c)", lambda: self.jump(self.correction.uncertain()), "wide")
            self.bar = html("progress", max=str(len(self.correction.items)), aria_label="Moments looked at")
            self.pace = html("p", classes="pace")

    def _view_keys(self) -> tuple[str, str]:
        """The keys that choose a view, and what they mean."""
        keys = DIGITS[: self.session.recording.cameras]
        return (f"{keys[0]} … {keys[-1]}" if len(keys) > 1 else keys), "choose a view"

    # What the person does

    def on_key(self, pressed: dict) -> None:
        """A key that was pressed while moment `shown` (from 1) was to be seen."""
        key = pressed["key"]
        if self.help.value:
            if key == "h":
                self.help.close()
            return
        if pressed["shift"] and key in MOVES:
            if self.correction.is_shown(pressed["shown"]):
                self.move_box(*MOVES[key])
            return
        moves = {
            "ArrowLeft": lambda: self.go(self.correction.index - 1),
            "ArrowRight": lambda: self.go(self.correction.index + 1),
            "Enter": lambda: self.go(self.correction.index + 1),
            "m": lambda: self.jump(self.correction.missing()),
            "c": lambda: self.jump(self.correction.uncertain()),
            "h": self.help.open,
            "?": self.help.open,
        }
        edits = {
            "a": self.add_box,
            "d": self.take_detected,
            "Delete": lambda: self.set_box(None),
            "Backspace": lambda: self.set_box(None),
            "[": lambda: self.resize_box(-GROWTH),
            "]": lambda: self.resize_box(GROWTH),
            "u": self.undo,
            "n": lambda: self.choose_view((self.correction.view + 1) % self.session.recording.cameras),
        }
        views = zip(DIGITS, range(self.session.recording.cameras), strict=False)
        edits |= {key: lambda v=view: self.choose_view(v) for key, view in views}
        if key in moves:
            moves[key]()
        elif key in edits and self.correction.is_shown(pressed["shown"]):
            edits[key]()

    def edit(self, shown: str, action: Callable[[], None]) -> None:
        """What a button does to the moment that was to be seen when it was pressed."""
        if self.correction.is_shown(shown):
            action()

    def on_box(self, drawn: dict) -> None:
        """A box that was drawn, moved or resized with the pointer."""
        left, top, size = (float(value) for value in drawn["box"])
        if self.correction.is_shown(drawn["shown"]) and math.isfinite(left + top + size):
            self.choose_view(drawn["view"])
            self.correction.set_box(self.correction.view, (left, top, size))
            self.page.refresh_soon()

    def choose_view(self, view: int) -> None:
        """Mean another view from now on."""
        self.correction.view = range(len(self.correction.item.views)).index(view)
        self.page.refresh_soon()

    def set_box(self, box) -> None:
        """Give the chosen view a box, or none."""
        self.correction.set_box(self.correction.view, box)
        self.page.refresh_soon()

    def box(self):
        """The box of the chosen view; None if there is none."""
        return self.correction.boxes()[self.correction.view]

    def add_box(self) -> None:
        """Put a box as large as the others into the middle of the chosen view."""
        if self.box() is None:
            recording = self.session.recording
            sizes = [box[2] for box in self.correction.boxes() if box] or [recording.width * NEW_BOX]
            size = sum(sizes) / len(sizes)
            self.set_box(((recording.width - size) / 2, (recording.height - size) / 2, size))

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

    def take_detected(self) -> None:
        """Take the detector's word for the chosen view."""
        self.correction.set_detected(self.correction.view)
        self.page.refresh_soon()

    def undo(self) -> None:
        """Take back the last change."""
        if not self.correction.undo():
            tell("Nothing of yours to undo: there is none, or somebody has changed it since.")
        self.page.refresh_soon()

    def go(self, index: int) -> None:
        """To another moment."""
        self.correction.go(index)
        self.page.refresh_soon()

    def jump(self, indices: list[int]) -> None:
        """To the first of some moments."""
        if indices:
            self.go(indices[0])
        else:
            tell("None left that you have not looked at.")

    # What the page shows

    def refresh(self) -> None:
        """Show things as they are now."""
        correction = self.correction
        boxes, missing = correction.boxes(), correction.missing()
        self.views.show(correction.index, correction.item, boxes, correction.ahead(missing), correction.view)
        set_text(self.page.status, f"Moment {correction.index + 1} of {len(correction.items)}")
        view, box = correction.item.views[correction.view], boxes[correction.view]
        where = f"{box[2]} px wide, at {box[0]}, {box[1]}" if box else "no box" if view.path else "no frame"
        set_text(self.chosen, f"View {correction.view + 1}: {where}")
        possible = {
            self.add: view.path and box is None,
            self.remove: box is not None,
            self.detected: box != view.detected,
        }
        for element, now in possible.items():
            set_attribute(element, "aria-disabled", str(not now).lower())
        faces = sum(box is not None for box in boxes)
        set_text(self.faces, f"{faces} faces; usually {correction.usual_faces:g}")
        set_text(self.missing, f"Fewer faces than usual (m): {len(missing)} left")
        looked = correction.count_looked_at()
        set_attribute(self.bar, "value", str(looked))
        text = f"{looked} of {len(correction.items)} moments looked at, {correction.count_corrected()} boxes corrected"
        set_text(self.pace, text)
