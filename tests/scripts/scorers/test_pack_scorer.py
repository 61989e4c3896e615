"""A scorer is packed with all that it needs, and its card tells in plain words what it earned and on whom."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import squint
from scripts.scorers.pack_scorer import earned, pack_scorer, save_models, write_card
from squint.models.scorer import Scorer, load_packed
from squint.presentation.summary.verdict import tell_given, tell_given_bias
from squint.scorer.archive import read_about, unpacked
from tests.conftest import ROOT
from tests.scales import MGS_GUIDE, ORBITAL_GUIDE, WHOLE_ORBITAL
from tests.scorers import FIELDS, METRICS

NAN = float("nan")
TEMPLATE = str(ROOT / "report" / "model_card.md.j2")
ABOUT = {name: value for name, value in FIELDS.items() if name not in ("metrics", "versions")}


def agreement():
    ends = [f"{name}{end}" for name in ("r", "mae", "icc") for end in ("", " low", " high")]
    columns = ["who", "network", "animals", "moments", *ends, "lowest animal bias", "highest animal bias"]
    rows = [
        ["scorer", "good", 6, 300, 0.77, 0.65, 0.85, 0.23, 0.2, 0.27, 0.7, 0.6, 0.8, -0.12, 0.18],
        ["shuffled control", "c", 6, 300, *[0.1] * 9, -0.6, 0.5],
        ["constant", "k", 6, 300, NAN, NAN, NAN, 0.45, 0.4, 0.5, NAN, NAN, NAN, -0.5, 0.55],
    ]
    return pd.DataFrame(rows, columns=columns)


def curve(moments=40):
    table = pd.DataFrame({"curve": ["a moment", "smoothed curve"], "moments": moments})
    values = {
        "not scored": 5,
        "animals": 6,
        "coverage": 0.79,
        "coverage low": 0.7,
        "coverage high": 0.88,
        "width": 0.94,
        "mae": 0.31,
    }
    return table.assign(**(values if moments else dict.fromkeys(values, NAN)))


def likeness():
    table = pd.DataFrame({"experiment": ["EXP1", "EXP2", "false alarms"], "camera": ["top", "top", NAN]})
    return table.assign(told=["yes", NAN, "0.083"])


def write_tables(folder: Path) -> dict[str, str]:
    paths = {}
    for name, table in (("agreement", agreement()), ("curve", curve()), ("likeness", likeness())):
        paths[name] = str(folder / f"{name}.csv")
        table.to_csv(paths[name], index=False)
    return paths


def card(about=None, networks=2, guide=MGS_GUIDE, table=None, curves=None):
    about = FIELDS | {"versions": {"squint": "1.2"}} | (about or {})
    table = (agreement() if table is None else table).set_index("who")
    return write_card(TEMPLATE, about, networks, guide, table, curve() if curves is None else curves)


def test_the_card_tells_what_the_scorer_earned():
    text = card()
    for words in (
        "# good: a scorer of the Mouse Grimace Scale",
        "2 networks of one kind, each trained without the animals that its fold leaves out",
        "orbital tightening, ear position, nose bulge, cheek bulge and whisker change, from 0 to 2",
        "Made with Squint 1.2 (its licence: LICENSE). Licence of the scorer: MIT.",
        "Crops of 64 px; recordings with up to 6 cameras.",
        "On 6 animals that the networks which scored them had never seen (300 moments)",
        "| Pearson's r | 0.77 (0.65 to 0.85) | – |",
        "| mean absolute error | 0.23 (0.20 to 0.27) | 0.45 (0.40 to 0.50) |",
        "| an animal's mean score is off by | −0.12 to +0.18 | −0.50 to +0.55 |",
        "should hold 80 % of an expert's scores",
        "| smoothed curve | 40 | 5 | 79 % (70 to 88) | 0.94 | 0.31 |",
        "called 5 % unlike its training data",
        "- Left out in turn: ada and bob.",
        "- Trained on: cat.",
        "- Training was stopped by: dan.",
    ):
        assert words in text, words
    assert "simulated" not in text


def test_the_card_of_simulated_recordings_says_so_first():
    assert "**It was made from simulated recordings" in card({"simulated": True}).split("##")[0]


def test_the_card_tells_another_scale_and_a_single_camera():
    text = card({"scale": WHOLE_ORBITAL, "most_cameras": 1}, guide=ORBITAL_GUIDE)
    assert f"a scorer of the {ORBITAL_GUIDE.name}" in text and "from 0 to 9" in text
    assert "recordings with 1 camera." in text


def test_the_card_counts_networks_and_not_animals():
    text = card({"animals": FIELDS["animals"] | {"rotate": ["ada", "bob", "eve"]}}, networks=1)
    assert "1 network of one kind" in text and "ada, bob and eve" in text


def test_the_card_of_a_scorer_without_a_licence_says_so():
    assert "Licence of the scorer: none was given, so ask who made it." in card({"licence": ""})


def test_the_card_of_curves_that_nobody_could_judge_has_dashes():
    assert "| a moment | 0 | – | – % (– to –) | – | – |" in card(curves=curve(moments=0))


@pytest.mark.parametrize("missing", ["train", "validate"])
def test_the_card_names_no_animals_where_there_are_none(missing):
    text = card({"animals": FIELDS["animals"] | {missing: []}})
    assert ": .\n" not in text, "a list of nobody"


def test_what_is_earned_is_plain_data_that_the_summary_can_tell():
    metrics = earned(agreement().set_index("who"), curve(), likeness())
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    assert metrics["scorer"]["r"] == 0.77 and metrics["constant"]["r"] is None
    assert "network" not in metrics["scorer"]
    assert metrics["smoothed curve"]["coverage"] == 0.79
    assert metrics["false alarms"] == {"share": 0.083}
    told = tell_given(metrics, "mine.squint", 0.95)
    assert "The scorer (mine.squint) was made elsewhere. On 6 animals" in told
    assert "r = 0.77 (0.65 to 0.85)" in told and "a constant by 0.45 (0.40 to 0.50)" in told
    assert "off by −0.12 to +0.18" in tell_given_bias(metrics)


def test_a_share_of_false_alarms_that_is_not_defined_is_none():
    table = likeness().assign(told=[NAN, NAN, "nan"])
    assert earned(agreement().set_index("who"), curve(), table)["false alarms"] == {"share": None}


def test_the_stand_ins_of_other_tests_are_like_what_is_earned():
    metrics = earned(agreement().set_index("who"), curve(), likeness())
    assert set(METRICS) <= set(metrics)
    assert all(set(values) <= set(metrics[name]) for name, values in METRICS.items())


def network(keras, number):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.set_weights([np.full((2, 1), number), np.zeros(1)])
    return model


@pytest.fixture
def packed(keras, tmp_path):
    """A packed scorer of eleven networks and one extractor, its card, and the likeness of each fold."""
    files = [tmp_path / f"LOSOCV-{number}.h5" for number in range(1, 12)]
    for number, path in enumerate(files, start=1):
        path.write_text(f"likeness {number}")
    (tmp_path / "shipped.tflite").write_bytes(b"detector")
    extractor = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    pack_scorer(
        str(tmp_path / "good.squint"),
        str(tmp_path / "MODEL_CARD.md"),
        TEMPLATE,
        Scorer(FIELDS["settings"], [network(keras, number) for number in range(1, 12)], [extractor]),
        list(map(str, files)),
        str(tmp_path / "shipped.tflite"),
        str(ROOT / "LICENSE"),
        write_tables(tmp_path),
        ABOUT,
    )
    return tmp_path / "good.squint", extractor


def test_all_that_was_packed_is_there_in_the_order_of_the_folds(packed):
    path, extractor = packed
    with unpacked(str(path)) as parts:
        scorer = load_packed(parts.about.settings, parts.networks, parts.extractors, 1)
        weights = [float(network.get_weights()[0][0, 0]) for network in scorer.networks]
        assert weights == list(range(1, 12))
        assert np.array_equal(scorer.extractors[0].get_weights()[0], extractor.get_weights()[0])
        assert [file.read_text() for file in parts.likeness] == [f"likeness {number}" for number in range(1, 12)]
        assert parts.detector.read_bytes() == b"detector"
        assert (parts.detector.parent / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
        inside = (parts.detector.parent / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert inside == (path.parent / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_a_packed_scorer_tells_what_it_is(packed):
    about = read_about(str(packed[0]))
    assert {name: getattr(about, name) for name in ABOUT} == ABOUT
    assert about.versions["squint"] == squint.__version__ and "keras" in about.versions
    assert about.metrics == earned(agreement().set_index("who"), curve(), likeness())


def test_models_are_numbered_as_they_come(keras, tmp_path):
    parts = save_models(Scorer({}, [network(keras, 1), network(keras, 2)], []), tmp_path)
    assert list(parts) == ["networks/1.keras", "networks/2.keras"]
    assert all(path.is_file() and path.parent == tmp_path for path in parts.values())
