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


def test_a_camera_may_be_called_as_nothing_is_and_an_empty_cell_is_nothing(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("camera,value\nNA,1\nnull,\n")
    table = read_table(str(path))
    assert table.camera.tolist() == ["NA", "null"]
    assert table.value.isna().tolist() == [False, True]


@pytest.mark.parametrize("column", ["experiment", "camera", "coder", "subject", "animal"])
def test_a_name_of_digits_alone_is_a_name(tmp_path, column):
    path = tmp_path / "x.csv"
    path.write_text(f"{column},value\n007,1\n2024,2\n")
    table = read_table(str(path))
    assert table[column].tolist() == ["007", "2024"] and table.value.tolist() == [1, 2]


def test_empty_cells_are_empty_texts_where_that_is_asked_for(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("name,note\nNA,\n")
    assert read_table(str(path), dtype=str, na_values=[]).to_dict("list") == {"name": ["NA"], "note": [""]}
