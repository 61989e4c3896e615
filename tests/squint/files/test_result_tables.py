"""The workflow's own tables are read whole or not at all."""

import pandas as pd
import pytest

from squint.errors import InputError
from squint.files.result_tables import read_table


def test_a_whole_table_is_read(tmp_path):
    pd.DataFrame({"a": [1.5, 2.25]}).to_csv(tmp_path / "x.csv", index=False)
    assert read_table(str(tmp_path / "x.csv"), dtype=str)["a"].tolist() == ["1.5", "2.25"]


def test_a_table_that_is_cut_is_told_wherever_it_is_cut(tmp_path):
    path = tmp_path / "x.csv"
    pd.DataFrame({"a": [1.5, 2.25], "b": ["x", "y, z"]}).to_csv(path, index=False)
    content = path.read_bytes()
    for end in range(len(content)):
        path.write_bytes(content[:end])
        if not content[:end].endswith(b"\n"):
            with pytest.raises(InputError, match="its last line is cut"):
                read_table(str(path))
