"""What a person does with boxes of faces, on any page; knows nothing of how it is shown."""

from squint.app.journal import Change
from squint.app.navigator import ItemNavigator
from squint.app.recording import Box, Item, View
from squint.app.session import Session
from squint.app.sheets import NO_FACE, box_of

SMALLEST_BOX = 8  # px; less is a slip of the hand


def box_text(box: Box | None) -> str:
    """A box, or that there is none, as the journal has it."""
    return NO_FACE if box is None else ",".join(map(str, box))


def fit_box(box: tuple[float, float, float], frame: tuple[int, int]) -> Box:
    """The nearest box within a frame of some width and height."""
    left, top, size = (round(value) for value in box)
    size = min(max(size, SMALLEST_BOX), *frame)
    return min(max(left, 0), frame[0] - size), min(max(top, 0), frame[1] - size), size


class BoxEditor(ItemNavigator):
    """The item that one page of one person is at, and the view of it that is meant."""

    def __init__(self, session: Session, person: str, kind: str, items: list[Item]):
        super().__init__(session, person, kind, items)
        self.view = 0

    def boxes(self, item: Item | None = None) -> list[Box | None]:
        """The boxes of an item (the one shown) that count now."""
        return [box_of(self.session.journal, view) for view in (item or self.item).views]

    def said(self, view: View) -> str:
        """What stands of a view's box, so that the same is not said again."""
        return box_text(box_of(self.session.journal, view))

    def beside(self) -> list[Change]:
        """What is set too where a box is changed, or another item is gone to."""
        return []

    def set_box(self, view: int, box: tuple[float, float, float] | None) -> bool:
        """Give a view a box, kept within the frame, or none."""
        shown = self.item.views[view]
        if shown.path is None:
            return False
        value = box_text(None if box is None else fit_box(box, shown.size))
        return value != self.said(shown) and self.change_box(shown.frame, value)

    def change_box(self, frame: str, value: str) -> bool:
        """Write what is said of a frame's box; empty for what the detector says."""
        return self.session.act(self.person, [Change("box", frame, "", value), *self.beside()])

    def undo(self) -> bool:
        """Take back the person's last change of a box that still stands, and go to its item."""
        shown = {view.frame for item in self.items for view in item.views}
        undone = {change.subject for change in self.session.undo(self.person, "box", shown)}
        for index, item in enumerate(self.items):
            for number, view in enumerate(item.views):
                if view.frame in undone and (index == self.index or self.go(index)):
                    self.view = number
        return bool(undone)

    def go(self, index: int) -> bool:
        """Go to an item by its index."""
        moved = self.move(index, *self.beside())
        if moved:
            self.view = 0
        return moved
