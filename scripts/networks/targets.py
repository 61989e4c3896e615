"""What a network is trained to say of a moment."""

import numpy as np
import pandas as pd

from scripts.balanced import class_of

MOMENT = ["experiment", "itemno"]


def shuffle_scores(table: pd.DataFrame, generator: np.random.Generator) -> np.ndarray:
    """Scores dealt out anew among the moments of `table`, shape (rows,): all crops of a moment get one score."""
    moments = table.groupby(MOMENT).score.first()
    dealt = pd.Series(generator.permutation(moments.to_numpy()), moments.index)
    return dealt.loc[pd.MultiIndex.from_frame(table[MOMENT])].to_numpy()


def pain_labels(scores: np.ndarray, gap: tuple[float, float]) -> np.ndarray:
    """1 for pain (scores of `gap[1]` or more), 0 for no pain (below `gap[0]`), NaN between (thesis, 5.5.2.7)."""
    scores = np.asarray(scores, float)
    return np.where(scores >= gap[1], 1.0, np.where(scores < gap[0], 0.0, np.nan))


def training_classes(scores: np.ndarray, settings: dict) -> np.ndarray:
    """The class of each score for the balanced generator: its score range, or pain and no pain."""
    if settings["output"] == "binary":
        return pain_labels(scores, settings["gap"]).astype(int)
    return class_of(scores, np.array(settings["bins"]))
