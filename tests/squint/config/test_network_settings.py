"""Networks and studies are written out in full from what the config says."""

import copy
import inspect

import pandas as pd
import pytest
import yaml
from snakemake.utils import Paramspace, update_config

from squint.config.networks import constant_predictor_name, control_of, fill_network, read_study, vary
from squint.domain.naming import write_value
from squint.errors import InputError
from squint.models.backbones import APPLICATIONS
from squint.outputs import make_output
from tests.conftest import ROOT
from tests.scales import ORBITAL, SCALE

DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())
FULL = yaml.safe_load((ROOT / "configs" / "six_camera_tbi.yaml").read_text())


def name_instances(rows):
    return list(Paramspace(pd.DataFrame(rows), filename_params="*", filename_sep="__").instance_patterns)


def changed(**studies):
    return copy.deepcopy(DEFAULT) | {"studies": studies}


def test_a_network_takes_what_it_leaves_out_from_its_base_and_the_defaults():
    network = fill_network(DEFAULT, "compact_views")
    assert set(network) == {*DEFAULT["network_defaults"], "scale"}
    assert network["views"] == "all"  # its own
    assert network["weights"] == "compact_units"  # of compact_regression
    assert network["epochs"] == 4 and network["head"] == []  # its own, of compact_units
    assert network["slope"] == DEFAULT["network_defaults"]["slope"]
    assert network["scale"] == SCALE


def test_bins_and_gap_that_a_network_leaves_to_the_scale_are_the_scales():
    network = fill_network(DEFAULT, "compact_views")
    assert network["bins"] == [0, 0.5, 1, 1.5, 2] and network["gap"] == [0.5, 0.5]
    other = fill_network(copy.deepcopy(DEFAULT) | {"scale": "orbital_tightening"}, "compact_views")
    assert other["bins"] == [0, 2.25, 4.5, 6.75, 9] and other["gap"] == [2.25, 2.25]
    assert other["scale"] == ORBITAL.values
    assert fill_network(DEFAULT, "lite_classes")["bins"] == [0, 0.5, 1.5, 2.0]
    assert fill_network(DEFAULT, "lite_binary")["gap"] == [0.5, 1.0]


def test_a_study_may_vary_bins_and_leave_some_to_the_scale():
    config = changed(x={"base": "lite_regression", "folds": [1], "vary": {"bins": ["auto", [0, 1, 2]]}})
    variants = read_study(config, "x", name_instances).variants
    assert [values["bins"] for values in variants.values()] == [[0, 0.5, 1, 1.5, 2], [0, 1, 2]]
    assert list(variants) == ["x/bins~auto", "x/bins~0-1-2"]


def test_a_study_is_all_combinations_or_the_rows_that_are_given():
    assert vary({"slope": [0, 1], "head": [[8], []]}) == [
        {"slope": 0, "head": [8]},
        {"slope": 0, "head": []},
        {"slope": 1, "head": [8]},
        {"slope": 1, "head": []},
    ]
    rows = [{"decay": 0.0}, {"decay": 0.1}]
    assert vary(rows) == rows


def test_variants_are_named_by_their_values():
    varied = {"head": [[64], [128, 18]], "slope": [0.0, 0.1]}
    config = changed(heads={"base": "best_regression", "folds": "nearest", "vary": varied})
    study = read_study(config, "heads", name_instances)
    assert list(study.variants) == [
        "heads/head~64__slope~0",
        "heads/head~64__slope~0.1",
        "heads/head~128-18__slope~0",
        "heads/head~128-18__slope~0.1",
    ]
    variant = study.variants["heads/head~128-18__slope~0"]
    assert variant == fill_network(DEFAULT, "best_regression") | {"head": [128, 18], "slope": 0.0}


@pytest.mark.parametrize(
    ("value", "text"), [([256, 256], "256-256"), ([], "none"), (True, "yes"), (1e-05, "1e-05"), (0.0, "0"), ("a", "a")]
)
def test_values_are_written_as_names(value, text):
    assert write_value(value) == text


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ({"slope": [0.1, 0.1]}, "each variant once"),
        ([{"slope": 0.1}, {"decay": 0.1}], "rows with the same keys"),
        ({"gap": [[1.0, 0.5]]}, "a gap from a lower to a higher score, up to 2"),
        ({"gap": [[1.0, 2.5]]}, "a gap from a lower to a higher score, up to 2"),
        ({"bins": [[0, 1, 3]]}, "bins that rise from 0 to 2, the scale's highest score"),
        (
            [{"output": output, "monitor": "val_loss"} for output in ("regression", "binary")],
            "judged by the same metric",
        ),
    ],
)
def test_wrong_studies_are_input_errors(vary, message):
    config = changed(x={"base": "compact_units", "folds": "all", "vary": vary})
    with pytest.raises(InputError) as error:
        read_study(config, "x", name_instances)
    assert message in str(error.value)


def test_a_control_is_of_the_same_kind():
    config = copy.deepcopy(DEFAULT)
    config["networks"]["ranges"] = {"base": "compact_units", "output": "classes"}
    config["networks"]["others"] = {"base": "lite_classes", "bins": config["network_defaults"]["bins"]}
    config["evaluation"]["controls"] = ["compact_units", "others"]
    assert control_of("ranges", config) == "others_shuffled"


def test_backbones_are_those_of_keras():
    import keras

    found = {name for name, value in vars(keras.applications).items() if inspect.isfunction(value)}
    assert set(APPLICATIONS) == found


def test_the_full_study_laid_over_the_default_has_the_thesis_variants():
    config = copy.deepcopy(DEFAULT)
    update_config(config, FULL)
    sizes = {name: len(read_study(config, name, name_instances).variants) for name in config["evaluation"]["studies"]}
    assert sizes == {
        "backbones_regression": 8,
        "backbones_classes": 8,
        "normalisation": 4,
        "heads": 9,
        "rates": 15,
        "decay": 3,
    }


def test_a_control_is_the_nearest_one():
    assert control_of("compact_units", DEFAULT) == "compact_units_shuffled"
    assert control_of("compact_views", DEFAULT) == "compact_units_shuffled"  # of its base's base
    assert control_of("lite_binary", DEFAULT) == "lite_binary_shuffled"
    assert control_of("lite_regression", DEFAULT) == "compact_units_shuffled"  # the same kind of output


def test_constants_are_shared_by_networks_of_a_kind():
    names = [constant_predictor_name(DEFAULT, name) for name in ("compact_units", "lite_classes")]
    assert names == ["constant_regression", "constant_classes_0-0.5-1.5-2"]


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({"output": "units"}, 5),
        ({"output": "units", "scale": ORBITAL.values}, 1),
        ({"output": "distribution"}, 20),
        ({"output": "distribution", "scale": ORBITAL.values}, 20),
        ({"output": "classes", "bins": [0, 1, 2]}, 2),
        ({"output": "binary"}, 1),
    ],
)
def test_output_sizes(values, size):
    assert make_output({"bins": [0, 2], "scale": SCALE} | values).size == size


def test_an_unknown_base_is_told_with_the_network_that_has_it():
    config = copy.deepcopy(DEFAULT)
    config["networks"]["mine"] = {"base": "compact_unit"}
    with pytest.raises(InputError, match=r"networks\.mine\.base: a network: .*\n.*did you mean 'compact_units'"):
        fill_network(config, "mine")
