import json
import zipfile

import pytest

from squint.errors import InputError
from squint.regions.archive import is_of_regions, load_region_scorer, read_region_about
from squint.scorer.archive import read_about
from tests.scorers import written
from tests.squint.regions.scorers import ABOUT


def test_a_scorer_tells_what_it_is(region_scorer):
    about = read_region_about(str(region_scorer))
    assert (about.kind, about.name, about.core.highest, about.manner.closed) == ("regions", "eye_digits", 9, 6.75)
    assert about.calibration.frame == 1.0 and len(about.known_errors.by_animal) == 2
    assert is_of_regions(str(region_scorer))


def changed(region_scorer, path, about: dict | None = None, parts: dict | None = None):
    """A copy of the scorer in which something is otherwise; None removes it."""
    with zipfile.ZipFile(region_scorer) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    values = json.loads(contents["scorer.json"]) | (about or {})
    contents["scorer.json"] = json.dumps({key: value for key, value in values.items() if value is not ...}).encode()
    contents |= parts or {}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            if content is not None:
                archive.writestr(name, content)
    return str(path)


@pytest.mark.parametrize(
    ("about", "parts", "words"),
    [
        ({"format": 2}, None, "format 2"),
        ({"margins": ...}, None, "lacks or adds 'margins'"),
        ({"more": 1}, None, "lacks or adds 'more'"),
        ({"channel": "infrared"}, None, "$.channel"),
        ({"size": [48, 100_000]}, None, "$.size"),
        ({"patches": ["../eye"]}, None, "$.patches"),
        ({"threshold": 9.5}, None, "a threshold beyond it"),
        ({"errors": {"m1": []}}, None, "$.errors"),
        ({"scale": {"name": "x"}}, None, "scorer.json"),
        ({"patches": ["eye", "ear"]}, None, "eyes.tflite for patches of 50 × 50 × 1"),
        ({"size": [96, 72]}, None, "a network for pictures of"),
        (None, {"eyes.tflite": b"no network"}, "is not the one that was packed"),
        (None, {"eyes.tflite": None}, "other parts than it says"),
        (None, {"../evil.sh": b"x"}, "a part called"),
    ],
)
def test_a_scorer_that_is_otherwise_is_refused(region_scorer, tmp_path, about, parts, words):
    path = changed(region_scorer, tmp_path / "other.squint", about, parts)
    with pytest.raises(InputError) as caught:
        load_region_scorer(path)
    assert words in str(caught.value)


def test_scorers_of_faces_and_of_regions_are_not_taken_for_each_other(region_scorer, tmp_path):
    faces = str(written(tmp_path / "faces.squint"))
    assert not is_of_regions(faces)
    with pytest.raises(InputError, match="a scorer of regions"):
        read_region_about(faces)
    with pytest.raises(InputError, match="a scorer of faces"):
        read_about(str(region_scorer))


def test_the_fields_of_the_test_are_all_there_are(region_scorer):
    assert set(ABOUT) | {"format", "kind", "digests"} == set(vars(read_region_about(str(region_scorer))))
