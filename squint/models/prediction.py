"""What a trained network says of many samples."""

import numpy as np

from squint.models.backend import apply_model
from squint.samples.views import read_inputs


def predict(model, inputs, items: np.ndarray) -> np.ndarray:
    """The network's outputs (n, values) for `items` (see read_inputs) of `inputs`, which may stand on disk."""
    parts = list(apply_model(model, lambda some: read_inputs(inputs, some), items))
    return np.concatenate(parts) if parts else np.empty((0, *model.output_shape[1:]), np.float32)
