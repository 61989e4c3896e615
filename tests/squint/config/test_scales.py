"""The scales that are shipped, a lab's own, and what can't be one."""

import copy
import shutil

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from squint.config.scales import (
    REMEDY,
    RESERVED,
    SHIPPED,
    check_scale,
    guide_of,
    read_file,
    read_scale,
    scale_of,
    shipped_scales,
)
from squint.config.schema import CONFIG
from squint.domain.scale import make_guide, make_scale
from squint.errors import InputError
from squint.files.score_sheets import OTHER_COLUMNS, sheet_columns
from squint.outputs import make_output
from squint.samples.predictions import KEY_COLUMNS
from tests.conftest import ROOT
from tests.scales import MGS, MGS_GUIDE, ORBITAL, ORBITAL_GUIDE, WHOLE_MGS, WHOLE_ORBITAL

EACH = pytest.mark.parametrize("name", shipped_scales())


def changed(**values) -> dict:
    """The Mouse Grimace Scale with other values."""
    return copy.deepcopy(WHOLE_MGS) | values


def with_unit(number: int, **values) -> dict:
    """The Mouse Grimace Scale with other values of one unit."""
    whole = changed()
    whole["units"][number] |= values
    return whole


def written(path, values: dict) -> str:
    """A scale in a file of its own."""
    path.write_text(yaml.safe_dump(values, sort_keys=False))
    return str(path)


def told(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    """File, expectation, finding and remedy of a message."""
    return [line.split(":", 1)[1].strip() for line in str(error.value).splitlines()[1:]]


def test_the_shipped_scales_are_those_in_their_folder():
    assert sorted(path.name for path in (ROOT / "scales").iterdir()) == [f"{name}.yaml" for name in shipped_scales()]
    assert {"mouse_grimace", "orbital_tightening", "rat_grimace"} <= set(shipped_scales())


@EACH
def test_every_shipped_scale_is_valid_and_pain_begins_with_one_of_its_ranges(name):
    whole = read_scale(name)
    scale, guide = make_scale(whole), make_guide(whole)
    assert scale.pain_threshold in scale.score_ranges[1:-1]
    assert len(set(guide.units.values())) == len(scale.units)
    assert guide.name and guide.source


@EACH
def test_every_shipped_scale_can_be_scored_and_learnt(name):
    scale = make_scale(read_scale(name))
    columns = sheet_columns(scale.units)
    assert len(set(columns)) == len(columns)
    settings = {"bins": list(scale.score_ranges), "gap": [scale.pain_threshold] * 2, "scale": scale.values}
    assert make_output(settings | {"output": "units"}).size == len(scale.units)
    assert make_output(settings | {"output": "classes"}).size == len(scale.range_names)


def test_the_mouse_grimace_scale_has_the_thesis_values():
    assert MGS.units == ("eye", "ear", "nose", "cheek", "whiskers")
    assert (MGS.highest, MGS.least_observed, MGS.pain_threshold) == (2, 3, 0.5)
    assert MGS.score_ranges == (0, 0.5, 1, 1.5, 2)


def test_a_scale_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_scale("orbital_tightening") == WHOLE_ORBITAL
    assert scale_of({"scale": "orbital_tightening"}) == ORBITAL
    assert guide_of({"scale": "orbital_tightening"}) == ORBITAL_GUIDE


def test_a_scale_is_a_labs_own_file(tmp_path, monkeypatch):
    own = changed(name="ours", highest=1, score_ranges=[0, 0.5, 1], steps=WHOLE_MGS["steps"][:2])
    own["units"] = [{"key": "brow", "name": "the brow", "meanings": ["smooth", "lowered"]}]
    own["least_observed"] = 1
    path = written(tmp_path / "ours.yaml", own)
    assert read_scale(path) == own
    assert scale_of({"scale": path}).units == ("brow",)
    assert guide_of({"scale": path}).units == {"brow": "the brow"}
    monkeypatch.chdir(tmp_path)
    assert read_scale("ours.yaml") == own


def test_a_relative_path_is_that_of_the_working_directory(tmp_path, monkeypatch):
    for folder, scale in (("one", WHOLE_MGS), ("other", WHOLE_ORBITAL)):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder / "scale.yaml", scale)
        monkeypatch.chdir(tmp_path / folder)
        assert read_scale("scale.yaml") == scale


def test_a_scale_stands_in_the_config_itself():
    assert scale_of({"scale": copy.deepcopy(WHOLE_MGS)}) == MGS
    assert guide_of({"scale": copy.deepcopy(WHOLE_MGS)}) == MGS_GUIDE


def test_a_shipped_scale_comes_from_its_folder_whatever_lies_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(SHIPPED / "rat_grimace.yaml", "mouse_grimace")
    assert scale_of({"scale": "mouse_grimace"}) == MGS


def test_an_unknown_name_is_told_with_the_nearest_one():
    with pytest.raises(InputError) as error:
        read_scale("mouse_grimaces")
    assert told(error) == [
        CONFIG,
        f"as `scale` one of {', '.join(shipped_scales())}, or the path of a YAML file",
        "'mouse_grimaces' (did you mean 'mouse_grimace'?)",
        "correct the name or the path",
    ]


@pytest.mark.parametrize("given", ["", "nothing_like_it", "gone.yaml", "/", "scales"])
def test_what_is_no_scale_and_no_file_is_told(tmp_path, monkeypatch, given):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        read_scale(given)
    assert told(error)[0] == CONFIG and told(error)[2].startswith(repr(given))


KEYS = "name, source, highest, least_observed, pain_threshold, score_ranges, steps, units"
WITHOUT_NAME = {key: value for key, value in WHOLE_MGS.items() if key != "name"}


@pytest.mark.parametrize(
    ("values", "expected", "found"),
    [
        (WITHOUT_NAME, "the key 'name' in the file", "no such key"),
        (changed(unit=[]), f"one of the keys {KEYS}", "an unknown key 'unit' (did you mean 'units'?)"),
        (changed(name=""), "name: Its name.", "''"),
        (changed(highest=0), "highest: Highest score of a unit", "0 is less"),
        (changed(highest=10), "highest: Highest score of a unit", "10 is greater"),
        (changed(highest=1.5), "highest: Highest score of a unit", "1.5 is not of type 'integer'"),
        (changed(highest="2"), "highest: Highest score of a unit", "'2' is not of type 'integer'"),
        (changed(least_observed=0), "least_observed: A moment with fewer observed units is not accepted.", "0 is less"),
        (changed(pain_threshold=0), "pain_threshold: Mean scores from this on mean pain.", "0 is less"),
        (changed(score_ranges=[0, 2]), "score_ranges: Edges of the ranges", "[0, 2]"),
        (changed(score_ranges=[0, "1", 2]), "score_ranges.1", "'1' is not of type 'number'"),
        (changed(units=[]), "units: What is scored by itself.", "[]"),
        (changed(steps="0 1 2"), "steps: What each score is called", "'0 1 2'"),
        (with_unit(0, key="Eye"), "units.0.key: Its name in files.", "'Eye' does not match"),
        (with_unit(0, key="eye-lid"), "units.0.key: Its name in files.", "'eye-lid' does not match"),
        (with_unit(0, key="1eye"), "units.0.key: Its name in files.", "'1eye' does not match"),
        (with_unit(1, name=""), "units.1.name: Its name for people.", "''"),
        (with_unit(1, colour="red"), "one of the keys key, name, meanings", "an unknown key 'units.1.colour'"),
        (with_unit(2, meanings=["a", "b", ""]), "units.2.meanings.2", "''"),
        (with_unit(1, key="eye"), "units with keys that differ", "eye"),
        (with_unit(3, key="score"), f"keys of units other than {', '.join(RESERVED)}", "score"),
        (with_unit(0, meanings=["open", "closed"]), "a text for each score from 0 to 2", "2 as meanings of eye"),
        (with_unit(4, meanings=list("abcd")), "a text for each score from 0 to 2", "4 as meanings of whiskers"),
        (changed(steps=WHOLE_MGS["steps"][:2]), "a text for each score from 0 to 2", "2 as steps"),
        (changed(highest=1, score_ranges=[0, 0.5, 1]), "a text for each score from 0 to 1", "3 as meanings of eye"),
        (changed(score_ranges=[0, 1, 1, 2]), "score_ranges that rise from 0 to 2", "[0, 1, 1, 2]"),
        (changed(score_ranges=[0, 1.5, 1, 2]), "score_ranges that rise from 0 to 2", "[0, 1.5, 1, 2]"),
        (changed(score_ranges=[0.5, 1, 2]), "score_ranges that rise from 0 to 2", "[0.5, 1, 2]"),
        (changed(score_ranges=[0, 1, 3]), "score_ranges that rise from 0 to 2", "[0, 1, 3]"),
        (changed(least_observed=6), "least_observed of at most 5, the number of units", "6"),
        (changed(pain_threshold=2.5), "a pain_threshold of at most 2", "2.5"),
    ],
)
def test_each_mistake_is_told_wherever_the_scale_stands(tmp_path, values, expected, found):
    path = written(tmp_path / "ours.yaml", values)
    for scale, where in ((values, f"{CONFIG}, `scale`"), (path, path)):
        with pytest.raises(InputError) as error:
            read_scale(scale)
        assert told(error)[0] == where and told(error)[3] == REMEDY
        assert told(error)[1].startswith(expected) and told(error)[2].startswith(found)


BESIDE_UNITS = {*OTHER_COLUMNS, *KEY_COLUMNS, "score", "prediction", "observed", "accepted", "duplicate_of"}


@pytest.mark.parametrize("key", sorted(BESIDE_UNITS.union(RESERVED)))
def test_a_unit_is_not_called_as_another_column_is(key):
    with pytest.raises(InputError, match="keys of units other than"):
        check_scale(with_unit(0, key=key), "ours.yaml")


@pytest.mark.parametrize(
    "values", [changed(pain_threshold=float("nan")), changed(score_ranges=[0, float("nan"), 2])], ids=["pain", "edge"]
)
def test_a_number_in_a_labs_file_is_finite(tmp_path, values):
    with pytest.raises(InputError):
        read_scale(written(tmp_path / "ours.yaml", values))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name: a\nname: b\n", "'name' more than once"),
        ("name: [1\n", "expected ',' or ']'"),
        ("units: &a [*a]\n", "an alias"),
        ("highest: !!python/object/apply:os.getcwd []\n", "could not determine a constructor"),
    ],
)
def test_a_labs_file_is_plain_yaml(tmp_path, text, found):
    path = tmp_path / "ours.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read_scale(str(path))
    assert told(error)[0] == str(path) and found in told(error)[2]


@pytest.mark.parametrize("text", ["", "mouse_grimace\n", "- eye\n- ear\n", "3\n"])
def test_a_file_that_holds_no_scale_is_told(tmp_path, text):
    path = tmp_path / "ours.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read_scale(str(path))
    assert told(error)[0] == str(path) and told(error)[3] == REMEDY


def test_a_file_is_read_once(tmp_path):
    path = tmp_path / "ours.yaml"
    written(path, WHOLE_MGS)
    assert read_file(path) is read_file(path)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@effort(max_examples=200)
@given(st.sampled_from(list(WHOLE_MGS)), values)
def test_whatever_stands_in_a_scale_is_taken_or_told(key, value):
    try:
        scale = make_scale(read_scale(changed(**{key: value})))
    except InputError as error:
        assert "expected:" in str(error) and "to do:" in str(error)
    else:
        assert 0 < scale.least_observed <= len(scale.units) and scale.range_names


@effort(max_examples=50)
@given(st.text(max_size=12) | st.just("x" * 300))
def test_whatever_is_given_as_a_name_is_told(text):
    with pytest.raises(InputError):
        read_scale(text)
