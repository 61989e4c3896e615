"""The labels of samples: scores and action units of the moments that they are of."""

import numpy as np
import pandas as pd

from squint.domain.scale import ACTION_UNITS

MOMENT = ["experiment", "item"]
UNIT_COLUMNS = [f"score_{unit}" for unit in ACTION_UNITS]
SCORED = ["score", *UNIT_COLUMNS]


def shuffle_labels(table: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """`table` with the labels dealt out anew among its moments: all crops of a moment get those of one other."""
    moments = table.groupby(MOMENT)[SCORED].first()
    dealt = moments.iloc[generator.permutation(len(moments))].set_axis(moments.index)
    shuffled = dealt.loc[pd.MultiIndex.from_frame(table[MOMENT])]
    return table.assign(**{column: shuffled[column].to_numpy() for column in SCORED})
