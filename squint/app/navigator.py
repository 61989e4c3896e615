"""A person's way through items, one at a time, which goes on where it stopped; both pages are one."""

from collections.abc import Iterable

from squint.app.journal import Change
from squint.app.recording import Item
from squint.app.session import Session


class ItemNavigator:
    """The item of `items` that one page is at; the journal keeps it under `kind`."""

    def __init__(self, session: Session, person: str, kind: str, items: list[Item]):
        self.session = session
        self.person = person
        self.kind = kind
        self.items = items
        keys = [item.key for item in items]
        last = session.journal.value(person, kind, "")
        self.index = keys.index(last) if last in keys else 0

    @property
    def item(self) -> Item:
        """The item that is shown."""
        return self.items[self.index]

    def is_shown(self, shown: str) -> bool:
        """Whether what was to be seen in the browser, counted from 1, is the item that is meant."""
        return shown == str(self.index + 1)

    def move(self, index: int, *others: Change) -> bool:
        """Go to an item by its index, with other changes that belong to it; False where there is none."""
        if not 0 <= index < len(self.items) or index == self.index:
            return False
        if not self.session.act(self.person, [*others, Change(self.kind, "", "", self.items[index].key)]):
            return False
        self.index = index
        return True

    def items_at(self, indices: Iterable[int | None]) -> list[Item]:
        """The items at those of some indices that exist, each once, without the one that is shown."""
        known = dict.fromkeys(index for index in indices if index is not None and 0 <= index < len(self.items))
        return [self.items[index] for index in known if index != self.index]
