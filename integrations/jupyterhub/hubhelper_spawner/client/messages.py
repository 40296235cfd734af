"""Reads what one frame from the helper says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, NoReturn, Union

from .types import RequestId


@dataclass(frozen=True)
class Result:
    id: RequestId
    result: Any


@dataclass(frozen=True)
class Error:
    """`id` is None where the helper could not read ours."""

    id: RequestId | None
    error: dict[str, Any]


@dataclass(frozen=True)
class Notification:
    method: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Ignored:
    """What this client does not know, a newer helper may send: it is no fault."""


@dataclass(frozen=True)
class Malformed:
    problem: str


Message = Union[Result, Error, Notification, Ignored, Malformed]

#: For members that are not there; None is what JSON's null becomes.
_ABSENT = object()


def read_message(frame: bytes) -> Message:
    """Reads one frame, which is without its newline."""
    try:
        value = json.loads(frame.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return Malformed("a line that is not JSON in UTF-8")
    if not isinstance(value, dict):
        return Malformed("a line that is not an object")
    id, method = value.get("id", _ABSENT), value.get("method")
    if isinstance(method, str):
        return _read_notification(method, value.get("params"))
    error = value.get("error", _ABSENT)
    if _is_error(error) and (id is None or _is_id(id)):
        return Error(id, error)
    if error is _ABSENT and "result" in value and _is_id(id):
        return Result(id, value["result"])
    return Malformed("an object that is neither a reply nor a notification")


def _refuse_constant(name: str) -> NoReturn:
    # Python's parser takes NaN and Infinity, which are no JSON.
    raise ValueError(name)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_id(id: object) -> bool:
    return isinstance(id, str) or _is_number(id)


def _is_error(error: object) -> bool:
    return (
        isinstance(error, dict)
        and _is_number(error.get("code"))
        and isinstance(error.get("message"), str)
    )


def _is_unit(unit: object) -> bool:
    return isinstance(unit, dict) and isinstance(unit.get("unit"), str)


def has_units(result: object) -> bool:
    """Whether this is what `list` gives."""
    if not isinstance(result, dict):
        return False
    units = result.get("units")
    return isinstance(units, list) and all(map(_is_unit, units))


def is_snapshot(result: object) -> bool:
    """Whether this is the beginning of a subscription."""
    return isinstance(result, dict) and _is_subscribed(result) and has_units(result)


def _is_subscribed(params: dict[str, Any]) -> bool:
    return isinstance(params.get("subscription"), str)


_NOTIFICATIONS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "unit-changed": lambda params: _is_unit(params.get("unit")),
    "watch-overflow": has_units,
    "watch-ended": lambda params: True,
}


def _read_notification(method: str, params: object) -> Message:
    is_right = _NOTIFICATIONS.get(method)
    if is_right is None:
        return Ignored()
    if isinstance(params, dict) and _is_subscribed(params) and is_right(params):
        return Notification(method, params)
    return Malformed(f"a notification {method} without its members")
