"""Features are written part by part, once an image, and only finite numbers."""

import h5py
import numpy as np
import pytest

from scripts.networks.extract_features import write_features
from squint.errors import InputError


class Doubling:
    """Stands in for a backbone: says twice the mean of each image, as Keras's models do."""

    output_shape = (None, 1)

    def predict_on_batch(self, images):
        return 2 * images.mean(axis=(1, 2, 3))[:, None]


@pytest.mark.parametrize(("half", "dtype"), [(False, np.float32), (True, np.float16)])
def test_each_image_has_its_features_in_its_place(tmp_path, half, dtype):
    images = np.random.default_rng(1).integers(0, 256, (150, 4, 4, 3), np.uint8)
    write_features(tmp_path / "deep" / "x.h5", Doubling(), images, half)
    with h5py.File(tmp_path / "deep" / "x.h5") as file:
        assert file["features"].dtype == dtype
        assert file["features"][:, 0] == pytest.approx(2 * images.mean(axis=(1, 2, 3)), rel=1e-3)


def test_no_images_give_no_features(tmp_path):
    write_features(tmp_path / "x.h5", Doubling(), np.empty((0, 4, 4, 3), np.uint8), False)
    with h5py.File(tmp_path / "x.h5") as file:
        assert file["features"].shape == (0, 1)


def test_features_that_half_precision_cannot_hold_are_an_input_error(tmp_path):
    class Huge(Doubling):
        def predict_on_batch(self, images):
            return 1e6 * super().predict_on_batch(images)

    images = np.full((3, 4, 4, 3), 90, np.uint8)
    with pytest.raises(InputError, match="half_precision_features: false"):
        write_features(tmp_path / "x.h5", Huge(), images, True)
    write_features(tmp_path / "x.h5", Huge(), images, False)
