"""A table as a page, for the report: there a CSV file can only be downloaded."""

from pathlib import Path

from squint.files.result_tables import read_table

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 14px/1.4 sans-serif; margin: 1.5em; color: #222; background: #fff; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.3em 0.8em; text-align: left; border-bottom: 1px solid #ddd; white-space: nowrap; }}
th {{ position: sticky; top: 0; background: #fff; border-bottom: 2px solid #222; }}
</style>
</head>
<body>
{table}
</body>
</html>
"""


def write_page(table_path: str, page_path: str) -> None:
    """Write the CSV file `table_path` as a page, cell by cell as it stands there."""
    table = read_table(table_path, dtype=str, keep_default_na=False, na_values=[])
    Path(page_path).write_text(PAGE.format(title=Path(table_path).stem, table=table.to_html(index=False, border=0)))
