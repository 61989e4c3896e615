"""A person's way through items, one at a time, which goes on where it stopped; both pages are one."""

from collections.abc import Iterable

from squint.app.journal import Change
from squint.app.recording import Item
from squint.app.session import Session


class ItemNavigator:
    """One page's place among `items`; the journal keeps it under `kind`."""

    def __init__(self, session: Session, person: str, kind: str, items: list[Item]):
        self.session = session
        self.person = person
        self.kind = kind
        self.items = items
        keys = [item.key for item in items]
        last = session.journal.value(person, kind, "")
        self.place = keys.index(last) if last in keys else 0

    @property
    def item(self) -> Item:
        """The item that is shown."""
        return self.items[self.place]

    def is_shown(self, shown: str) -> bool:
        """Whether what was to be seen in the browser, counted from 1, is the item that is meant."""
        return shown == str(self.place + 1)

    def move(self, place: int, *others: Change) -> bool:
        """Go to an item by its place, from 0, with other changes that belong to it; False where there is none."""
        if not 0 <= place < len(self.items) or place == self.place:
            return False
        if not self.session.act(self.person, [*others, Change(self.kind, "", "", self.items[place].key)]):
            return False
        self.place = place
        return True

    def items_at(self, places: Iterable[int | None]) -> list[Item]:
        """The items at those of some places that there are, each once, without the one that is shown."""
        known = dict.fromkeys(place for place in places if place is not None and 0 <= place < len(self.items))
        return [self.items[place] for place in known if place != self.place]
