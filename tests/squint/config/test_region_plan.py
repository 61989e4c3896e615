import copy

import pytest
import yaml

from squint.config.region_plan import make_region_plan
from squint.errors import InputError
from tests.conftest import ROOT
from tests.lab import laid_over

LIVE = laid_over(
    yaml.safe_load((ROOT / "config.yaml").read_text()), yaml.safe_load((ROOT / "configs" / "live.yaml").read_text())
)


def plan(**changes):
    config = laid_over(copy.deepcopy(LIVE), {"scale": str(ROOT / "scales" / "orbital_tightening.yaml")} | changes)
    return make_region_plan(config, [], str(ROOT / "configs" / "live.tsv"))


def test_each_animal_is_held_out_by_one_fold_and_none_by_all():
    ours = plan()
    held_out = [ours.held_out(fold) for fold in ours.segmentation_folds]
    assert sorted(animal for fold in held_out for animal in fold) == sorted(ours.animals) and len(ours.animals) == 12
    assert ours.held_out("all") == []
    for name in ours.learning:
        for animal, model in zip(ours.racks[name].animals, ours.held_out_models(name), strict=True):
            assert animal in ours.held_out(model.removeprefix("results/segmentation/").removesuffix(".tflite"))


def test_networks_that_need_an_archive_are_left_out_without_one():
    assert "eye_cifar10" not in plan().networks
    with_archive = plan(regions={"eyes": {"pretraining_archive": "cifar-10-binary.tar.gz"}})
    assert with_archive.start_weights("eye_cifar10") == ["results/eyes/pretrained/cifar10-1.weights.h5"]
    assert plan().start_weights("units") == ["results/eyes/pretrained/digits-3.weights.h5"]
    assert plan().start_weights("eye") == []


def test_the_control_is_the_network_on_shuffled_scores():
    ours = plan()
    assert ours.trained[-1] == "eye_digits_shuffled" and ours.is_control("eye_digits_shuffled")
    assert ours.network("eye_digits_shuffled") == ours.network("eye_digits")


def test_what_a_curve_is_judged_by_is_on_the_scale():
    assert plan().threshold == 2.25 and plan(regions={"curves": {"threshold": 4}}).threshold == 4
    assert plan().manner() == {"window_s": 2, "closed": 6.75, "blink_s": 0.5, "highest": 9}


def test_a_simulated_rack_is_rendered_from_plain_data():
    values = plan().simulation("RACK1")
    assert yaml.safe_load(yaml.safe_dump(values)) == values and len(values["boxes"]) == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"experiments": "experiments.tsv"}, "a run of regions alone"),
        ({"scorer": "scorer.squint"}, "a run of regions alone"),
        ({"pictures": {"sheet": "pictures.csv"}}, "a run of regions alone"),
        ({"scale": str(ROOT / "scales" / "mouse_grimace.yaml")}, "a `scale` of one unit"),
        ({"regions": {"size": [480, 350]}}, "of multiples of 24 px"),
        ({"regions": {"segmentation": {"folds": 13}}}, "at least 13 animals"),
        ({"regions": {"eyes": {"scorer": "eye_digts"}}}, "did you mean 'eye_digits'"),
        ({"regions": {"eyes": {"control": "eye_cifar10"}}}, "`pretraining_archive` is missing"),
        ({"regions": {"eyes": {"compared": ["eye", "noses"]}}}, "'noses'"),
        ({"regions": {"curves": {"threshold": 9}}}, "below the highest score"),
        ({"regions": {"channel": "rot"}}, "channel"),
        ({"regions": {"eyes": {"networks": {"eye": {"patches": ["tail"], "pretraining": "none"}}}}}, "tail"),
    ],
)
def test_values_that_do_not_go_together_are_told(changes, words):
    with pytest.raises(InputError) as caught:
        plan(**changes)
    assert words in str(caught.value)
