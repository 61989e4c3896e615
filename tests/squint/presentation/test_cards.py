import pytest
from jinja2 import UndefinedError

from squint.presentation.cards import render_card


def test_a_card_says_its_values_in_words(tmp_path):
    template = tmp_path / "card.md"
    template.write_text("{% if simulated %}\nA test bed.\n{% endif %}\nOf {{ listing(animals) }}.\n")
    assert render_card(str(template), simulated=True, animals=["a", "b"]) == "A test bed.\nOf a and b."
    assert render_card(str(template), simulated=False, animals=["a"]) == "Of a."


def test_a_value_that_a_card_lacks_is_told(tmp_path):
    template = tmp_path / "card.md"
    template.write_text("{{ licence }}")
    with pytest.raises(UndefinedError, match="licence"):
        render_card(str(template), name="x")
