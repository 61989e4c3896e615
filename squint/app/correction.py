"""What a person does with the boxes of a recording's moments; knows nothing of how it is shown."""

from statistics import median

from squint.app.journal import Change
from squint.app.navigator import ItemNavigator
from squint.app.recording import Box, Item
from squint.app.session import Session
from squint.app.sheets import NO_FACE, box_of, correction_rows

SMALLEST_BOX = 8  # px; less is a slip of the hand


class Correction(ItemNavigator):
    """One page of one person: the moment it is at. Each moment comes once, so that nothing tells which come twice."""

    def __init__(self, session: Session, person: str):
        super().__init__(session, person, "moment", session.recording.moments_once(person))
        self.view = 0
        # In how many views of a moment the detector usually finds a face.
        self.usual_faces = median(sum(view.detected is not None for view in item.views) for item in self.items)

    def boxes(self, item: Item | None = None) -> list[Box | None]:
        """The boxes of a moment (the one shown) that count now."""
        return [box_of(self.session.journal, view) for view in (item or self.item).views]

    def looked_at(self, item: Item) -> bool:
        """Whether this person has gone on from a moment, or changed a box of it."""
        return bool(self.session.journal.value(self.person, "look", item.key))

    def count_looked_at(self) -> int:
        """How many moments the person has looked at."""
        return sum(map(self.looked_at, self.items))

    def go(self, index: int) -> bool:
        """Go to a moment by its index, and count the one that was shown as looked at."""
        moved = self.move(index, Change("look", self.item.key, "", "1"))
        if moved:
            self.view = 0
        return moved

    def count_corrected(self) -> int:
        """How many boxes are not the detector's."""
        return sum(1 for _ in correction_rows(self.session.journal, self.session.recording))

    def missing(self) -> list[int]:
        """Indices of moments not looked at where fewer cameras than usual found a face, the fewest first."""
        found = {index: sum(box is not None for box in self.boxes(item)) for index, item in enumerate(self.items)}
        return sorted(
            self._open(index for index in found if found[index] < self.usual_faces), key=lambda index: found[index]
        )

    def uncertain(self) -> list[int]:
        """Indices of moments not looked at, those first where the detector is least certain of a face that it found."""
        certainty = {
            index: min((view.certainty for view in item.views if view.detected), default=1.0)
            for index, item in enumerate(self.items)
        }
        return sorted(self._open(certainty), key=lambda index: certainty[index])

    def _open(self, indices) -> list[int]:
        return [index for index in indices if index != self.index and not self.looked_at(self.items[index])]

    def set_box(self, view: int, box: tuple[float, float, float] | None) -> bool:
        """Give a view a box, kept within the frame, or none."""
        shown = self.item.views[view]
        if shown.path is None:
            return False
        fitted = None if box is None else self.fit(box)  # pyright: ignore[reportArgumentType]
        if fitted == box_of(self.session.journal, shown):
            return False
        return self._act(shown.frame, NO_FACE if fitted is None else ",".join(map(str, fitted)))

    def set_detected(self, view: int) -> bool:
        """Take the detector's box of a view again."""
        frame = self.item.views[view].frame
        return bool(self.session.journal.value("", "box", frame)) and self._act(frame, "")

    def _act(self, frame: str, value: str) -> bool:
        changes = [Change("box", frame, "", value), Change("look", self.item.key, "", "1")]
        return self.session.act(self.person, changes)

    def fit(self, box: Box) -> Box:
        """The nearest box within the frame."""
        recording = self.session.recording
        left, top, size = (round(value) for value in box)
        size = min(max(size, SMALLEST_BOX), recording.width, recording.height)
        return min(max(left, 0), recording.width - size), min(max(top, 0), recording.height - size), size

    def undo(self) -> bool:
        """Take back the person's last change of a box that still stands, and go to its moment."""
        undone = {change.subject for change in self.session.undo(self.person, "box")}
        for index, item in enumerate(self.items):
            for number, view in enumerate(item.views):
                if view.frame in undone and (index == self.index or self.go(index)):
                    self.view = number
        return bool(undone)

    def ahead(self, missing: list[int]) -> list[Item]:
        """The moments that are likely to be shown next; `missing` is what `missing()` says now."""
        return self.items_at([self.index + 1, *missing[:1], *self.uncertain()[:1], self.index - 1])
