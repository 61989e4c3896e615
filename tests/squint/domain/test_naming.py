"""Values are written as names that tell them apart, and that files and Snakemake's wildcards take."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.naming import CONSTANT, SHUFFLED, write_value

# What studies vary: whole numbers, numbers of a few digits, and yes or no.
NUMBERS = st.integers(0, 999_999) | st.integers(0, 99_999).map(lambda number: number / 1000)
VALUES = NUMBERS | st.booleans() | st.lists(NUMBERS, min_size=1, max_size=5)


@given(VALUES)
def test_a_name_has_letters_digits_points_and_hyphens_alone(value):
    assert re.fullmatch(r"[A-Za-z0-9.-]+", write_value(value))


@given(NUMBERS)
def test_a_number_can_be_read_back_from_its_name(number):
    assert float(write_value(number)) == number


@given(st.integers(0, 999_999))
def test_a_whole_number_has_one_name_however_it_is_written(number):
    assert write_value(number) == write_value(float(number)) == str(number)


@given(st.lists(NUMBERS, min_size=1, max_size=5))
def test_a_list_can_be_read_back_from_its_name(numbers):
    text = re.sub(r"e-", "e~", write_value(numbers))
    assert [float(part.replace("e~", "e-")) for part in text.split("-")] == numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (False, "no"),
        (0, "0"),
        (1, "1"),
        ("imagenet", "imagenet"),
        ([0, 0.5, 2.0], "0-0.5-2"),
        ([True, "a"], "yes-a"),
        (0.00001, "1e-05"),
    ],
)
def test_some_values_and_their_names(value, text):
    assert write_value(value) == text


def test_yes_and_no_are_not_one_and_zero():
    assert len({write_value(value) for value in (True, False, 1, 0)}) == 4


def test_names_of_controls_and_constants_have_their_mark_at_an_end():
    assert SHUFFLED.startswith("_") and CONSTANT.endswith("_")
