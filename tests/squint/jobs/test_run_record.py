"""What a run took is a row of a table, one for each part of it."""

import pandas as pd

from squint.jobs.run_record import COLUMNS, record_run


def test_each_run_adds_a_row(tmp_path):
    path = tmp_path / "results" / "benchmarks" / "runs.csv"
    record_run(3, str(path))
    record_run(7, str(path))
    table = pd.read_csv(path)
    assert tuple(table.columns) == COLUMNS
    assert table.jobs.tolist() == [3, 7]
    # This process has computed something, and goes on.
    assert (table.scheduler_cpu_s > 0).all() and (table.jobs_cpu_s >= 0).all()
    assert table.wall_s.is_monotonic_increasing and table.scheduler_cpu_s.is_monotonic_increasing
