import numpy as np
import pytest

from squint.errors import InputError
from squint.models.litert import LiteNetwork
from squint.models.unet import build_unet


def test_a_network_says_under_litert_what_it_says_in_keras(keras, tmp_path):
    model = build_unet(keras, 2, 1, 8, 12)
    model.export(str(tmp_path / "net.tflite"), format="litert", verbose=False)
    network = LiteNetwork(tmp_path / "net.tflite")
    pictures = np.random.default_rng(0).uniform(0, 255, (3, 8, 12, 1)).astype(np.float32)
    assert network.shape == (8, 12, 1)
    said = np.stack([network(picture) for picture in pictures])
    assert np.allclose(said, np.asarray(model(pictures)), atol=1e-4)
    assert np.array_equal(LiteNetwork((tmp_path / "net.tflite").read_bytes())(pictures[1]), said[1])


@pytest.mark.parametrize("content", [b"", b"no network", None])
def test_what_is_no_network_is_told(tmp_path, content):
    path = tmp_path / "net.tflite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="a network for LiteRT"):
        LiteNetwork(path)
