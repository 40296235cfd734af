"""Refuses arguments that cannot be used."""

from __future__ import annotations

from .types import RequestId

#: As the other clients have it: the longest delay of a timer that counts milliseconds in 31 bits.
_MAX_SECONDS = (2**31 - 1) / 1000
#: Beyond it a double skips integers (RFC 8259, section 6), and the reply's id would be another.
_MAX_SAFE_INTEGER = 2**53 - 1
#: The longest id that the helper takes, in UTF-16 code units, as JavaScript counts.
_MAX_ID_CHARACTERS = 128


def check_seconds(name: str, seconds: float) -> float:
    """:raises ValueError: for what is no time that can be waited for"""
    if 0.001 <= seconds <= _MAX_SECONDS:
        return seconds
    raise ValueError(f"{name} must be from 0.001 to {_MAX_SECONDS} seconds, not {seconds}")


def check_id(id: RequestId) -> RequestId:
    """:raises TypeError, ValueError: for an id that the helper could not give back"""
    if isinstance(id, bool) or not isinstance(id, (int, str)):
        raise TypeError(f"id must be a string or an integer, not {id!r}")
    if isinstance(id, int):
        if abs(id) > _MAX_SAFE_INTEGER:
            raise ValueError(f"id must be an integer that a double holds exactly, not {id}")
    elif any("\ud800" <= character <= "\udfff" for character in id):
        raise ValueError("id must be text without lone surrogates")
    elif len(id.encode("utf-16-le")) > 2 * _MAX_ID_CHARACTERS:
        raise ValueError(f"id must be text of at most {_MAX_ID_CHARACTERS} characters")
    return id
