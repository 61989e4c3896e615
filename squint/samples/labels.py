"""The labels of samples: scores, and units of the scale, of the moments that they are of."""

import numpy as np
import pandas as pd

MOMENT = ["experiment", "item"]


def label_columns(table: pd.DataFrame) -> list[str]:
    """The columns of samples that hold their labels: the score, and a column for each unit of the scale."""
    return [column for column in table if column == "score" or column.startswith("score_")]


def shuffle_labels(table: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """`table` with the labels dealt out anew among its moments: all crops of a moment get those of one other."""
    labels = label_columns(table)
    moments = table.groupby(MOMENT)[labels].first()
    dealt = moments.iloc[generator.permutation(len(moments))].set_axis(moments.index)
    shuffled = dealt.loc[pd.MultiIndex.from_frame(table[MOMENT])]
    return table.assign(**{column: shuffled[column].to_numpy() for column in labels})
