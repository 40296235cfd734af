"""The errors that arise in the client. No helper sends their codes."""

from __future__ import annotations

from .errors import HelperError
from .types import RequestId

_CONNECT_ADVICE = {
    "ENOENT": (
        "There is no socket at {path}. Is hub-helper installed? "
        "Then: systemctl enable --now helper.socket."
    ),
    "ECONNREFUSED": "Nobody listens on {path}. Try: systemctl restart helper.socket.",
    "EACCES": (
        "This process may not connect to {path}. Give its unit SupplementaryGroups=hub-helper, "
        "or its account the group hub-helper, and start it anew."
    ),
}
_HOW_IT_ENDED = {
    "none": "Nothing was done.",
    "unknown": "The helper may or may not have carried the request out.",
}


def cannot_connect(id: RequestId, path: str, reason: str, outcome: str) -> HelperError:
    """`reason` is the name of an errno."""
    advice = _CONNECT_ADVICE.get(reason, "Connecting to {path} failed: {reason}.")
    return HelperError(
        "cannot-connect",
        f"{advice.format(path=path, reason=reason)} {_HOW_IT_ENDED[outcome]}",
        {"socketPath": path, "reason": reason, "outcome": outcome},
        id,
    )


def untrusted_socket(id: RequestId, path: str, component: str, problem: str) -> HelperError:
    return HelperError(
        "untrusted-socket",
        f"The socket {path} is not to be trusted: {component} {problem}.",
        {"socketPath": path, "component": component, "problem": problem},
        id,
    )


def connection_lost(id: RequestId) -> HelperError:
    return HelperError(
        "connection-lost",
        f"The connection to the helper ended before the reply. {_HOW_IT_ENDED['unknown']}",
        {"outcome": "unknown"},
        id,
    )


def bad_reply(id: RequestId, problem: str) -> HelperError:
    return HelperError(
        "bad-reply",
        f"What came from the helper is not the protocol: {problem}. {_HOW_IT_ENDED['unknown']}",
        {"problem": problem, "outcome": "unknown"},
        id,
    )


def timed_out(id: RequestId, after_seconds: float, outcome: str) -> HelperError:
    after_ms = round(after_seconds * 1000)
    return HelperError(
        "timeout",
        f"No reply came within {after_ms} ms. {_HOW_IT_ENDED[outcome]}",
        {"afterMs": after_ms, "outcome": outcome},
        id,
    )


def client_closed(id: RequestId, outcome: str) -> HelperError:
    return HelperError(
        "client-closed",
        f"The client was closed. {_HOW_IT_ENDED[outcome]}",
        {"outcome": outcome},
        id,
    )


def watch_ended(id: RequestId) -> HelperError:
    return HelperError("denied", "The policy no longer allows this watch.", {}, id)
