"""The form of predictions: one row an image, and one a moment where a network sees all its views together."""

import pandas as pd

# Columns of a fold that go with its predictions.
CARRIED = ["experiment", "itemno", "camno", "synch_frame", "video_frame", "score"]
# Columns of predictions that say of what image they are.
KEY_COLUMNS = ["experiment", "item", "camera", "synch_frame", "video_frame"]
ALL_VIEWS = 0  # the camera of a row that tells what was said of all views together


def write_predictions(path: str, table: pd.DataFrame, said: pd.DataFrame) -> None:
    """Write recording, item, camera (0: all views), frames, expert's score, `prediction` and what else was `said`."""
    carried = table[CARRIED].rename(columns={"itemno": "item", "camno": "camera"}).reset_index(drop=True)
    pd.concat([carried, said.reset_index(drop=True)], axis=1).to_parquet(path, index=False)
