import h5py
import numpy as np
import pytest

from squint.domain.regions import PATCH
from squint.models.eye_network import CONVOLUTIONS, build_eye_network, export_folds
from squint.models.litert import LiteNetwork


def test_its_layers_are_those_of_table_1(keras):
    """Kopaczka et al., Table 1: sizes, strides, channels, activations, in their order."""
    model = build_eye_network(keras, 1)
    first, second = (model.get_layer(name) for name in CONVOLUTIONS)
    assert [(layer.kernel_size, layer.strides, layer.filters) for layer in (first, second)] == [
        ((5, 5), (1, 1), 6),
        ((5, 5), (1, 1), 16),
    ]
    assert {layer.activation.__name__ for layer in (first, second)} == {"relu"}
    pools = [model.get_layer(f"{name}_pool") for name in CONVOLUTIONS]
    assert [(pool.pool_size, pool.strides) for pool in pools] == [((2, 2), (2, 2))] * 2
    assert model.get_layer("pool").output.shape[1:3] == (5, 5) and model.get_layer("flatten").output.shape[1] == 400
    assert [model.get_layer(name).units for name in ("fc_1", "fc_2", "score")] == [120, 84, 1]
    assert [model.get_layer(name).activation.__name__ for name in ("fc_1", "fc_2", "score")] == ["linear"] * 3
    assert model.get_layer("dropout").rate == 0.25
    order = [layer.name for layer in model.layers]
    assert order[order.index("fc_1") :] == [
        *("fc_1", "fc_1_norm", "fc_1_relu", "dropout"),
        *("fc_2", "fc_2_norm", "fc_2_relu", "score"),
    ]
    weights = 25 * 6 + 6 + 25 * 6 * 16 + 16 + 400 * 120 + 120 + 120 * 84 + 84 + 84 + 1
    assert model.count_params() == weights + 4 * (120 + 84)


def test_the_average_of_cells_is_that_of_pytorch(keras):
    """AdaptiveAvgPool2d: cell i of 5 is the mean from floor(9 i / 5) to ceil(9 (i + 1) / 5)."""
    layer = keras.layers.AdaptiveAveragePooling2D(5)
    values = np.random.default_rng(0).normal(0, 1, (1, 9, 9, 2)).astype(np.float32)
    edges = [(9 * cell // 5, -(-9 * (cell + 1) // 5)) for cell in range(5)]
    expected = [[values[0, a:b, c:d].mean(axis=(0, 1)) for c, d in edges] for a, b in edges]
    assert np.allclose(np.asarray(layer(values))[0], expected, atol=1e-5)


def test_for_pre_training_it_tells_ten_classes_and_hands_on_its_convolutions(keras):
    learnt, model = build_eye_network(keras, 3, 10), build_eye_network(keras, 3)
    patches = np.random.default_rng(0).uniform(0, 255, (4, PATCH, PATCH, 3)).astype(np.float32)
    said = np.asarray(learnt(patches))
    assert said.shape == (4, 10) and np.allclose(said.sum(axis=1), 1, atol=1e-5)
    for name in CONVOLUTIONS:
        model.get_layer(name).set_weights(learnt.get_layer(name).get_weights())
    assert np.asarray(model(patches)).shape == (4, 1)


def test_networks_of_folds_are_exported_as_they_were_trained(keras, tmp_path):
    model, said = build_eye_network(keras, 1), {}
    patch = np.random.default_rng(0).uniform(0, 255, (PATCH, PATCH, 1)).astype(np.float32)
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        for fold in ("m1", "m2"):
            model.set_weights([values + 0.01 * len(said) for values in model.get_weights()])
            for number, values in enumerate(model.get_weights()):
                file[f"{fold}/{number:02d}"] = values
            said[fold] = float(np.asarray(model(patch[None]))[0, 0])
    exported = export_folds(keras, str(tmp_path / "weights.h5"), 1)
    assert {fold: float(LiteNetwork(content)(patch)[0]) for fold, content in exported.items()} == pytest.approx(
        said, abs=1e-3
    )
