"""The blinded scoring sheet of one recording: its columns, and the keys of its items."""

import hashlib

import pandas as pd

from scripts.grimace import ACTION_UNITS

SCORE_COLUMNS = ["item", "key", "coder", *ACTION_UNITS, "bad_image", "done", "scored_at"]


def item_keys(moments: pd.DataFrame) -> pd.Series:
    """An opaque key for each item, from all that it shows; it tells whether scores answer this very sheet."""

    def key(frames: pd.DataFrame) -> str:
        shown = [frames.name, *frames.sort_values("camera")[["camera", "frame_num"]].to_numpy().ravel()]
        return hashlib.sha256("/".join(map(str, shown)).encode()).hexdigest()[:8]

    return moments.groupby("item")[["camera", "frame_num"]].apply(key).rename("key")


def write_sheet(moments_path: str, sheet_path: str) -> None:
    """Write one row an item with empty score columns; nothing in it tells time, order or duplicates."""
    keys = item_keys(pd.read_parquet(moments_path))
    keys.reset_index().reindex(columns=SCORE_COLUMNS).to_csv(sheet_path, index=False)
