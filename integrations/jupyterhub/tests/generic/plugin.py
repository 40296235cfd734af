"""Runs those of JupyterHub's own tests that the table says, with the spawner in place of its mock.

For pytest -p generic.plugin; see test/jupyterhub/generic.test.ts.
"""

from __future__ import annotations

import jupyterhub
import pytest

from .judge import judge
from .swap import swap_in_tests, swap_mocks

_VERSION = jupyterhub.version_info[0]


class Run:
    """What became of the tests."""

    def __init__(self) -> None:
        self.kept = 0
        self.left_out = 0
        self.passed: set[str] = set()
        #: Skipped, or expected to fail: neither shows anything.
        self.shows_nothing: list[str] = []

    def take(self, report: pytest.TestReport) -> None:
        if report.skipped or hasattr(report, "wasxfail"):
            self.shows_nothing.append(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    @property
    def is_complete(self) -> bool:
        return self.kept > 0 and len(self.passed) == self.kept and not self.shows_nothing


_run = Run()


def pytest_configure(config: pytest.Config) -> None:
    swap_mocks()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    names = [(item.path.name, item.name) for item in items]
    judged = judge(_VERSION, names)
    if judged.problems:
        raise pytest.UsageError("\n".join(judged.problems))
    for module in {item.module for item in items}:
        swap_in_tests(module)
    left_out = [item for item, applies in zip(items, judged.applies) if not applies]
    items[:] = [item for item, applies in zip(items, judged.applies) if applies]
    config.hook.pytest_deselected(items=left_out)
    _run.kept, _run.left_out = len(items), len(left_out)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _run.take(report)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.exitstatus == pytest.ExitCode.OK and not _run.is_complete:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for test in _run.shows_nothing:
        terminalreporter.line(f"{test} was skipped or is expected to fail: it shows nothing")
    terminalreporter.line(
        f"JupyterHub {jupyterhub.__version__}: {len(_run.passed)} of {_run.kept} of its tests"
        f" passed; {_run.left_out} do not apply"
    )
