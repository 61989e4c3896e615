"""Multi-camera predictions of all folds in one table."""

import pandas as pd

from scripts.evaluation.metrics import merge_views


def read_moments(paths: list[str]) -> pd.DataFrame:
    """One row a test moment: `fold` (from 1, in the order of `paths`), `experiment`, `item`, `score`, `prediction`."""
    return pd.concat(
        [merge_views(pd.read_parquet(path)).assign(fold=fold) for fold, path in enumerate(paths, start=1)],
        ignore_index=True,
    )
