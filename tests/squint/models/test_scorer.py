"""A scorer asks the networks of all folds, each by the features of its own backbone, or of the one they share."""

import numpy as np
import pytest

from squint.models.networks import build_head, build_network
from squint.models.scorer import Said, Scorer, join_said, load_packed, load_scorer
from tests.scales import ORBITAL, SCALE

ONE = {"output": "regression", "views": "one", "scale": SCALE}
ALL = ONE | {"views": "all"}
CROPS = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((4, 4, 3), np.uint8)
SETS = np.array([[0, 1, -1, -1, -1, -1], [4, 2, 3, -1, -1, -1]])


class Stand:
    """Stands in for a model that says what a function makes of its inputs, (batch, values)."""

    output_shape = (None, 1)

    def __init__(self, function):
        self.predict_on_batch = function


def brightness(factor=1.0):
    """A network of single crops, or an extractor: the brightness of each picture times a factor."""
    return Stand(lambda crops: factor * crops.reshape(len(crops), -1).mean(axis=1)[:, None])


def plus(number):
    """A network over one feature."""
    return Stand(lambda features: features + number)


def sum_of_views():
    """A network of all views over one feature."""
    return Stand(lambda inputs: (inputs[0][..., 0] * inputs[1]).sum(axis=1)[:, None])


def asked(scorer, crops=CROPS, sets=SETS):
    """Predictions of crops, and of sets where networks see all views."""
    single, of_sets = scorer.score(scorer.inputs(crops), sets)
    return single.predictions, None if of_sets is None else of_sets.predictions


def test_networks_of_crops_see_the_crops():
    single, of_sets = asked(Scorer(ONE, [brightness(), brightness(2.0)], []))
    assert single.tolist() == [[0, 1, 2, 3, 4], [0, 2, 4, 6, 8]]
    assert of_sets is None


def test_networks_share_the_features_of_one_extractor():
    single, _ = asked(Scorer(ONE, [plus(0), plus(10)], [brightness(3.0)]))
    assert single.tolist() == [[0, 3, 6, 9, 12], [10, 13, 16, 19, 22]]


def test_each_network_has_the_features_of_its_own_extractor():
    single, _ = asked(Scorer(ONE, [plus(0), plus(10)], [brightness(1.0), brightness(3.0)]))
    assert single.tolist() == [[0, 1, 2, 3, 4], [10, 13, 16, 19, 22]]


def test_networks_of_all_views_say_something_of_crops_and_of_sets():
    single, of_sets = asked(Scorer(ALL, [sum_of_views()] * 2, [brightness()]))
    assert single.tolist() == [[0, 1, 2, 3, 4]] * 2
    assert of_sets.tolist() == [[1, 9]] * 2


@pytest.mark.parametrize("views", [1, 2, 4, 8, 12])
def test_sets_of_any_number_of_views_are_scored(views):
    crops = np.arange(views + 1, dtype=np.uint8)[:, None, None, None] * np.ones((4, 4, 3), np.uint8)
    sets = np.array([[*range(1, views + 1)], [views, *[-1] * (views - 1)]])
    single, of_sets = asked(Scorer(ALL, [sum_of_views()], [brightness()]), crops, sets)
    assert single.tolist() == [list(range(views + 1))]
    assert of_sets.tolist() == [[views * (views + 1) / 2, views]]


def test_what_is_said_is_read_as_a_score():
    certain = Stand(lambda crops: np.repeat([[1.0] * 7 + [0.0] * 13], len(crops), axis=0))
    single, _ = asked(Scorer(ONE | {"output": "distribution"}, [certain], []))
    assert single[0] == pytest.approx([0.7] * 5)
    single, _ = asked(Scorer(ONE | {"output": "distribution", "scale": ORBITAL.values}, [certain], []))
    assert single[0] == pytest.approx([7 * 9 / 20] * 5)


SETTINGS = ONE | {
    "backbone": "compact",
    "weights": "none",
    "normalisation": "none",
    "head": [],
    "dropout": 0.0,
    "precision": "float32",
    "trainable": True,
}
PICTURES = np.random.default_rng(1).integers(0, 256, (4, 16, 16, 3), np.uint8)


def saved(folder, *models):
    paths = [str(folder / f"{number}.keras") for number in range(len(models))]
    for model, path in zip(models, paths, strict=True):
        model.save(path)
    return paths


def test_trained_networks_are_read_and_see_crops(keras, tmp_path):
    networks = [build_network(keras, SETTINGS, 16, None) for _ in range(2)]
    scorer = load_scorer(SETTINGS, 16, saved(tmp_path, *networks), [], [], 1, 1)
    assert scorer.extractors == []
    single, _ = asked(scorer, PICTURES)
    expected = [np.asarray(network(PICTURES.astype(np.float32)))[:, 0] for network in networks]
    assert single == pytest.approx(np.array(expected), abs=1e-4)
    assert not np.allclose(single[0], single[1], atol=1e-3)


FROZEN = SETTINGS | {"trainable": False}


def heads(keras, folder, count=2):
    return saved(folder, *[build_head(keras, FROZEN, (96,), 1.0) for _ in range(count)])


def test_networks_that_share_a_frozen_backbone_have_one_extractor_of_seeded_weights(keras, tmp_path):
    models = heads(keras, tmp_path)
    one, again, other = (load_scorer(FROZEN, 16, models, [], [], seed, 1) for seed in (1, 1, 2))
    assert [len(scorer.extractors) for scorer in (one, again, other)] == [1, 1, 1]
    weights = [scorer.extractors[0].get_weights() for scorer in (one, again, other)]
    assert all(np.array_equal(a, b) for a, b in zip(weights[0], weights[1], strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(weights[0], weights[2], strict=True))


def test_each_fold_has_the_backbone_of_its_source(keras, tmp_path):
    models = heads(keras, tmp_path)
    (tmp_path / "sources").mkdir()
    networks = [build_network(keras, SETTINGS, 16, None) for _ in range(2)]
    scorer = load_scorer(FROZEN, 16, models, saved(tmp_path / "sources", *networks), [], 1, 1)
    assert len(scorer.extractors) == 2
    for model, network in zip(scorer.extractors, networks, strict=True):
        stored = network.get_layer("compact").get_layer("conv_1").get_weights()[0]
        assert np.array_equal(model.get_layer("compact").get_layer("conv_1").get_weights()[0], stored)


def test_each_fold_has_its_own_mean_before_the_same_backbone(keras, tmp_path):
    means = [np.array([10.0, 20.0, 30.0]), np.array([40.0, 50.0, 60.0])]
    scorer = load_scorer(
        FROZEN | {"normalisation": "dataset"}, 16, heads(keras, tmp_path), [], means, seed=1, threads=1
    )
    offsets = [model.get_layer("normalise").offset for model in scorer.extractors]
    assert np.array(offsets) == pytest.approx(-np.array(means))
    first, second = (model.get_layer("compact").get_weights() for model in scorer.extractors)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_features_are_those_of_the_extractors_or_of_each_trained_backbone(keras):
    frozen = Scorer(ONE, [plus(0)] * 2, [brightness(1.0), brightness(2.0)])
    inputs = frozen.inputs(CROPS)
    assert frozen.features(CROPS, inputs) is inputs
    networks = [build_network(keras, SETTINGS, 16, None) for _ in range(2)]
    trained = Scorer(SETTINGS, networks, [])
    inputs = trained.inputs(PICTURES)
    assert len(inputs) == 1 and inputs[0] is PICTURES
    found = trained.features(PICTURES, inputs)
    assert [features.shape for features in found] == [(4, 96)] * 2
    assert not np.allclose(found[0], found[1], atol=1e-3)


def test_no_crops_have_no_features():
    scorer = Scorer(ONE, [plus(0)], [brightness()])
    assert scorer.inputs(CROPS[:0])[0].shape == (0, 1)


@pytest.mark.parametrize("views", ["one", "all"])
def test_nothing_is_said_of_no_items(views):
    networks = [plus(0) if views == "one" else sum_of_views()] * 2
    scorer = Scorer(ONE | {"views": views}, networks, [brightness()])
    single, of_sets = scorer.score(scorer.inputs(CROPS), np.full((0, 2), -1))
    assert single.predictions.shape == (2, 5)
    assert of_sets is None if views == "one" else of_sets.predictions.shape == (2, 0)


def test_how_probable_higher_scores_are_is_the_mean_over_the_networks():
    certain, doubtful = (
        Stand(lambda crops, row=row: np.repeat([row], len(crops), axis=0)) for row in ([1.0] * 20, [0.5] * 20)
    )
    said, _ = Scorer(ONE | {"output": "distribution"}, [certain, doubtful], []).score([CROPS], SETS)
    assert said.above.shape == (5, 20) and np.unique(said.above).tolist() == [0.75]
    plain, _ = Scorer(ONE, [brightness()], []).score([CROPS], SETS)
    assert plain.above is None


def test_what_is_said_of_parts_is_joined_and_taken_apart_again():
    generator = np.random.default_rng(1)
    whole = Said(generator.random((2, 7)), generator.random((7, 20)))
    parts = [whole.take(np.arange(3)), whole.take(np.arange(3, 3)), whole.take(np.arange(3, 7))]
    joined = join_said(parts)
    assert np.array_equal(joined.predictions, whole.predictions) and np.array_equal(joined.above, whole.above)
    assert join_said([Said(np.zeros((2, 3)), None)] * 2).above is None
    assert whole.take(np.array([6, 0])).predictions.tolist() == whole.predictions[:, [6, 0]].tolist()


def test_a_packed_scorer_says_what_it_said_before(keras, tmp_path):
    models = heads(keras, tmp_path)
    before = load_scorer(FROZEN, 16, models, [], [], seed=1, threads=1)
    before.extractors[0].save(tmp_path / "extractor.keras")
    after = load_packed(FROZEN, models, [str(tmp_path / "extractor.keras")], 1)
    assert asked(after, PICTURES)[0] == pytest.approx(asked(before, PICTURES)[0], abs=1e-6)
