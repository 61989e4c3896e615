"""The page on which boxes of faces are corrected (thesis, 4.6)."""

from collections.abc import Callable

from squint.app.boxes_page import BoxesPage
from squint.app.correction import Correction
from squint.app.session import Session
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


class CorrectionPage(BoxesPage):
    """Lays the page out and keeps it in step with the person's `Correction`."""

    def __init__(self, session: Session, person: str, token: str, addresses):
        self.correction = Correction(session, person)
        super().__init__(session, person, token, "correct", addresses, self.correction)

    def lay_out(self) -> None:
        html("p", "Drag a box to move it, a corner to resize it. In a view without a box, draw one.", "hint")
        with html("ul", classes="legend"):
            html("li", "the detector's box", "detected")
            html("li", "corrected", "corrected")
        self.chosen = html("h2", aria_live="polite")
        with html("div", classes="row"):
            self.add = self.button_to_edit("Add (a)", self.add_box)
            self.remove = self.button_to_edit("Remove (Del)", lambda: self.set_box(None))
        with html("div", classes="row"):
            self.detected = self.button_to_edit("Detector's box (d)", self.take_detected)
            self.button_to_edit("Undo (u)", self.undo)
        keys_table([self._view_keys(), *((key, meaning) for key, meaning in KEYS if key in ALWAYS_SHOWN)])
        with html("section", classes="progress", aria_label="Progress"):
            self.faces = html("p", classes="state", aria_live="polite")
            self.lay_out_steps()
            self.missing = button("", lambda: self.jump(self.correction.missing()), "wide")
            button("Least certain face (c)", lambda: self.jump(self.correction.uncertain()), "wide")
            self.bar = html("progress", max=str(len(self.correction.items)), aria_label="Moments looked at")
            self.pace = html("p", classes="pace")

    def keys(self) -> list[tuple[str, str]]:
        return [self._view_keys(), *KEYS]

    def _view_keys(self) -> tuple[str, str]:
        """The keys that choose a view, and what they mean."""
        keys = DIGITS[: self.session.recording.cameras]
        return (f"{keys[0]} … {keys[-1]}" if len(keys) > 1 else keys), "choose a view"

    # What the person does

    def moves(self) -> dict[str, Callable[[], None]]:
        return {
            "Enter": lambda: self.go(self.correction.index + 1),
            "m": lambda: self.jump(self.correction.missing()),
            "c": lambda: self.jump(self.correction.uncertain()),
        }

    def edits(self) -> dict[str, Callable[[], None]]:
        edits = {
            "d": self.take_detected,
            "Delete": lambda: self.set_box(None),
            "Backspace": lambda: self.set_box(None),
            "n": lambda: self.choose_view((self.correction.view + 1) % self.session.recording.cameras),
        }
        views = zip(DIGITS, range(self.session.recording.cameras), strict=False)
        return edits | {key: lambda v=view: self.choose_view(v) for key, view in views}

    def take_detected(self) -> None:
        """Take the detector's word for the chosen view."""
        self.correction.set_detected(self.correction.view)
        self.page.refresh_soon()

    def jump(self, indices: list[int]) -> None:
        """To the first of some moments."""
        if indices:
            self.go(indices[0])
        else:
            tell("None left that you have not looked at.")

    # What the page shows

    def refresh(self) -> None:
        correction = self.correction
        boxes, missing = correction.boxes(), correction.missing()
        self.views.show(correction.index, correction.item, boxes, correction.ahead(missing), correction.view)
        set_text(self.page.status, f"Moment {correction.index + 1} of {len(correction.items)}")
        view, box = correction.item.views[correction.view], boxes[correction.view]
        where = self.describe_box() if box or view.path else "no frame"
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
