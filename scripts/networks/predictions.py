"""The form of predictions: one row an image."""

import numpy as np
import pandas as pd

# Columns of a fold that go with its predictions.
CARRIED = ["experiment", "itemno", "camno", "synch_frame", "video_frame", "score"]


def write_predictions(path: str, table: pd.DataFrame, predictions: np.ndarray) -> None:
    """Write one row an image: recording, item, camera, frames, expert's score, prediction."""
    table[CARRIED].rename(columns={"itemno": "item", "camno": "camera"}).assign(
        prediction=predictions.astype(float)
    ).to_parquet(path, index=False)
