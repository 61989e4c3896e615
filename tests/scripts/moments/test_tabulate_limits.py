"""What limits moments of all recordings, in one table."""

import pandas as pd

from tests.shown import run_script

HEADER = "experiment,min_det_num,min_prob,used,instants,moments\n"


def test_rows_of_all_recordings_follow_one_another(tmp_path):
    for name in ("B", "0012"):
        (tmp_path / f"{name}.csv").write_text(f"{HEADER}{name},3,0.95,yes,40,5\n{name},2,0.95,,40,7\n")
    made = {"table": str(tmp_path / "t.csv")}
    limits = [str(tmp_path / "B.csv"), str(tmp_path / "0012.csv")]
    run_script("moments/tabulate_limits.py", input={"limits": limits}, output=made)
    table = pd.read_csv(made["table"], dtype=str, keep_default_na=False)
    assert table.experiment.tolist() == ["B", "B", "0012", "0012"]
    assert table.used.tolist() == ["yes", "", "yes", ""] and table.moments.tolist() == ["5", "7"] * 2
