"""Ends the fault suite with the README's table: how many faults of each kind, and how many went as promised."""

from collections import Counter
from pathlib import Path


def pytest_terminal_summary(terminalreporter):
    counts = {
        outcome: Counter(Path(report.fspath).stem for report in terminalreporter.stats.get(outcome, []))
        for outcome in ("passed", "failed", "error", "skipped")
    }
    terminalreporter.write_line(f"\n{'faults':<20}{'as promised':>12}{'not':>6}{'not run':>9}")
    for kind in sorted(set().union(*counts.values())):
        broken = counts["failed"][kind] + counts["error"][kind]
        terminalreporter.write_line(f"{kind:<20}{counts['passed'][kind]:>12}{broken:>6}{counts['skipped'][kind]:>9}")
