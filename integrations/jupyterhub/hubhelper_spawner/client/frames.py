"""Frames: one JSON object a line, in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterator


class TooLong(Exception):
    """A line of more bytes than the reader lets in."""


class FrameReader:
    """Cuts a byte stream into frames. The cap is judged while receiving: nothing past it stays."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held = bytearray()

    def push(self, chunk: bytes) -> Iterator[bytes]:
        """Yields whole frames, without their newlines.

        :raises TooLong: the stream is then of no use any more
        """
        start = 0
        while start < len(chunk):
            newline = chunk.find(b"\n", start)
            end = len(chunk) if newline == -1 else newline
            if len(self._held) + end - start > self._max_bytes:
                self._held.clear()
                raise TooLong
            self._held += chunk[start:end]
            if newline == -1:
                return
            frame = bytes(self._held)
            self._held.clear()
            yield frame
            start = newline + 1


def encode_frame(message: object) -> bytes:
    """One frame with its newline.

    Text goes as it is, so that a frame is as short as can be: the helper's limit counts bytes. A
    lone surrogate, which UTF-8 cannot carry, goes as JSON's escape; the helper refuses it by name.
    """
    text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"
