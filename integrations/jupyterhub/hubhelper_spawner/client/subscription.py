"""One subscription on one connection, from its request to its end."""

from __future__ import annotations

import asyncio
from typing import Any

from .connection import Connection
from .messages import is_snapshot
from .types import UnitState
from .watch_queue import WatchQueue


class Subscription:
    """Fills a queue. It holds no watch, so that a watch that nobody keeps is given up."""

    def __init__(self, queue: WatchQueue) -> None:
        self._queue = queue
        self._loop = asyncio.get_running_loop()
        self._on: tuple[Connection, str] | None = None
        self._given_up = False
        #: Set at every event, and at the end.
        self.news = asyncio.Event()
        #: When its first snapshot came, and when its connection was lost, by the loop's clock.
        self.began = 0.0
        self.lost_at: float | None = None
        #: The policy no longer allows it.
        self.is_refused = False

    def begin(self, result: Any, connection: Connection) -> bool:
        """Takes the reply to `watch`. False: it is none."""
        if not is_snapshot(result):
            return False
        name = result["subscription"]
        if self._given_up:
            connection.unsubscribe(name)
            return True
        self._on = (connection, name)
        self.began = self._loop.time()
        connection.subscribe(name, self)
        self.overflowed(result["units"])
        return True

    def give_up(self) -> None:
        """Tells the helper, now or when its reply comes."""
        self._given_up = True
        if self._on is not None:
            connection, name = self._on
            self._on = None
            connection.unsubscribe(name)
        self.news.set()

    # What the connection calls.

    def changed(self, unit: UnitState) -> None:
        self._queue.change(unit)
        self.news.set()

    def overflowed(self, units: list[UnitState]) -> None:
        self._queue.replace(units)
        self.news.set()

    def ended(self) -> None:
        self._on = None
        self.is_refused = True
        self.news.set()

    def lost(self) -> None:
        self._on = None
        self.lost_at = self._loop.time()
        self.news.set()
