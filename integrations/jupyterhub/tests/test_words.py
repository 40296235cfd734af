"""What people read while they wait, and why it was in vain."""

from __future__ import annotations

import pytest

from hubhelper_spawner.words import describe_death, describe_progress

#: The active states of a unit, and the sub-states of a service in each: systemctl --state=help.
STATES = {
    "activating": [
        *("condition", "start-pre", "start", "start-post", "auto-restart", "auto-restart-queued"),
    ],
    "active": ["running", "exited"],
    "reloading": ["reload", "reload-signal", "reload-notify"],
    "refreshing": ["refresh-extensions", "refresh-credentials"],
    "deactivating": [
        *("stop", "stop-watchdog", "stop-sigterm", "stop-sigkill", "stop-post"),
        *("final-watchdog", "final-sigterm", "final-sigkill"),
    ],
    "failed": ["failed"],
    "maintenance": ["cleaning"],
}
QUIET = {"inactive", "refreshing", "maintenance"}
#: `Result` in org.freedesktop.systemd1(5).
RESULTS = [
    *("success", "resources", "protocol", "timeout", "exit-code", "signal", "core-dump"),
    *("watchdog", "start-limit-hit", "oom-kill", "exec-condition"),
]


def state(active: str, sub: str, said: str | None = None) -> dict:
    return {"activeState": active, "subState": sub, "statusText": said}


@pytest.mark.parametrize(
    ("active", "sub"), [(active, sub) for active, subs in STATES.items() for sub in subs]
)
def test_every_state_of_a_service_that_starts_or_ends_is_told_in_words(
    active: str, sub: str
) -> None:
    event = describe_progress(state(active, sub))
    if active in QUIET:
        assert event is None
        return
    assert event is not None
    assert 0 <= event["progress"] < 100
    assert event["message"][0].isupper()
    # systemd's own word helps nobody who waits for a notebook.
    assert sub not in event["message"] or sub in ("running", "failed", "reload", "stop", "start")


def test_a_unit_that_does_not_run_says_nothing() -> None:
    assert describe_progress(state("inactive", "dead")) is None


def test_what_the_service_says_of_itself_is_told_as_text_and_never_as_html() -> None:
    said = '<img src=x onerror="alert(1)"> {0} %s'
    event = describe_progress(state("activating", "start", said))
    assert event is not None
    # JupyterHub's page escapes `message`, and only `html_message` goes in as it is.
    assert set(event) == {"progress", "message"}
    assert event["message"].endswith(f": {said}")


@pytest.mark.parametrize("result", [*RESULTS, "of-a-newer-systemd", ""])
def test_every_end_of_a_server_has_a_sentence(result: str) -> None:
    sentence = describe_death({"result": result, "execMainStatus": 1})
    assert sentence.endswith(".")
    assert "ended before it was ready" in sentence


def test_an_end_that_is_known_says_what_it_was() -> None:
    assert "memory" in describe_death({"result": "oom-kill", "execMainStatus": 9})
    assert "status 3" in describe_death({"result": "exit-code", "execMainStatus": 3})
