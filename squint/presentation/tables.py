"""Tables in the form of the thesis's, from metrics."""

import pandas as pd

# Names of the tests, in the order of the columns: the thesis's four, and the validation subset that choices rest on.
TESTS = ["ORGN", "ORGN-B", "CORR", "CORR-B", "VALIDATION", "VALIDATION-B"]


def main_metric(metrics: pd.DataFrame) -> str:
    """The metric that a network is judged by: `mae` of scores, `accuracy` of labels."""
    return "mae" if "mae" in set(metrics.metric) else "accuracy"


def spread_tests(metrics: pd.DataFrame, index: list[str]) -> pd.DataFrame:
    """One row for each value of the columns `index`, in their order; for each test its value, low and high end.

    Folds come first and by their numbers, whichever the first test has.
    """
    order = metrics[index].drop_duplicates()
    if index == ["fold"]:
        numbers = pd.to_numeric(order.fold, errors="coerce")
        order = order.loc[numbers.sort_values(kind="stable", na_position="last").index]
    wide = metrics.pivot(index=index, columns="test", values=["value", "low", "high"])
    columns = {}
    for test in [name for name in TESTS if name in set(metrics.test)]:
        columns[test] = wide["value"][test]
        columns[f"{test} low"] = wide["low"][test]
        columns[f"{test} high"] = wide["high"][test]
    keys = pd.MultiIndex.from_frame(order) if len(index) > 1 else pd.Index(order[index[0]])
    return pd.DataFrame(columns).loc[keys].reset_index()


def write_table(table: pd.DataFrame, path: str) -> None:
    """Write a table with three decimals, as in the thesis."""
    table.to_csv(path, index=False, float_format="%.3f")
