"""The steps of one start, for everybody who looks at its progress page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from .signal import Signal


class Messages:
    """Whoever comes late reads from the beginning."""

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._complete = False
        self._changed = Signal()

    def restart(self) -> None:
        """Forgets the last start's."""
        self._events, self._complete = [], False
        self._changed.notify()

    def say(self, event: dict[str, Any]) -> None:
        """Adds an event for `Spawner.progress`; what was just said is not said again."""
        if not self._events or self._events[-1] != event:
            self._events.append(event)
            self._changed.notify()

    def complete(self) -> None:
        self._complete = True
        self._changed.notify()

    async def read(self) -> AsyncIterator[dict[str, Any]]:
        """Until the start is over."""
        events, position = self._events, 0
        while events is self._events:
            while position < len(events):
                yield events[position]
                position += 1
            if self._complete:
                return
            await self._changed.wait()
