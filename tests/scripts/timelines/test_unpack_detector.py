"""The face detector of a scorer is the one that was packed."""

import pytest

from squint.errors import InputError
from tests.scorers import PARTS, rewritten, written
from tests.shown import run_script


def unpack(folder):
    given, made = {"scorer": str(folder / "good.squint")}, {"detector": str(folder / "detector.tflite")}
    run_script("timelines/unpack_detector.py", given, {}, made)


def test_the_detector_comes_out_as_it_went_in(tmp_path):
    (tmp_path / "own.tflite").write_bytes(b"\0\xff a detector")
    written(tmp_path / "good.squint", PARTS | {"detector.tflite": tmp_path / "own.tflite"})
    unpack(tmp_path)
    assert (tmp_path / "detector.tflite").read_bytes() == b"\0\xff a detector"


def test_another_detector_in_a_scorer_is_refused(tmp_path):
    scorer = written(tmp_path / "good.squint")
    rewritten(scorer, lambda parts: parts.update({"detector.tflite": b"another"}))
    with pytest.raises(InputError, match=r"detector\.tflite is not the one that was packed"):
        unpack(tmp_path)
    assert not (tmp_path / "detector.tflite").exists()
