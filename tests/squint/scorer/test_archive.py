"""A scorer comes back from its file as it was packed; whatever else is in a file is refused, and nothing of it runs."""

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from squint.config.scales import read_scale, shipped_scales
from squint.errors import InputError
from squint.models.scorer import load_packed
from squint.scorer.archive import ABOUT, FORMAT, About, allowed, digest, read_about, unpacked, write_scorer
from tests.scales import MGS, ORBITAL
from tests.scorers import FIELDS, PARTS, WORDS, contents, retold, rewritten, written


def read_whole(path: Path) -> dict[str, bytes]:
    """All parts of a scorer, opened as Squint opens it."""
    with unpacked(str(path)) as parts:
        files = [*parts.networks, *parts.extractors, *parts.likeness, parts.detector]
        return {Path(file).name + Path(file).parent.name[:4]: Path(file).read_bytes() for file in files}


def refusal(path: Path) -> str:
    """What is told of a file that is no scorer."""
    with pytest.raises(InputError) as error:
        read_whole(path)
    assert str(path) in str(error.value)
    return str(error.value)


@pytest.fixture
def scorer(tmp_path) -> Path:
    return written(tmp_path / "good.squint")


def test_what_was_packed_comes_back(scorer):
    about = read_about(str(scorer))
    assert {name: getattr(about, name) for name in FIELDS} == FIELDS
    assert about.format == FORMAT and about.core == MGS
    assert about.digests == {name: digest(text.encode()) for name, text in PARTS.items()}
    with unpacked(str(scorer)) as parts:
        assert parts.about == about
        assert [Path(path).read_text() for path in parts.networks] == ["a network", "another network"]
        assert [path.read_text() for path in parts.likeness] == ["a likeness"]
        assert parts.extractors == [] and parts.detector.read_text() == "a detector"
        place = parts.detector.parent
    assert not place.exists()


def test_parts_may_be_files(tmp_path):
    (tmp_path / "own.tflite").write_bytes(b"\0\xff detector")
    path = written(tmp_path / "good.squint", PARTS | {"detector.tflite": tmp_path / "own.tflite"})
    with unpacked(str(path)) as parts:
        assert parts.detector.read_bytes() == b"\0\xff detector"


@pytest.mark.parametrize("name", shipped_scales())
def test_every_scale_comes_back_as_the_config_has_it(tmp_path, name):
    scale = read_scale(name)
    assert read_about(str(written(tmp_path / "one.squint", scale=scale))).scale == scale


def test_the_folds_are_in_the_order_of_their_numbers(tmp_path):
    parts = PARTS | {
        f"{kind}/{number}.keras": f"{kind} {number}" for kind in ("networks", "extractors") for number in (11, 2, 1, 10)
    }
    parts |= {f"likeness/{number}.h5": f"likeness {number}" for number in (10, 9, 1)}
    with unpacked(str(written(tmp_path / "many.squint", parts))) as found:
        assert [Path(path).stem for path in found.networks] == ["1", "2", "10", "11"]
        assert [Path(path).stem for path in found.extractors] == ["1", "2", "10", "11"]
        assert [path.stem for path in found.likeness] == ["1", "9", "10"]


def test_the_same_parts_make_the_same_file(tmp_path, scorer):
    (tmp_path / "elsewhere").mkdir()
    assert written(tmp_path / "elsewhere" / "other.squint").read_bytes() == scorer.read_bytes()
    assert written(tmp_path / "third.squint", window_s=12.0).read_bytes() != scorer.read_bytes()


def test_a_path_without_a_file_is_told(tmp_path):
    told = refusal(tmp_path / "gone.squint")
    assert "no such file" in told and "snakemake scorer" in told
    assert "a folder" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + bytes(40)])
def test_a_file_that_is_no_zip_is_told(tmp_path, content):
    path = tmp_path / "bad.squint"
    path.write_bytes(content)
    assert "BadZipFile" in refusal(path)


OUTSIDE = ["../x", "../x.keras", "/etc/x.keras", "networks/../../x.keras", "networks/../x.keras", "networks//x.keras"]
OUTSIDE += ["..\\x.keras", "networks\\x.keras", "C:/x.keras", "networks/./x.keras", "./detector.tflite"]
UNKNOWN = ["x.py", "networks/x.py", "networks/1.h5", "networks/a/1.keras", "code/1.keras", "networks/.keras"]
UNKNOWN += ["networks/1.keras.py", "networks/", "networks/ü.keras", "networks/a b.keras", "SCORER.JSON", "1.keras"]


@pytest.mark.parametrize("name", OUTSIDE + UNKNOWN)
def test_a_part_of_another_name_is_refused(scorer, name):
    assert not allowed(name)
    rewritten(scorer, lambda parts: parts.update({name: b"x"}))
    assert f"a part called {name.replace(chr(92), '/')!r}" in refusal(scorer).replace("\\\\", "/")
    assert not (scorer.parent / "x.keras").exists() and not (scorer.parent / "x").exists()


@pytest.mark.parametrize("name", [ABOUT, *PARTS, "extractors/LOSOCV-1.keras", "likeness/10.h5"])
def test_a_part_of_a_scorer_has_its_name(name):
    assert allowed(name)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_was_exchanged_is_refused(scorer, name):
    rewritten(scorer, lambda parts: parts.update({name: b"something else"}))
    assert f"{name} is not the one that was packed" in refusal(scorer)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_missing_is_refused(scorer, name):
    rewritten(scorer, lambda parts: parts.pop(name))
    assert "other parts than it says" in refusal(scorer)


def test_a_part_too_many_is_refused(scorer):
    rewritten(scorer, lambda parts: parts.update({"networks/3.keras": b"x"}))
    assert "other parts than it says" in refusal(scorer)


def test_a_part_that_is_there_twice_is_refused(scorer):
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(scorer, "a") as archive:
        archive.writestr("networks/1.keras", b"another")
    assert "other parts than it says" in refusal(scorer)


def test_a_scorer_without_a_detector_is_refused(tmp_path):
    parts = {name: text for name, text in PARTS.items() if name != "detector.tflite"}
    refusal(written(tmp_path / "blind.squint", parts))


def test_a_scorer_without_networks_is_refused(tmp_path):
    parts = {name: text for name, text in PARTS.items() if not name.startswith("networks/")}
    refusal(written(tmp_path / "dumb.squint", parts))


def test_a_file_that_says_nothing_of_itself_is_refused(scorer):
    rewritten(scorer, lambda parts: parts.pop(ABOUT))
    assert f"no {ABOUT} in it" in refusal(scorer)


@pytest.mark.parametrize("text", [b"", b"no json", b"{", b"\xff\xfe{}", b"[" * 100_000])
def test_what_is_no_json_is_refused(scorer, text):
    rewritten(scorer, lambda parts: parts.update({ABOUT: text}))
    refusal(scorer)


@pytest.mark.parametrize("text", [b"[]", b"null", b"7", b"{}", b'{"format": "1"}', b'{"format": null}'])
def test_json_without_a_format_is_refused(scorer, text):
    rewritten(scorer, lambda parts: parts.update({ABOUT: text}))
    assert f"{ABOUT} without a format" in refusal(scorer)


def test_a_newer_format_asks_for_a_newer_squint_before_all_else(scorer):
    rewritten(scorer, lambda parts: parts.update({ABOUT: json.dumps({"format": FORMAT + 1, "new": 1}).encode()}))
    told = refusal(scorer)
    assert f"a scorer of format {FORMAT} or older" in told and f"format {FORMAT + 1}" in told
    assert "update Squint" in told


@pytest.mark.parametrize("name", [*FIELDS, "digests"])
def test_a_field_that_is_missing_is_refused(scorer, name):
    retold(scorer, lambda values: values.pop(name))
    assert f"lacks or adds {name!r}" in refusal(scorer)


def test_a_field_too_many_is_refused(scorer):
    retold(scorer, lambda values: values.update(code="import os"))
    assert "lacks or adds 'code'" in refusal(scorer)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("digests", []),
        ("digests", {"MODEL_CARD.md": 5}),
        ("scale", "mouse_grimace"),
        ("scale", {}),
        ("scale", FIELDS["scale"] | {"highest": "many"}),
        ("name", 7),
        ("settings", "regression"),
        ("settings", FIELDS["settings"] | {"views": "two"}),
        ("settings", FIELDS["settings"] | {"output": "prophecy"}),
        ("settings", FIELDS["settings"] | {"scale": ORBITAL.values}),
        ("image_size", "64"),
        ("detection", []),
        ("detection", {"sample_every": 7}),
        ("detection", {"sample_every": 0, "certainty": 0.4}),
        ("min_prob", None),
        ("most_cameras", "six"),
        ("window_s", "long"),
        ("coverage", {}),
        ("coverage", 1.0),
        ("margins", 5),
        ("margins", {"frame": "wide"}),
        ("margins", FIELDS["margins"] | {"frame": float("nan")}),
        ("limits", [1]),
        ("limits", FIELDS["limits"] | {"words": WORDS | {"blur": [1.0]}}),
        ("animals", ["ada"]),
        ("animals", {}),
        ("metrics", None),
        ("versions", 1),
    ],
)
def test_a_field_of_another_type_is_refused(scorer, name, value):
    retold(scorer, lambda values: values.update({name: value}))
    refusal(scorer)


def test_parts_that_are_larger_than_is_allowed_together_are_refused(scorer, monkeypatch):
    monkeypatch.setattr("squint.scorer.archive.MOST_BYTES", 10_000)
    with unpacked(str(scorer)):
        rewritten(scorer, lambda parts: parts.update({f"networks/{part}.keras": bytes(6_000) for part in (1, 2)}))
    assert "parts of more than 0 GiB" in refusal(scorer)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("scorers")


@given(data=st.binary(max_size=600))
def test_any_bytes_are_no_scorer(place, data):
    path = place / "any.squint"
    path.write_bytes(data)
    refusal(path)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_scorer_is_the_same_or_refused(place, data):
    path = place / "damaged.squint"
    whole = written(place / "whole.squint")
    content = bytearray(whole.read_bytes())
    spots = data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4))
    for spot in spots:
        content[spot] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        found = read_about(str(path)), read_whole(path)
    except InputError as error:
        assert str(path) in str(error)
    else:
        assert found == (read_about(str(whole)), read_whole(whole))


@settings(max_examples=100)
@given(share=st.floats(0, 0.999))
def test_a_scorer_that_is_cut_short_is_refused(place, share):
    whole = written(place / "whole.squint").read_bytes()
    path = place / "short.squint"
    path.write_bytes(whole[: int(share * len(whole))])
    refusal(path)


def damaged_data(scorer: Path, name: str, replaced: bytes) -> None:
    """Put bytes in place of the compressed ones of a part."""
    with zipfile.ZipFile(scorer) as archive:
        part = archive.getinfo(name)
    content = bytearray(scorer.read_bytes())
    start = part.header_offset + 30 + len(name)
    content[start : start + len(replaced)] = replaced
    scorer.write_bytes(content)


@pytest.mark.parametrize("name", [ABOUT, "networks/1.keras"])
def test_a_part_whose_compression_is_broken_is_told(scorer, name):
    damaged_data(scorer, name, b"\xff\xff\xff\xff")
    refusal(scorer)


@pytest.mark.parametrize("kind", [RuntimeError, EOFError, NotImplementedError])
def test_what_goes_wrong_while_a_scorer_is_used_is_not_blamed_on_its_file(scorer, kind):
    with pytest.raises(kind, match="a video ends"), unpacked(str(scorer)):
        raise kind("a video ends")


def hostile(folder: Path, network: Path) -> Path:
    """A scorer that is whole in all but what its network is."""
    path = folder / "trap.squint"
    write_scorer(str(path), FIELDS, PARTS | {"networks/1.keras": network})
    return path


def small(keras, path: Path, layer) -> Path:
    keras.Sequential([keras.Input((2,)), layer]).save(path)
    return path


def load(scorer: Path) -> None:
    with unpacked(str(scorer)) as parts:
        load_packed(parts.about.settings, parts.networks[:1], parts.extractors, 1)


def test_a_layer_of_code_in_a_scorer_is_refused_and_does_not_run(keras, tmp_path):
    mark = tmp_path / "ran"
    code = f"import pathlib; pathlib.Path({str(mark)!r}).touch()"
    trap = keras.layers.Lambda(lambda x, code=code: (exec(code), x)[1], output_shape=(2,))
    scorer = hostile(tmp_path, small(keras, tmp_path / "trap.keras", trap))
    mark.unlink(missing_ok=True)  # saving runs the layer once
    with pytest.raises(InputError, match="run code"):
        load(scorer)
    assert not mark.exists()


@pytest.mark.parametrize("named", [("os", "system"), ("builtins", "exec"), ("subprocess", "Popen")])
def test_code_that_a_scorers_network_names_is_refused_and_does_not_run(keras, tmp_path, named):
    mark = tmp_path / "ran"
    network = small(keras, tmp_path / "trap.keras", keras.layers.Dense(1))
    parts = contents(network)
    config = json.loads(parts["config.json"])
    module, name = named
    config["config"]["layers"][-1] |= {"module": module, "class_name": name, "registered_name": None}
    config["config"]["layers"][-1]["config"] = f"touch {mark}"
    rewritten(network, lambda inside: inside.update({"config.json": json.dumps(config).encode()}))
    with pytest.raises(InputError):
        load(hostile(tmp_path, network))
    assert not mark.exists()


def test_an_extractor_of_code_is_refused_too(keras, tmp_path):
    mark = tmp_path / "ran"
    code = f"import pathlib; pathlib.Path({str(mark)!r}).touch()"
    trap = keras.layers.Lambda(lambda x, code=code: (exec(code), x)[1], output_shape=(2,))
    small(keras, tmp_path / "trap.keras", trap)
    mark.unlink(missing_ok=True)
    good = small(keras, tmp_path / "good.keras", keras.layers.Dense(1))
    with pytest.raises(InputError, match=r"trap\.keras"):
        load_packed(FIELDS["settings"], [str(good)], [str(tmp_path / "trap.keras")], 1)
    assert not mark.exists()


def test_networks_and_extractors_of_a_scorer_are_loaded(keras, tmp_path):
    good = small(keras, tmp_path / "good.keras", keras.layers.Dense(1))
    scorer = load_packed(FIELDS["settings"], [str(good)] * 2, [str(good)], 1)
    assert [len(scorer.networks), len(scorer.extractors)] == [2, 1] and scorer.settings == FIELDS["settings"]


def test_the_fields_here_are_those_of_a_scorer():
    assert set(FIELDS) | {"format", "digests"} == set(About.__dataclass_fields__)
