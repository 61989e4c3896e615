"""Config and sample sheet are closed: what is not known is told, with the nearest known name."""

import copy
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from squint.config.experiments import SIMULATED_PICTURES, read_experiments
from squint.config.schema import check_file, sort_keys
from squint.config.settings import (
    TRAINED_DETECTOR,
    check_config,
    check_detector,
    check_folds,
    detector_of,
)
from squint.errors import InputError
from tests.conftest import ROOT

DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())
SHEET = (ROOT / "configs" / "simulated_study.tsv").read_text()


def merged(base: dict, over: dict) -> dict:
    """`over` laid over `base` key by key, as Snakemake does with --configfile."""
    result = copy.deepcopy(base)
    for key, value in over.items():
        result[key] = merged(result.get(key, {}), value) if isinstance(value, dict) else value
    return result


@pytest.mark.parametrize(
    "path",
    [
        *("config.yaml", "configs/simulated_study.yaml", "configs/six_camera_tbi.yaml", "configs/live.yaml"),
        *("tests/miniature/config.yaml", "tests/live_study/config.yaml"),
    ],
)
def test_every_shipped_config_follows_the_schema(path):
    check_config(merged(DEFAULT, yaml.safe_load((ROOT / path).read_text())))


def test_the_example_in_the_docs_can_be_laid_over_the_default():
    text = (ROOT / "docs" / "networks.md").read_text()
    (example,) = re.findall(r"```yaml\n(networks:.*?)```", text, re.S)
    check_config(merged(DEFAULT, yaml.safe_load(example)))


def test_folds_that_are_not_there_are_told():
    check_folds(DEFAULT, 6)
    with pytest.raises(InputError, match=r"choices\.fold: folds from 1 to 6"):
        check_folds(merged(DEFAULT, {"choices": {"fold": 9}}), 6)
    with pytest.raises(InputError, match=r"lite_heads\.folds"):
        check_folds(merged(DEFAULT, {"studies": {"lite_heads": {"folds": [2, 7]}}}), 6)


@pytest.mark.parametrize(
    "path",
    ["experiments.tsv", "configs/simulated_study.tsv", "configs/six_camera_tbi.tsv", "tests/miniature/experiments.tsv"],
)
def test_every_shipped_sample_sheet_is_right(path):
    assert len(read_experiments(ROOT / path, []))


def test_the_order_of_keys_means_nothing():
    config = {"b": {"d": 1, "c": [2, 1]}, "a": 0}
    sort_keys(config)
    assert list(config) == ["a", "b"]
    assert list(config["b"]) == ["c", "d"]
    assert config["b"]["c"] == [2, 1]


def test_every_key_of_the_schema_is_described():
    def walk(schema, place):
        for key, value in schema.get("properties", {}).items():
            described = "description" in value or "properties" in value or "$ref" in value
            assert described, f"{place}.{key} has no description"
            walk(value, f"{place}.{key}")
        if isinstance(schema.get("additionalProperties"), dict):
            walk(schema["additionalProperties"], f"{place}.*")

    for schema in (ROOT / "schemas").glob("*.yaml"):
        walk(yaml.safe_load(schema.read_text()), schema.name)


NETWORK = {"networks": {"compact_regression": {}}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sede": 1}, "an unknown key 'sede' (did you mean 'seed'?)"),
        (
            {"moments": {"defaults": {"min_probb": 1}}},
            "an unknown key 'moments.defaults.min_probb' (did you mean 'min_prob'?)",
        ),
        ({"moments": {"defaults": {"min_prob": 1.5}}}, "moments.defaults.min_prob: Least certainty of a face"),
        (
            {"evaluation": {"networks": ["compact_regresion"]}},
            "'compact_regresion' (did you mean 'compact_regression'?)",
        ),
        ({"evaluation": {"timeline_network": "lite_binary"}}, "a network that tells a score"),
        ({"evaluation": {"timeline_network": "lite_regression"}}, "`evaluation: timeline_network` among"),
        ({"evaluation": {"controls": ["compact_units"]}}, "the kind of output of lite_binary (binary)"),
        (
            {"evaluation": {"controls": ["compact_views", "lite_binary"]}},
            "compact_units in `evaluation: controls`",
        ),
        ({"evaluation": {"studies": ["lite_head"]}}, "(did you mean 'lite_heads'?)"),
        (
            {"studies": {"lite_heads": {"base": "best_regresion"}}},
            "'best_regresion' (did you mean 'best_regression'?)",
        ),
        ({"studies": {"lite_backbones": {"folds": [1]}}}, "not on all folds"),
        ({"choices": {"study": ""}}, "for lite_heads"),
        ({"choices": {"backbone": "VGG16"}}, "does not vary VGG16"),
        ({"evaluation": {"studies": ["lite_heads"]}}, "that chooses it, for lite_heads"),
        ({"studies": {"lite_backbones": {"vary": {"slope": [0.1]}}}}, "varies something else than `backbone`"),
        ({"studies": {"lite_heads": {"vary": {"head": [128]}}}}, "studies.lite_heads, head"),
        ({"studies": {"lite_heads": {"vary": {"slope": [-1.0]}}}}, "slope: Negative slope"),
        ({"studies": {"lite_heads": {"vary": [{"base": "a"}]}}}, "studies.lite_heads.vary"),
        ({"networks": {"compact_units": {"weights": "compact_views"}}}, "a chain of weights that ends"),
        ({"networks": {"compact_views": {"weights": "compact_unit"}}}, "(did you mean 'compact_units'?)"),
        ({"networks": {"lite_binary": {"backbone": "MobileNetV3Smal"}}}, "(did you mean 'MobileNetV3Small'?)"),
        ({"networks": {"compact_units": {"weights": "imagenet"}}}, "for the compact backbone"),
        ({"networks": {"compact_views": {"trainable": True}}}, "a frozen backbone for a network of all views"),
        ({"networks": {"compact_units": {"base": "compact_unit"}}}, "'compact_unit' (did you mean 'compact_units'?)"),
        ({"networks": {"compact_units": {"base": "compact_regression"}}}, "cut the circle"),
        ({"networks": {"compact_regression": {"optimizer": "sgd"}}}, "an unknown key 'networks.compact_regression.opt"),
        ({"networks": {"compact_regression": {"output": "ordinal"}}}, "one of regression, units, distribution"),
        ({"networks": {"compact_units": {"trainable": False}}}, "a frozen one with random weights"),
        ({"networks": {"compact_regression": {"bins": [0, 1.5, 1.0, 2.0]}}}, "bins that rise from 0 to 2"),
        ({"networks": {"compact_regression": {"bins": [0, 1.0, 1.5]}}}, "bins that rise from 0 to 2"),
        ({"networks": {"lite_binary": {"output": "classes", "bins": [0, 2.0]}}}, "bins of at least two classes"),
        ({"networks": {"compact_regression": {"gap": [1.0, 0.5]}}}, "a gap from a lower to a higher score, up to 2"),
        (
            {"networks": {"compact_regression": {"monitor": "val_accuracy"}}},
            "another monitor than val_accuracy for the output",
        ),
        ({"networks": {"lite_binary": {"loss": "mse"}}}, "loss auto for the output binary"),
        ({"networks": {"compact_units": {"head": [64, 2]}}}, "as wide as its output (units: 5 values)"),
        ({"networks": {"compact_views": {"weights": "compact_views"}}}, "a chain of weights that ends"),
        ({"networks": {"compact_views": {"weights": "lite_regression"}}}, "whose backbone differ"),
    ],
)
def test_wrong_configs_are_input_errors(change, message):
    with pytest.raises(InputError) as error:
        check_config(merged(DEFAULT, change))
    assert message in str(error.value)


def sheet(tmp_path, *changes) -> Path:
    text = SHEET
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "experiments.tsv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\trole\t", "\troll\t", "an unknown column 'roll' (did you mean 'role'?); no column 'role'"),
        ("\trotate\t", "\trotated\t", "'rotated' (did you mean 'rotate'?)"),
        ("EXP2\t", "EXP1\t", "'EXP1' more than once"),
        (
            "mouse9\tbasal\ttrain",
            "mouse1\tbasal\ttrain",
            "subject 'mouse1' with the roles rotate and train",
        ),
        (
            "rotate\tsimulated\tsimulated",
            "rotate\tsimulated\t",
            "the path of an expert's scores, because its role is rotate",
        ),
        (
            "rotate\tsimulated\tsimulated",
            "rotate\tvideos/{camera}.mp4\tsimulated",
            "an expert's own scores for real videos",
        ),
        ("rotate\tsimulated\tsimulated", "rotate\t\tscores.csv", "Path that holds {camera}"),
        ("mouse9\tbasal\ttrain", "mouse8\tbasal\ttrain", "subject 'mouse8' with the roles train and validate"),
        ("EXP1\t", "FACE1\t", "names other than FACE1, FACE2"),
        ("rotate\tsimulated\tsimulated", "rotate\tsimulated\tresults/sheets/EXP1.csv", "scores outside results/"),
        ("rotate\tsimulated\tsimulated", "rotate\tsimulated\t./a/../results/b.csv", "scores outside results/"),
        ("rotate\tsimulated\tsimulated\tsimulated", "rotate\tresults/{camera}.mp4\ta.csv\t", "videos outside results/"),
        ("rotate\tsimulated\tsimulated", "rotate\tsimulated\ta.csv,", "found:    a.csv,"),
        ("\tpain\t", "\tsore\t", "condition to be one of basal, pain"),
        ("EXP2\tmouse2", "EXP2\tMouse1", "'Mouse1' and 'mouse1'"),
        ("EXP2\tmouse2", "exp1\tmouse2", "'EXP1' and 'exp1'"),
        ("EXP2\tmouse2", "EXP2\tmouse1\u200b", "'mouse1\\u200b'"),
    ],
)
def test_wrong_sample_sheets_are_input_errors(tmp_path, old, new, message):
    with pytest.raises(InputError) as error:
        read_experiments(sheet(tmp_path, (old, new)), [])
    assert message in str(error.value)
    assert "experiments.tsv" in str(error.value)


def test_a_subject_may_be_on_both_sides_by_name(tmp_path):
    path = sheet(tmp_path, ("mouse9\tbasal\ttrain", "mouse1\tbasal\ttrain"))
    assert len(read_experiments(path, ["mouse1"])) == 14


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("seed: 1\nseed: 2\n", "'seed' more than once"),
        ("faces: {weights: a, weights: b}\n", "'weights' more than once"),
        ("seed: !!python/object/apply:os.getcwd []\n", "could not determine a constructor"),
        ("__use_yte__: true\nseed: ?1 + 1\n", "lets a config run code"),
        ("seed: &a [*a]\n", "an alias"),
        ("networks: {a: &a {dropout: 0.1}, b: {<<: *a}}\n", "an alias"),
        ("seed: [1\n", "expected ',' or ']'"),
        ("seed: \x00\n", "special characters are not allowed"),
    ],
)
def test_a_config_file_is_plain_yaml(tmp_path, text, found):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=re.escape(found)):
        check_file(str(path))
    path.write_text("seed: 1\nfaces: {weights: a}\nmoments: {}\n")
    check_file(str(path))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places_of(value: object, place: tuple = ()) -> list[tuple]:
    """Where something stands in nested dictionaries and lists."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(deeper for key, part in parts for deeper in places_of(part, (*place, key)))]


@effort(max_examples=100)
@given(st.sampled_from(places_of(DEFAULT)[1:]), values)
def test_whatever_stands_in_a_config_is_taken_or_told(place, value):
    config = copy.deepcopy(DEFAULT)
    inner = config
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    try:
        check_config(config)
    except InputError as error:
        assert "expected:" in str(error) and "to do:" in str(error)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12)


@effort(max_examples=50)
@given(st.integers(0, 9), st.integers(0, 7), cells)
def test_whatever_stands_in_a_sample_sheet_is_taken_or_told(tmp_path_factory, row, column, cell):
    lines = [line.split("\t") for line in SHEET.splitlines()]
    lines[row][column] = cell
    path = tmp_path_factory.mktemp("sheet") / "experiments.tsv"
    path.write_text("\n".join("\t".join(line) for line in lines))
    try:
        table = read_experiments(str(path), [])
    except InputError as error:
        assert str(path) in str(error)
    else:
        assert len(table) == len(lines) - 1


REAL = pd.DataFrame({"videos": ["videos/{camera}.mp4"]}, index=["EXP1"])


@pytest.mark.parametrize(
    ("faces", "path"),
    [
        ({"weights": "simulated", "annotations": ""}, "shipped.tflite"),
        ({"weights": "simulated", "annotations": "faces.csv"}, TRAINED_DETECTOR),
        ({"weights": "", "annotations": ""}, TRAINED_DETECTOR),
        ({"weights": "mine.tflite", "annotations": "faces.csv"}, "mine.tflite"),
    ],
)
def test_the_face_detector_is_the_labs_own_the_shipped_or_a_trained_one(faces, path):
    assert detector_of(faces, "shipped.tflite") == path


def test_the_shipped_detector_does_not_search_real_videos():
    simulated = REAL.assign(videos="simulated")
    none = {"sheet": "", "folder": "", "faces": False}
    shipped = {"faces": {"weights": "simulated", "annotations": ""}, "pictures": none}
    check_detector(shipped, simulated)
    check_detector(shipped | {"faces": {"weights": "simulated", "annotations": "faces.csv"}}, REAL)
    with pytest.raises(InputError, match=r"the videos of (.|\n)*faces: annotations"):
        check_detector(shipped, REAL)


def test_the_shipped_detector_does_not_search_real_pictures():
    simulated = REAL.assign(videos="simulated")
    ours = {"sheet": "pictures.csv", "folder": "faces", "faces": True}
    shipped = {"faces": {"weights": "simulated", "annotations": ""}}
    with pytest.raises(InputError, match=r"the pictures in pictures\.csv(.|\n)*faces: annotations"):
        check_detector(shipped | {"pictures": ours}, simulated)
    check_detector(shipped | {"pictures": ours | {"folder": SIMULATED_PICTURES}}, simulated)
    check_detector(shipped | {"pictures": ours | {"faces": False}}, simulated)
    check_detector({"faces": {"weights": "own.tflite", "annotations": ""}, "pictures": ours}, simulated)
