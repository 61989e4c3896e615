"""What the scores of a scale are called and mean, as the pages tell them; beside them what is not observable."""

from squint.app.sheets import NOT_OBSERVABLE
from squint.domain.scale import Guide


def score_names(guide: Guide) -> dict[str, str]:
    """What each answer is called."""
    return {str(value): name for value, (name, _) in enumerate(guide.steps)} | {NOT_OBSERVABLE: "Not observable"}


def score_meanings(guide: Guide) -> dict[str, str]:
    """What each answer means for any unit."""
    meanings = {str(value): meaning for value, (_, meaning) in enumerate(guide.steps)}
    return meanings | {NOT_OBSERVABLE: "no view shows enough of it"}


def describe_answer(value: str, guide: Guide) -> str:
    """An answer as a button has it: its number or letter, and its name where that says more."""
    name = "Not obs." if value == NOT_OBSERVABLE else score_names(guide)[value]
    return "" if name == value else name
