"""Dragging with the mouse in a view."""

from selenium.webdriver.common.action_chains import ActionChains

from tests.squint.app.browser import Browser
from tests.squint.app.pages.coded import SIZE


def drag(
    browser: Browser,
    view: int,
    start: tuple[float, float],
    end: tuple[float, float],
    size: tuple[int, int] = SIZE,
) -> None:
    """Drag from one place to another, in px of a frame that has a `size`, in a view that shows all of it."""
    left, top, width, height = browser.script(
        "const r = document.querySelectorAll('canvas')[arguments[0]].getBoundingClientRect();"
        "return [r.left, r.top, r.width, r.height]",
        view,
    )
    scale = min(width / size[0], height / size[1])
    origin = (left + (width - size[0] * scale) / 2, top + (height - size[1] * scale) / 2)
    places = [[round(origin[axis] + place[axis] * scale) for axis in (0, 1)] for place in (start, end)]
    actions = ActionChains(browser.driver, duration=50)
    actions.w3c_actions.pointer_action.move_to_location(*places[0]).pointer_down().move_to_location(*places[1])
    actions.w3c_actions.pointer_action.pointer_up()
    actions.perform()
