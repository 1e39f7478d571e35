"""What the differential tests saw, printed at the end of a run."""

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        counts = dict(report.user_properties).get("seen")
        if counts and report.when == "call":
            terminalreporter.write_sep("-", f"seen by {report.nodeid.rpartition('::')[2]}")
            for name, count in sorted(counts.items()):
                terminalreporter.write_line(f"{count:7}  {name}")
