"""Which of JupyterHub's own tests run is never left to chance."""

from __future__ import annotations

import pytest
from generic.judge import judge
from generic.left_out import is_left_out
from generic.table import ALL, APPLIES


def listed(version: int) -> list[tuple[str, str]]:
    return [
        (file, test)
        for file, tests in APPLIES.items()
        for test, versions in tests.items()
        if version in versions
    ]


@pytest.mark.parametrize("version", ALL)
def test_what_the_table_lists_applies(version: int) -> None:
    judged = judge(version, listed(version))
    assert judged.problems == []
    assert all(judged.applies)


@pytest.mark.parametrize("version", ALL)
def test_a_listed_test_that_is_gone_is_a_problem(version: int) -> None:
    judged = judge(version, listed(version)[1:])
    assert judged.problems == ["test_spawner.py::test_spawner is missing"]


def test_a_test_that_no_table_knows_is_a_problem() -> None:
    judged = judge(6, [*listed(6), ("test_spawner.py", "test_of_a_newer_jupyterhub[x]")])
    (problem,) = judged.problems
    assert problem.startswith("test_spawner.py::test_of_a_newer_jupyterhub[x] is new")
    assert not judged.applies[-1]


def test_a_test_that_is_listed_for_other_versions_is_a_problem() -> None:
    found = ("test_named_servers.py", "test_create_named_server[trevor]")
    assert judge(6, [*listed(6), found]).problems != []
    assert judge(5, [*listed(5), found]).problems == []


def test_parameters_that_do_not_apply_are_left_out_alone() -> None:
    file, routing = "test_spawner.py", "test_spawner_routing"
    assert not is_left_out(file, f"{routing}[has@x]")
    assert is_left_out(file, f"{routing}[has~x]")
    judged = judge(6, [*listed(6), (file, f"{routing}[has~x]")])
    assert judged.problems == []
    assert not judged.applies[-1]


def test_nothing_is_both_listed_and_left_out() -> None:
    assert [each for version in ALL for each in listed(version) if is_left_out(*each)] == []
