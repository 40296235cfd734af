"""Leaves a run's totals, one JSON object a line, in the file that TEST_TOTALS names."""

from __future__ import annotations

import json
import os

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    path = os.environ.get("TEST_TOTALS")
    if path is None:
        return
    counts = {kind: len(reports) for kind, reports in terminalreporter.stats.items()}
    # What broke before its test began counts as a failure.
    failed = counts.get("failed", 0) + counts.get("error", 0)
    with open(path, "a") as totals:
        totals.write(json.dumps({"passed": counts.get("passed", 0), "failed": failed}) + "\n")
