"""The element that shows all views of a moment and hands on the page's keys; `views.js` is its other half."""

from collections.abc import Callable

from nicegui.element import Element

from squint.app.recording import Box, Item, Recording
from squint.domain.rig import screen_columns


class Views(Element, component="views.js"):  # pyright: ignore[reportCallIssue, reportGeneralTypeIssues]
    """All views of a moment; `addresses` gives those of its frames, `on_key` and `on_box` take what was done."""

    def __init__(
        self,
        recording: Recording,
        addresses: Callable[[Item], list[str]],
        on_key: Callable[[dict], None],
        on_box: Callable[[dict], None] | None = None,
        on_select: Callable[[int], None] | None = None,
    ):
        super().__init__()
        self.addresses = addresses
        columns, frame = screen_columns(recording.cameras), [recording.width, recording.height]
        self._props.update(item="", views=[], ahead=[], frame=frame, columns=columns, selected=0)
        self._props["editable"] = on_box is not None
        self.on("key", lambda event: on_key(event.args))
        if on_box is not None:
            self.on("box", lambda event: on_box(event.args))
        if on_select is not None:
            self.on("select", lambda event: on_select(event.args))

    def show(self, index: int, item: Item, boxes: list[Box | None], ahead: list[Item], selected: int = 0) -> None:
        """Show the item that has this `index`, and prepare others."""
        views = [
            {"url": address, "box": box}
            # A scorer is told nothing by which moments can be told apart.
            | (
                {"detected": view.detected, "changed": box != view.detected, "certainty": round(view.certainty, 3)}
                if self._props["editable"]
                else {}
            )
            for view, address, box in zip(item.views, self.addresses(item), boxes, strict=True)
        ]
        urls = [address for other in ahead for address in self.addresses(other) if address]
        new = {"item": str(index + 1), "views": views, "ahead": urls, "selected": selected}
        if any(self._props[name] != value for name, value in new.items()):
            self._props.update(new)
            self.update()
