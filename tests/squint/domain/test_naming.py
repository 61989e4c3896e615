"""Values are written as names that tell them apart, and that files and Snakemake's wildcards take."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from squint.domain.naming import CONSTANT, SHUFFLED, same_name, write_value

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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zo\u00eb", "Zoe\u0308"),
        ("mouse1", "mouse\uff11"),
        ("mouse 1", "mouse  1"),
        ("mouse-1", "mouse\u20131"),
        ("mouse-1", "mouse\u22121"),
        ("mouse-1", "mouse_1"),
        ("mouse 1", "mouse\u00a01"),
        ("Mouse1", "mOUSE1"),
        ("stra\u00dfe", "STRASSE"),
        ("1", "1.0"),
        ("1", "01"),
        ("M1", "M001"),
        ("0", "0.0"),
        (" a", "a "),
    ],
)
def test_names_that_people_take_for_one(one, other):
    assert same_name(one) == same_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "10"),
        ("1-1", "11"),
        ("M10", "M1"),
        ("a", "b"),
        ("1.5", "1.50001"),
        ("100", "1"),
        ("v1.0", "v1.1"),
        ("a1.05", "a1.5"),
    ],
)
def test_names_of_two_animals(one, other):
    assert same_name(one) != same_name(other)


@given(st.text())
def test_what_names_share_is_of_one_form(name):
    assert same_name(same_name(name)) == same_name(name)
