"""What a person does with the boxes of a recording's moments; knows nothing of how it is shown."""

from statistics import median

from squint.app.box_editing import BoxEditor
from squint.app.journal import Change
from squint.app.recording import Item
from squint.app.session import Session
from squint.app.sheets import correction_rows


class Correction(BoxEditor):
    """One page of one person: the moment it is at. Each moment comes once, so that nothing tells which come twice."""

    def __init__(self, session: Session, person: str):
        super().__init__(session, person, "moment", session.recording.moments_once(person))
        # In how many views of a moment the detector usually finds a face.
        self.usual_faces = median(sum(view.detected is not None for view in item.views) for item in self.items)

    def looked_at(self, item: Item) -> bool:
        """Whether this person has gone on from a moment, or changed a box of it."""
        return bool(self.session.journal.value(self.person, "look", item.key))

    def count_looked_at(self) -> int:
        """How many moments the person has looked at."""
        return sum(map(self.looked_at, self.items))

    def beside(self) -> list[Change]:
        """Whoever changes a box, or goes on, has looked at its moment."""
        return [Change("look", self.item.key, "", "1")]

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

    def set_detected(self, view: int) -> bool:
        """Take the detector's box of a view again."""
        frame = self.item.views[view].frame
        return bool(self.session.journal.value("", "box", frame)) and self.change_box(frame, "")

    def ahead(self, missing: list[int]) -> list[Item]:
        """The moments that are likely to be shown next; `missing` is what `missing()` says now."""
        return self.items_at([self.index + 1, *missing[:1], *self.uncertain()[:1], self.index - 1])
