"""How an expert’s scores of duplicated moments differ, and the loss that this selects (thesis, 4.8.4)."""

import numpy as np
import pandas as pd

# RMSE/MAE of a normal distribution is 1.25; 10 % above it, outliers dominate and MAE is the fairer loss.
RATIO_LIMIT = 1.375


def duplicate_pairs(scored: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The items that one coder accepted twice, shown first and shown again, in the same order."""
    accepted = scored[scored.accepted]
    later = accepted[accepted.duplicate_of > 0]
    first = accepted.set_index(["coder", "item"])
    keys = pd.MultiIndex.from_frame(later[["coder", "duplicate_of"]])
    both = keys.isin(first.index)
    return first.loc[keys[both]].reset_index(), later[both].reset_index(drop=True)


def duplicate_differences(scored: pd.DataFrame) -> np.ndarray:
    """Differences of the mean scores of duplicated moments that were accepted twice, shape (pairs,)."""
    first, later = duplicate_pairs(scored)
    return later.score.to_numpy() - first.score.to_numpy()


def choose_loss(differences: np.ndarray) -> dict:
    """MAE and RMSE of `differences`, their ratio, and the loss: `mse` below 1.375, else `mae`.

    Where there are no pairs or they never differ the ratio is undefined and the thesis's own choice, MAE, is taken.
    """
    mae = float(np.mean(np.abs(differences))) if len(differences) else float("nan")
    rmse = float(np.sqrt(np.mean(differences**2))) if len(differences) else float("nan")
    ratio = rmse / mae if mae > 0 else None
    return {
        "pairs": len(differences),
        "mae": mae if len(differences) else None,
        "rmse": rmse if len(differences) else None,
        "ratio": ratio,
        "loss": "mse" if ratio is not None and ratio < RATIO_LIMIT else "mae",
    }
