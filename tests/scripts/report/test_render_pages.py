"""Every table has its page."""

from tests.shown import run_script


def test_each_table_is_rendered_as_its_own_page(tmp_path):
    tables = []
    for name, cell in (("moments", "first"), ("images", "0.9870")):
        tables.append(str(tmp_path / f"{name}.csv"))
        (tmp_path / f"{name}.csv").write_text(f"column\n{cell}\n")
    pages = [str(tmp_path / f"{name}.html") for name in ("one", "two")]
    run_script("report/render_pages.py", {"tables": tables}, output={"pages": pages})
    one, two = ((tmp_path / f"{name}.html").read_text() for name in ("one", "two"))
    assert "<title>moments</title>" in one and "<td>first</td>" in one and "0.9870" not in one
    assert "<title>images</title>" in two and "<td>0.9870</td>" in two
