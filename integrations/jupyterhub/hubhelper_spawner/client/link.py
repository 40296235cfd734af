"""The one connection of a client: opened when needed, shared, opened again after it ended."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Callable

from . import own_errors
from .connection import Connection
from .trust_path import resolve_trusted


class Link:
    """:param trusted_owner: a uid that the socket may belong to, beside root; None: do not look"""

    def __init__(self, socket_path: str, trusted_owner: int | None, idle_close: float) -> None:
        self.socket_path = socket_path
        self.closed = False
        #: Called when the client is closed.
        self.on_close: set[Callable[[], None]] = set()
        self._trusted_owner = trusted_owner
        self._idle_close = idle_close
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connecting: asyncio.Task[Connection] | None = None
        self._open: Connection | None = None

    def connection(self) -> asyncio.Task[Connection]:
        """The shared task that opens the connection, also where that is done already.

        It fails with UntrustedPath, or the system's OSError. Do not cancel it: others wait for it.
        """
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # What belongs to a loop that is over is of no use in the next one.
            self._loop, self._connecting, self._open = loop, None, None
        if self._connecting is None:
            self._connecting = loop.create_task(self._connect())
            self._connecting.add_done_callback(self._connected)
        return self._connecting

    def close(self) -> None:
        self.closed = True
        for callback in list(self.on_close):
            callback()
        if self._loop is None or self._loop.is_closed():
            return
        if self._open is not None:
            self._open.close(lambda id, _size: own_errors.client_closed(id, "unknown"))
        elif self._connecting is not None:
            self._connecting.cancel()

    def _connected(self, task: asyncio.Task[Connection]) -> None:
        # Looked at, as whoever asked may have left: asyncio complains of what nobody takes.
        failed = task.cancelled() or task.exception() is not None or task.result().ended
        if failed and self._connecting is task:
            self._connecting = None

    async def _connect(self) -> Connection:
        path = self.socket_path
        if self._trusted_owner is not None:
            # In this thread: what it looks at is in memory, as /run is.
            path = resolve_trusted(path, self._trusted_owner)
        connection = Connection(self._idle_close, on_end=lambda: self._forget(connection))
        loop = asyncio.get_running_loop()
        await loop.create_unix_connection(lambda: connection, sock=_dial(path))
        if not connection.ended:
            self._open = connection
        return connection

    def _forget(self, connection: Connection) -> None:
        if self._open is connection:
            self._open = self._connecting = None


def _dial(path: str) -> socket.socket:
    """Connects without waiting, as unix(7) always does: to a full queue it is EAGAIN.

    By hand, because asyncio takes EAGAIN for a connection that is on its way, as it is with TCP.
    """
    dialled = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        dialled.connect(os.fspath(path))
    except BaseException:
        dialled.close()
        raise
    return dialled
