"""The scale is written for the app as the config has it."""

import json

import pytest

from scripts.moments.write_scale import write_scale
from squint.domain.scale import make_guide, make_scale
from tests.scales import MGS, MGS_GUIDE, ORBITAL, ORBITAL_GUIDE, WHOLE_MGS, WHOLE_ORBITAL
from tests.shown import run_script


@pytest.mark.parametrize(
    ("whole", "scale", "guide"),
    [(WHOLE_MGS, MGS, MGS_GUIDE), (WHOLE_ORBITAL, ORBITAL, ORBITAL_GUIDE)],
    ids=["mouse", "orbital"],
)
def test_a_scale_is_read_as_it_was_written(tmp_path, whole, scale, guide):
    write_scale(whole, str(tmp_path / "scale.json"))
    read = json.loads((tmp_path / "scale.json").read_text())
    assert read == whole
    assert make_scale(read) == scale and make_guide(read) == guide


def test_people_can_read_it_too(tmp_path):
    write_scale(WHOLE_MGS | {"name": "Échelle – souris"}, str(tmp_path / "scale.json"))
    text = (tmp_path / "scale.json").read_text(encoding="utf-8")
    assert "Échelle – souris" in text
    assert text.endswith("}\n") and len(text.splitlines()) > len(WHOLE_MGS)


def test_the_job_writes_the_scale_that_it_is_given(tmp_path):
    run_script("moments/write_scale.py", params={"scale": WHOLE_ORBITAL}, output={"scale": tmp_path / "scale.json"})
    assert json.loads((tmp_path / "scale.json").read_text()) == WHOLE_ORBITAL
