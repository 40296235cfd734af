"""Waits for a server to listen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

from .addresses import Address

_Ending = TypeVar("_Ending")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5


async def wait_until_listening(
    address: Address, ending: Awaitable[_Ending], deadline: float
) -> _Ending | None:
    """Returns None once something listens there, or when the time is up, for JupyterHub has a
    limit of its own then; and the ending where that comes first.

    :param deadline: by time.monotonic()
    """
    tasks = [asyncio.ensure_future(ending), asyncio.ensure_future(_connect(address))]
    try:
        await asyncio.wait(
            tasks,
            timeout=max(0.0, deadline - time.monotonic()),
            return_when=asyncio.FIRST_COMPLETED,
        )
        return tasks[0].result() if tasks[0].done() else None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _connect(address: Address) -> None:
    pause = _FIRST_PAUSE
    while True:
        try:
            if isinstance(address, str):
                _reader, writer = await asyncio.open_unix_connection(address)
            else:
                _reader, writer = await asyncio.open_connection(*address)
        except OSError:
            # Nobody listens yet. What else may be wrong, JupyterHub's own check says better.
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            writer.close()
            return
