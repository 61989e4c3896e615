"""What a coder does with the items of a recording, key by key; knows nothing of how it is shown."""

from datetime import datetime
from itertools import pairwise
from statistics import median

from squint.app.guide import score_names
from squint.app.journal import Change
from squint.app.navigator import ItemNavigator
from squint.app.recording import Box, Item, View
from squint.app.session import Session
from squint.app.sheets import BAD_IMAGE, NOT_OBSERVABLE, answers, box_of, is_bad, is_done, scored_at
from squint.domain.seeds import named_generator

# A longer time between two items is a break and tells nothing of the pace.
LONGEST_ITEM_SECONDS = 300
RECENT_ITEMS = 20
MOVED = 0.05  # of a box's size


class Scoring(ItemNavigator):
    """One page of one coder: the item and the unit that is marked, in the coder's own order."""

    def __init__(self, session: Session, coder: str):
        super().__init__(session, coder, "item", session.recording.order(coder))
        scale = session.recording.scale
        self.units = list(scale.units)
        self.values = [*map(str, range(scale.highest + 1)), NOT_OBSERVABLE]  # what a unit can be given
        self._mark()

    def _mark(self, chosen: int | None = None, after: int = -1) -> None:
        self._chosen, self._after = chosen, after

    @property
    def unit(self) -> int | None:
        """The marked unit: the one that was chosen, else the next one without an answer; None if all have one."""
        if self._chosen is not None:
            return self._chosen
        given = self.answers()
        indices = [*range(self._after + 1, len(self.units)), *range(self._after + 1)]
        return next((index for index in indices if not given[self.units[index]]), None)

    def faces(self) -> list[Box | None]:
        """The squares of the faces in the item's views, moved by a hair that the item determines.

        Without that, equal numbers would tell which items show the same moment.
        """
        return [self._move(view, box_of(self.session.journal, view)) for view in self.item.views]

    def _move(self, view: View, box: Box | None) -> Box | None:
        if box is None:
            return None
        shifts = named_generator(0, "move", self.item.key, view.camera).uniform(-MOVED, MOVED, len(box))
        left, top, size = (round(value + shift * box[2]) for value, shift in zip(box, shifts, strict=True))
        return left, top, size

    def answers(self) -> dict[str, str]:
        """What the coder has answered for the item's units."""
        return answers(self.session.journal, self.person, self.item, self.units)

    def bad(self) -> bool:
        """Whether the item is a bad image."""
        return is_bad(self.session.journal, self.person, self.item)

    def done(self, item: Item | None = None) -> bool:
        """Whether an item (the one shown) is scored."""
        return is_done(self.session.journal, self.person, item or self.item, self.units)

    def count_done(self) -> int:
        """How many items are scored."""
        return sum(map(self.done, self.items))

    def seconds_an_item(self) -> float | None:
        """Median time between the last items that were scored without a break; None before there are some."""
        ends = sorted(datetime.fromisoformat(at) for item in self.items if (at := self._ended(item)))
        gaps = [(later - sooner).total_seconds() for sooner, later in pairwise(ends)]
        recent = [gap for gap in gaps if gap < LONGEST_ITEM_SECONDS][-RECENT_ITEMS:]
        return median(recent) if recent else None

    def _ended(self, item: Item) -> str:
        return scored_at(self.session.journal, self.person, item, self.units) if self.done(item) else ""

    def score(self, value: str, unit: int | None = None) -> bool:
        """Give a unit (the marked one) one of its scores, or X; then the next one without an answer is marked.

        When all are answered none is, so that a digit too many changes nothing.
        """
        index = self.unit if unit is None else unit
        if index is None or not self.session.act(
            self.person, [Change("score", self.item.key, self.units[index], value)]
        ):
            return False
        self._mark(after=index)
        return True

    def take_back(self) -> bool:
        """Take an answer back and mark its unit: that of the marked unit, else the one that was given last."""
        given = self.answers()
        for index in (self.unit, self._after):
            if index is not None and index >= 0 and given[self.units[index]]:
                self._mark(index)
                return self.session.act(self.person, [Change("score", self.item.key, self.units[index], "")])
        return False

    def call_bad(self) -> bool:
        """Call the item a bad image, or take that back."""
        return self.session.act(self.person, [Change("score", self.item.key, BAD_IMAGE, "" if self.bad() else "1")])

    def clear(self) -> bool:
        """Leave the item not evaluated: take back all its answers."""
        given = [unit for unit, value in self.answers().items() if value] + [BAD_IMAGE] * self.bad()
        self._mark()
        return bool(given) and self.session.act(
            self.person, [Change("score", self.item.key, field, "") for field in given]
        )

    def undo(self) -> bool:
        """Take back the last thing that was scored, and go to it."""
        undone = self.session.undo(self.person, "score")
        if undone:
            keys = [item.key for item in self.items]
            self.go(keys.index(undone[0].subject))
            if undone[0].field in self.units:
                self._mark(self.units.index(undone[0].field))
        return bool(undone)

    def choose_unit(self, step: int) -> None:
        """Mark the unit one below (1) or above (-1), from the last to the first."""
        before = self.unit if self.unit is not None else min(-step, 0)
        self._mark((before + step) % len(self.units))

    def go(self, index: int) -> bool:
        """Go to an item by its index; False where there is none."""
        moved = self.move(index)
        if moved:
            self._mark()
        return moved

    def next_open(self) -> int | None:
        """The index of the next item that is not scored, after the last again from the first; None if all are."""
        length = len(self.items)
        indices = ((self.index + step) % length for step in range(1, length + 1))
        return next((index for index in indices if not self.done(self.items[index])), None)

    def history(self, most: int) -> list[tuple[str, str]]:
        """The coder's last actions on this page, the latest first: time in UTC, and what was done in words."""
        numbers = {item.key: number for number, item in enumerate(self.items, 1)}
        return [
            (entry.at, self._describe(entry.change, numbers) + " (undo)" * (entry.undoes is not None))
            for entry in self.session.journal.log(self.person, ("score", "item"), most)
        ]

    def _describe(self, change: Change, numbers: dict[str, int]) -> str:
        if change.kind == "item":
            return f"went to item {numbers[change.value]}"
        if change.field == BAD_IMAGE:
            what = "bad image" if change.value else "no bad image"
        else:
            guide = self.session.recording.guide
            what = f"{guide.units[change.field]} {score_names(guide).get(change.value, 'without an answer')}"
        return f"item {numbers[change.subject]}: {what}"

    def ahead(self) -> list[Item]:
        """The items that are likely to be shown next, the likeliest first."""
        return self.items_at([self.next_open(), self.index + 1, self.index - 1])
