"""The page on which frames are annotated with faces, for a detector that is to learn from them."""

from collections.abc import Callable
from pathlib import Path

from squint.app.annotation import Annotation
from squint.app.boxes_page import BoxesPage
from squint.app.session import Session
from squint.web.elements import html, keys_table, set_attribute, set_text, tell

KEYS = [
    ("Enter", "the box is right: on to the next frame that is not annotated"),
    ("x", "the frame shows no face; Delete too: on to the next one"),
    ("← →", "previous, next frame, and nothing is said of this one"),
    ("a", "put a box into the middle"),
    ("Shift arrow", "move the box"),
    ("[ ]", "make the box smaller, larger"),
    ("u", "undo"),
    ("+ −", "zoom; the wheel too, a drag beside the box moves it"),
    ("h", "these keys"),
]
SURE = 1.0  # the certainty of a box that no detector gave


class AnnotationPage(BoxesPage):
    """Lays the page out and keeps it in step with the person's `Annotation`."""

    def __init__(self, session: Session, person: str, token: str, addresses):
        self.annotation = Annotation(session, person)
        super().__init__(session, person, token, "annotate", addresses, self.annotation)

    def lay_out(self) -> None:
        html("p", "Draw a box around the head, from the nose to the ears. It stays square.", "hint")
        html("p", "A frame without a face teaches as much: say so with x.", "hint")
        with html("ul", classes="legend"):
            html("li", "annotated", "corrected")
            html("li", "to be confirmed", "detected")
        self.chosen = html("h2", aria_live="polite")
        with html("div", classes="row"):
            self.button_to_edit("Right, next (Enter)", self.confirm)
            self.button_to_edit("No face (x)", self.say_no_face)
        with html("div", classes="row"):
            self.add = self.button_to_edit("Add (a)", self.add_box)
            self.button_to_edit("Undo (u)", self.undo)
        keys_table(KEYS)
        with html("section", classes="progress", aria_label="Progress"):
            self.where = html("p", classes="state")
            self.lay_out_steps()
            self.bar = html("progress", max=str(len(self.annotation.items)), aria_label="Frames annotated")
            self.pace = html("p", classes="pace", aria_live="polite")

    def keys(self) -> list[tuple[str, str]]:
        return KEYS

    # What the person does

    def edits(self) -> dict[str, Callable[[], None]]:
        return {"Enter": self.confirm, "x": self.say_no_face, "Delete": self.say_no_face, "Backspace": self.say_no_face}

    def confirm(self) -> None:
        """Say that the face is where the box stands, and go on."""
        if self.annotation.confirm():
            self.go_on()
        elif not self.session.trouble:
            tell("Draw a box around the face, or press x where there is none.")

    def say_no_face(self) -> None:
        """Say that there is none, and go on."""
        self.annotation.say_no_face()
        if not self.session.trouble:
            self.go_on()

    def go_on(self) -> None:
        """To the next frame that is not annotated."""
        index = self.annotation.next_open()
        if index is None:
            tell("All frames are annotated.")
            self.page.refresh_soon()
        else:
            self.go(index)

    # What the page shows

    def describe(self, face: bool, said: bool, certainty: float) -> str:
        """What is known of a frame, by whom."""
        if said:
            return "a face" if face else "no face"
        if not face:
            return "not annotated"
        return "a box to confirm" + (f", certainty {certainty:.2f}" if certainty < SURE else "")

    def refresh(self) -> None:
        annotation, (view,) = self.annotation, self.annotation.item.views
        boxes, said = annotation.boxes(), annotation.is_annotated(annotation.item)
        note = self.describe(boxes[0] is not None, said, view.certainty)
        about = {"note": note, "changed": said}
        self.views.show(annotation.index, annotation.item, boxes, annotation.ahead(), about=about)
        set_text(self.page.status, f"Frame {annotation.index + 1} of {len(annotation.items)}")
        set_text(self.chosen, f"{note[:1].upper()}{note[1:]}" + (f": {self.describe_box()}" if boxes[0] else ""))
        set_attribute(self.add, "aria-disabled", str(boxes[0] is not None).lower())
        set_text(self.where, f"{Path(*Path(view.camera).parts[-2:])}, frame {view.frame_num}")
        done, (frames, faces) = annotation.count_annotated(), annotation.count_all()
        set_attribute(self.bar, "value", str(done))
        text = f"{done} of {len(annotation.items)} frames annotated; {frames} in all, {faces} with a face"
        set_text(self.pace, text)
