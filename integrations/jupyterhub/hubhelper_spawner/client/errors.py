"""The one exception of the client. Its code is what programs switch on."""

from __future__ import annotations

from typing import Any

from .types import RequestId

#: The answers after which it is certain that nothing was carried out (docs/protocol.md, "Errors").
_NOTHING_WAS_DONE = frozenset(
    {
        "parse-error",
        "invalid-request",
        "unknown-method",
        "invalid-params",
        "denied",
        "unit-not-found",
        "unit-refused",
        "too-large",
        "credentials-refused",
        "busy",
        "untrusted-socket",
    }
)


class HelperError(Exception):
    """What a call fails with.

    `code` is the helper's, or one of the client's own: `cannot-connect`, `untrusted-socket`,
    `connection-lost`, `bad-reply`, `timeout`, `client-closed`. `message` is a sentence for a
    person. `details` is what goes with the code: for an answer of the helper, `error.data` without
    its `code`. `request_id` is the id of the request, as it stands in the helper's audit record.
    """

    def __init__(
        self,
        code: str,
        message: str,
        details: dict[str, Any] | None = None,
        request_id: RequestId | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details: dict[str, Any] = {} if details is None else details
        self.request_id = request_id

    def __repr__(self) -> str:
        shown = (self.code, self.message, self.details, self.request_id)
        return f"HelperError{shown!r}"

    @property
    def outcome(self) -> str:
        """Whether the helper may have carried the request out: "none" is certain, "unknown" not."""
        outcome = self.details.get("outcome")
        if outcome in ("none", "unknown"):
            return str(outcome)
        return "none" if self.code in _NOTHING_WAS_DONE else "unknown"

    @property
    def hint(self) -> str:
        """The sentence that a user can do most with."""
        hint = self.details.get("hint")
        return hint if isinstance(hint, str) else self.message


def error_from_wire(error: dict[str, Any], request_id: RequestId) -> HelperError:
    """The error for what the helper answered, `error` of a reply as it arrived."""
    code, details = split_data(error)
    return HelperError(code, error["message"], details, request_id)


def split_data(error: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """`error.data` without its `code`, which is the number's digits where a helper left it out."""
    data = error.get("data")
    details = dict(data) if isinstance(data, dict) else {}
    code = details.pop("code", None)
    return (code if isinstance(code, str) else str(error["code"])), details
