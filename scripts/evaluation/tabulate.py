"""Reading tables made from the tidy metrics, in the form of the thesis's tables."""

import pandas as pd

# Names of the four tests of the thesis (5.5.1): -B is balanced.
TESTS = ["ORGN", "ORGN-B", "CORR", "CORR-B"]


def read_metrics(path: str) -> pd.DataFrame:
    """The tidy metrics with the thesis's name of each test in `test`."""
    table = pd.read_csv(path, dtype={"fold": str})
    table["test"] = table.test + table.balanced.map({True: "-B", False: ""})
    return table


def spread_tests(metrics: pd.DataFrame) -> pd.DataFrame:
    """One row a network, metric and fold; for each test its value and, behind it, its interval."""
    index = ["network", "metric", "fold"]
    order = metrics[index].drop_duplicates()
    wide = metrics.pivot(index=index, columns="test", values=["value", "low", "high"])
    columns = {}
    for test in [name for name in TESTS if name in set(metrics.test)]:
        columns[test] = wide["value"][test]
        columns[f"{test} low"] = wide["low"][test]
        columns[f"{test} high"] = wide["high"][test]
    return pd.DataFrame(columns).loc[pd.MultiIndex.from_frame(order)].reset_index()


def write_table(table: pd.DataFrame, path: str) -> None:
    """Write a table with three decimals, as in the thesis."""
    table.to_csv(path, index=False, float_format="%.3f")
