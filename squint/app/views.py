"""The element that shows all views of a moment and hands on the page's keys; `views.js` is its other half."""

from collections.abc import Callable

from nicegui.element import Element

from squint.app.recording import Box, Item
from squint.domain.rig import screen_columns


class Views(Element, component="views.js"):  # pyright: ignore[reportCallIssue, reportGeneralTypeIssues]
    """All views of a moment, one for each of `cameras`.

    `addresses` gives those of its frames, `on_key`, `on_box` and `on_select` take what was done.
    """

    def __init__(
        self,
        cameras: int,
        addresses: Callable[[Item], list[str]],
        on_key: Callable[[dict], None],
        on_box: Callable[[dict], None] | None = None,
        on_select: Callable[[int], None] | None = None,
    ):
        super().__init__()
        self.addresses = addresses
        self._props.update(item="", views=[], ahead=[], frame=[1, 1], columns=screen_columns(cameras), selected=0)
        self._props["editable"] = on_box is not None
        self.on("key", lambda event: on_key(event.args))
        if on_box is not None:
            self.on("box", lambda event: on_box(event.args))
        if on_select is not None:
            self.on("select", lambda event: on_select(event.args))

    def show(
        self,
        index: int,
        item: Item,
        boxes: list[Box | None],
        ahead: list[Item],
        selected: int = 0,
        about: dict | None = None,
    ) -> None:
        """Show the item that has this `index`, and prepare others.

        `about` is what views are told beside or instead: `note`, what they show in words; `changed`, whether the box is
        a person's, which is by itself what is not the detector's.
        """
        views = [
            {"url": address, "box": box}
            # A scorer is told nothing by which moments can be told apart.
            | (
                {"detected": view.detected, "changed": box != view.detected, "certainty": round(view.certainty, 3)}
                if self._props["editable"]
                else {}
            )
            | (about or {})
            for view, address, box in zip(item.views, self.addresses(item), boxes, strict=True)
        ]
        urls = [address for other in ahead for address in self.addresses(other) if address]
        frame = list(item.views[0].size)
        new = {"item": str(index + 1), "views": views, "ahead": urls, "selected": selected, "frame": frame}
        if any(self._props[name] != value for name, value in new.items()):
            self._props.update(new)
            self.update()
