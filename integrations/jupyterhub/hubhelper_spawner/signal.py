"""Wakes those who wait for something to change."""

from __future__ import annotations

import asyncio


class Signal:
    """Like asyncio.Condition without its lock. May be made where no event loop runs yet, as
    spawners are: on Python 3.9 asyncio's own belong to a loop from the start."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    async def wait(self) -> None:
        """Until the next call of `notify`."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

    def notify(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
