import numpy as np
import pytest

from squint.domain.regions import CLASSES
from squint.models.unet import build_unet, segmentation_loss


@pytest.mark.parametrize(("width", "depth"), [(2, 1), (3, 2)])
def test_each_pixel_has_a_probability_of_each_class(keras, width, depth):
    model = build_unet(keras, width, depth, 12, 16)
    said = model(np.random.default_rng(0).uniform(0, 255, (2, 12, 16, 1)).astype(np.float32)).numpy()
    assert said.shape == (2, 12, 16, len(CLASSES)) and np.allclose(said.sum(axis=-1), 1, atol=1e-5)
    channels = [model.get_layer(f"down_{level}_1").filters for level in range(depth)]
    assert channels == [width << level for level in range(depth)]
    assert model.get_layer("bottom_1").filters == width << depth


def test_shortcuts_join_levels_of_one_size(keras):
    model = build_unet(keras, 2, 2, 12, 16)
    for level in (0, 1):
        joined = model.get_layer(f"shortcut_{level}").output.shape
        assert joined[1:3] == model.get_layer(f"down_{level}_2").output.shape[1:3]
        assert joined[3] == 2 * (2 << level)


def plain_loss(target: np.ndarray, predicted: np.ndarray, weights: list[float]) -> float:
    """The loss, a plain transcription."""
    entropy, dice = 0.0, 0.0
    for value, weight in enumerate(weights):
        truth, said = target == value, predicted[..., value]
        entropy -= weight * np.log(said[truth]).sum() / target.size
        dice += (2 * said[truth].sum() + 1) / (truth.sum() + said.sum() + 1) / len(weights)
    return entropy + 1 - dice


def test_the_loss_is_weighted_entropy_and_dice(keras):
    generator = np.random.default_rng(1)
    target = generator.integers(0, 4, (2, 5, 6)).astype(np.uint8)
    predicted = generator.dirichlet(np.ones(4), (2, 5, 6)).astype(np.float32)
    weights = [1.0, 1.0, 2.0, 4.0]
    assert float(segmentation_loss(keras, weights)(target, predicted)) == pytest.approx(
        plain_loss(target, predicted, weights), rel=1e-4
    )


def test_what_is_right_costs_next_to_nothing(keras):
    target = np.random.default_rng(2).integers(0, 4, (1, 8, 8)).astype(np.uint8)
    right = np.eye(4, dtype=np.float32)[target]
    loss = segmentation_loss(keras, [1, 1, 2, 4])
    assert float(loss(target, right)) < 0.01 < float(loss(target, np.full_like(right, 0.25)))
