"""What a person does who annotates frames with faces; knows nothing of how it is shown."""

from squint.app.box_editing import BoxEditor, box_text
from squint.app.frame_set import annotated_boxes
from squint.app.recording import Item, View
from squint.app.session import Session
from squint.app.sheets import NO_FACE


class Annotation(BoxEditor):
    """One page of one person: the frame it is at. It is annotated when somebody has said where its face is."""

    def __init__(self, session: Session, person: str):
        super().__init__(session, person, "frame", list(session.recording.items))

    def said(self, view: View) -> str:
        """What a person has said of a frame; empty for nothing, whatever a detector sees there."""
        return self.session.journal.value("", "box", view.frame)

    def is_annotated(self, item: Item) -> bool:
        """Whether it has been said of a frame where its face is, or that there is none."""
        return bool(self.said(item.views[0]))

    def count_annotated(self) -> int:
        """How many of the frames that are shown are annotated."""
        return sum(map(self.is_annotated, self.items))

    def count_all(self) -> tuple[int, int]:
        """How many frames are annotated in all, those of other times too, and how many of them show a face."""
        boxes = annotated_boxes(self.session.journal).values()
        return len(boxes), sum(box is not None for box in boxes)

    def say_no_face(self) -> bool:
        """Say that the frame shows no face."""
        view = self.item.views[0]
        return self.said(view) != NO_FACE and self.change_box(view.frame, NO_FACE)

    def confirm(self) -> bool:
        """Say that the face is where the box stands; True where that is said. Without a box nothing is said."""
        view, (box,) = self.item.views[0], self.boxes()
        if self.said(view):
            return True
        return box is not None and self.change_box(view.frame, box_text(box))

    def next_open(self) -> int | None:
        """The index of the next frame that nobody has annotated, behind the one shown and then from the first."""
        order = [*range(self.index + 1, len(self.items)), *range(self.index)]
        return next((index for index in order if not self.is_annotated(self.items[index])), None)

    def ahead(self) -> list[Item]:
        """The frames that are likely to be shown next."""
        return self.items_at([self.next_open(), self.index + 1, self.index + 2, self.index - 1])
