"""Holds the tests that were found against the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .left_out import is_left_out
from .table import APPLIES


@dataclass(frozen=True)
class Judged:
    #: For each test that was found.
    applies: list[bool]
    #: What the table and JupyterHub do not agree on, as sentences.
    problems: list[str]


def judge(version: int, found: Sequence[tuple[str, str]]) -> Judged:
    """:param found: file and name, with the parameters in brackets"""
    applies, problems = [], []
    missing = {
        (file, test)
        for file, tests in APPLIES.items()
        for test, versions in tests.items()
        if version in versions
    }
    for file, name in found:
        test = name.partition("[")[0]
        listed = version in APPLIES.get(file, {}).get(test, ())
        left_out = is_left_out(file, name)
        applies.append(listed and not left_out)
        if applies[-1]:
            missing.discard((file, test))
        elif not left_out:
            problems.append(f"{file}::{name} is new: say in the table whether it applies")
    problems += [f"{file}::{test} is missing" for file, test in sorted(missing)]
    return Judged(applies, problems)
