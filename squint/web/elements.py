"""Plain HTML elements, and how what is shown of them is changed."""

from collections.abc import Callable
from pathlib import Path

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

STYLE = Path(__file__).with_name("style.css")  # of all pages
INSTANT = "transition-duration=0"  # a key that is pressed right after means the page


def html(tag: str, text: str = "", classes: str = "", **attributes: str) -> TextElement:
    """A plain element; attributes with underscores for hyphens."""
    element = TextElement(tag=tag, text=text).classes(classes)
    element.props.update({name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()})
    return element


def button(text: str, on_click: Callable, classes: str = "", **attributes: str) -> TextElement:
    """A plain button."""
    return html("button", text, classes, type="button", **attributes).on("click", on_click, args=[])


def tell(text: str) -> None:
    """Say something in passing, away from the pictures' middle."""
    ui.notify(text, position="top", timeout=2500, group=False)


def set_attribute(element, name: str, value: str) -> None:
    """Set an attribute, and send it only if it is new."""
    if element.props.get(name) != value:
        element.props[name] = value
        element.update()


def set_text(element, text: str) -> None:
    """Set a text, and send it only if it is new."""
    if element.text != text:
        element.set_text(text)


def keys_table(rows: list[tuple[str, str]], classes: str = "") -> None:
    """A table of keys and what they do."""
    with html("table", classes=f"keys {classes}"):
        for key, meaning in rows:
            with html("tr"):
                with html("th", scope="row"):
                    for part in key.split():
                        html("kbd", part)
                html("td", meaning)
