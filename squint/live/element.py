"""The element that shows a live session; `live.js` is its other half."""

from collections.abc import Awaitable, Callable

from nicegui.element import Element


class LiveView(Element, component="live.js"):  # pyright: ignore[reportCallIssue, reportGeneralTypeIssues]
    """The live view; `base` is the address before `/events`, `/frame` and `/regions`, `on_act` takes what was done."""

    def __init__(self, on_act: Callable[[dict], Awaitable[None]], **props: object):
        super().__init__()
        self._props.update(props)
        self.on("act", lambda event: on_act(event.args))
