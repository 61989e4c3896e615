"""Tables as pages."""

from squint.presentation.pages import write_page

TEXT = 'name,value,note\nall,0.9870,\n"<b>C1</b>",1,"a, b & c"\n'


def test_a_page_shows_each_cell_as_it_stands_in_the_table(tmp_path):
    (tmp_path / "quality.csv").write_text(TEXT)
    write_page(str(tmp_path / "quality.csv"), str(tmp_path / "quality.html"))
    page = (tmp_path / "quality.html").read_text()
    assert "<title>quality</title>" in page
    assert "<b>" not in page
    for cell in ("0.9870", "<td></td>", "&lt;b&gt;C1&lt;/b&gt;", "a, b &amp; c"):
        assert cell in page
    assert page.count("<tr") == 3
