"""The tidy metrics: one row a network, fold, view, test and metric, from predictions or typed in from elsewhere."""

import pandas as pd

from squint.errors import InputError
from squint.files.result_tables import read_table

# What tells rows of different things apart.
KEYS = ["network", "view", "test", "discarded", "metric"]
REQUIRED = ["network", "fold", "view", "test", "metric", "value"]
MEAN = "mean"


def read_metrics(paths: list[str]) -> pd.DataFrame:
    """Tidy metrics of some files in one table, with the thesis's name of each test (5.5.1): -B is balanced.

    Files typed in from elsewhere may leave out `low`, `high`, `balanced` and `discarded`. Raises InputError for other
    missing columns, and for a file that is cut.
    """
    tables = []
    for path in paths:
        table = read_table(path, dtype={"fold": str, "discarded": str})
        missing = [column for column in REQUIRED if column not in table]
        if missing:
            raise InputError(path, f"the columns {', '.join(REQUIRED)}", f"no column {missing[0]!r}", "add it")
        for column, empty in (("low", float("nan")), ("high", float("nan")), ("balanced", False), ("discarded", "")):
            table[column] = table.get(column, pd.Series(empty, table.index))
        table["discarded"] = table.discarded.fillna("")
        table["test"] = table.test + table.balanced.astype(bool).map({True: "-B", False: ""})
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def with_means(metrics: pd.DataFrame) -> pd.DataFrame:
    """`metrics` whose rows of fold `mean` hold the means of the folds' values; intervals are those measured, if any."""
    folds = metrics[metrics.fold.str.isdecimal()]
    means = folds.groupby(KEYS, sort=False, as_index=False).value.mean().assign(fold=MEAN)
    measured = metrics.loc[metrics.fold == MEAN, [*KEYS, "low", "high"]]
    means = means.merge(measured, on=KEYS, how="left")
    return pd.concat([metrics[metrics.fold != MEAN], means], ignore_index=True)
