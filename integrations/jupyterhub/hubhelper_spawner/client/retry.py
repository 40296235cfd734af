"""Decides whether, and how soon, a failed attempt is made again."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import HelperError


@dataclass(frozen=True)
class Pace:
    """How fast attempts follow each other, in seconds: pauses double from `base` to `longest`."""

    base: float = 0.02
    longest: float = 1.0


#: How often one call may fail with a code before it gives up.
_MAX_TRIES = {"connection-lost": 20, "cannot-connect": 8, "unavailable": 8}

#: The socket may be on its way back.
_PASSING = frozenset({"ENOENT", "ECONNREFUSED", "ECONNRESET"})
#: The socket's queue is full (unix(7)): its owner is there, or systemd is starting it.
_QUEUE_FULL = "EAGAIN"


def backoff(tries: int, pace: Pace, random: float) -> float:
    """Doubles; the jitter takes away up to half, so that callers do not march in step."""
    # 2**63 is longer than any pace, and larger powers are in time no floats any more.
    doubled = pace.base * 2.0 ** min(tries - 1, 63)
    return min(pace.longest, doubled) * (1 - random / 2)


def retry_delay(error: HelperError, tries: int, pace: Pace, random: float) -> float | None:
    """The pause before the next attempt in seconds, or None for giving up.

    What the helper, or its socket's queue, is too busy for is tried until the call's time is over.
    Only what is safe to repeat is repeated: every verb of the protocol may be carried out twice
    without harm. `tries` is how often this call has failed with this code, this time included;
    `random` is from 0 up to 1.
    """
    if error.code == "busy":
        return _after_busy(error, pace, random)
    if error.code == "connection-lost":
        return _after_loss(tries, pace, random)
    if error.code == "cannot-connect":
        reason = error.details.get("reason")
        again = reason in _PASSING and tries < _MAX_TRIES["cannot-connect"]
        return backoff(tries, pace, random) if again or reason == _QUEUE_FULL else None
    if error.code == "unavailable":
        if error.details.get("outcome") == "unknown":
            return _after_loss(tries, pace, random)
        again = error.details.get("problem") != "policy" and tries < _MAX_TRIES["unavailable"]
        return backoff(tries, pace, random) if again else None
    return None


def _after_busy(error: HelperError, pace: Pace, random: float) -> float:
    asked_ms = error.details.get("retryAfterMs")
    asked = pace.base
    # Also where it asks for nonsense: a pause of nothing would be no pause.
    if isinstance(asked_ms, (int, float)) and asked_ms / 1000 > pace.base:
        asked = asked_ms / 1000
    return asked * (1 + random)


def _after_loss(tries: int, pace: Pace, random: float) -> float | None:
    # The first time at once: a helper that exits with a request on its way is an everyday thing.
    if tries == 1:
        return 0.0
    if tries < _MAX_TRIES["connection-lost"]:
        return backoff(tries - 1, pace, random)
    return None


def did_nothing(error: HelperError) -> bool:
    """Whether the attempt that failed so is certain to have changed nothing."""
    if error.code == "unavailable":
        return error.details.get("outcome") == "none"
    return error.code == "busy"
