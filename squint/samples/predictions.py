"""The form of predictions: one row an image, and one a moment where a network sees all its views together."""

import pandas as pd

from squint.domain.rig import ALL_CAMERAS

# Columns of predictions that say of what image they are; with the score they are those of the fold.
KEY_COLUMNS = ["experiment", "item", "camera", "sync_index", "frame_num"]
ALL_VIEWS = ALL_CAMERAS  # the camera of a row that holds the outputs for all views together


def write_predictions(path: str, table: pd.DataFrame, outputs: pd.DataFrame) -> None:
    """Write recording, item, camera (or ALL_VIEWS), frames, expert's score, `prediction` and other `outputs`."""
    carried = table[[*KEY_COLUMNS, "score"]].reset_index(drop=True)
    pd.concat([carried, outputs.reset_index(drop=True)], axis=1).to_parquet(path, index=False)
