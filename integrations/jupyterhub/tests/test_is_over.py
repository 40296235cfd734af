"""Whether the run of a unit has ended, from states that may come late or be left out."""

from __future__ import annotations

from typing import Any

import pytest

from hubhelper_spawner.following import is_over

FIRST, SECOND, BEFORE = "1111", "2222", "0000"


def state(
    active: str, sub: str = "", *, run: str | None = FIRST, restarts: int | None = 0
) -> dict[str, Any]:
    return {"activeState": active, "subState": sub, "invocationId": run, "nRestarts": restarts}


STARTED = state("active", "running")


@pytest.mark.parametrize(
    "now",
    [
        STARTED,
        state("activating", "start"),
        state("reloading", "reload"),
        # The clients of old systemd versions are told no count.
        state("active", "running", restarts=None),
    ],
)
def test_a_run_that_goes_on_is_not_over(now: dict[str, Any]) -> None:
    assert not is_over(STARTED, now)


@pytest.mark.parametrize(
    "now",
    [
        state("failed", "failed"),
        state("inactive", "dead"),
        state("deactivating", "stop-sigterm"),
        state("activating", "auto-restart"),
        state("failed", "failed", restarts=None),
    ],
)
def test_a_run_that_ends_is_over(now: dict[str, Any]) -> None:
    assert is_over(STARTED, now)


@pytest.mark.parametrize(
    "now",
    [
        state("failed", "failed", run=BEFORE),
        state("inactive", "dead", run=None),
        state("deactivating", "stop-sigterm", run=BEFORE),
        state("activating", "auto-restart", run=BEFORE),
    ],
)
def test_what_arrives_late_of_the_time_before_it_ends_no_run(now: dict[str, Any]) -> None:
    assert not is_over(STARTED, now)


@pytest.mark.parametrize("active", ["active", "activating", "failed"])
def test_a_run_is_over_where_the_next_one_is_seen_and_its_end_was_left_out(active: str) -> None:
    assert is_over(STARTED, state(active, run=SECOND, restarts=1))


def test_restarts_of_before_the_run_do_not_count() -> None:
    started = state("active", "running", restarts=2)
    assert not is_over(started, state("active", "running", restarts=2))
    assert is_over(started, state("active", "running", run=SECOND, restarts=3))


def test_a_start_that_was_told_no_count_takes_the_first_restart_for_its_end() -> None:
    started = state("active", "running", restarts=None)
    assert not is_over(started, state("active", "running", restarts=0))
    assert is_over(started, state("active", "running", run=SECOND, restarts=1))
