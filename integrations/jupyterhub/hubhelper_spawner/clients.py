"""The connections to the helper that all spawners of one hub share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from .client import HelperClient, WatchEvent

#: How many watches the helper allows on one connection (docs/protocol.md, "watch").
WATCHES_A_CONNECTION = 8


class Clients:
    """One client for calls, and as many more as the watches need."""

    def __init__(self, socket_path: str, **options: Any) -> None:
        """:param options: those of HelperClient"""
        self._new_client = partial(HelperClient, socket_path, **options)
        self.calls = self._new_client()
        self._watching: dict[HelperClient, int] = {}

    @asynccontextmanager
    async def watch(
        self, template: str | None, user: str
    ) -> AsyncIterator[AsyncIterator[WatchEvent]]:
        """What happens to the units of one user, for as long as the context lasts."""
        client = self._least_watching()
        self._watching[client] = self._watching.get(client, 0) + 1
        watch = client.watch(template, user)
        try:
            yield watch
        finally:
            await watch.aclose()
            self._watching[client] -= 1
            if self._watching[client] == 0:
                del self._watching[client]
                await client.close()

    def _least_watching(self) -> HelperClient:
        for client, watches in self._watching.items():
            if watches < WATCHES_A_CONNECTION:
                return client
        return self._new_client()


#: A client belongs to its event loop. A hub has one; its tests have several.
_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Clients]] = WeakKeyDictionary()


def clients_for(socket_path: str) -> Clients:
    """Those of the running event loop."""
    of_path = _of_loop.setdefault(asyncio.get_running_loop(), {})
    if socket_path not in of_path:
        of_path[socket_path] = Clients(socket_path)
    return of_path[socket_path]
