"""Fixtures: a helper's end of a real socket, and a client of it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hubhelper_spawner.client import HelperClient
from hubhelper_spawner.client.retry import Pace

from .line_server import LineServer
from .watched_helper import Helper


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LineServer]:
    async with LineServer(tmp_path / "helper.sock") as server:
        yield server


@pytest.fixture
def helper(server: LineServer) -> Helper:
    server.script = helper = Helper()
    return helper


@pytest.fixture
async def connect() -> AsyncIterator[Any]:
    """Makes clients whose pauses are short, and that trust a socket among temporary files."""
    clients = []

    def make(server: LineServer, **options: Any) -> HelperClient:
        client = HelperClient(
            str(server.path), **{"check_path": False, "pace": Pace(0.001, 0.004), **options}
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


@pytest.fixture(autouse=True)
async def complaints() -> AsyncIterator[list[dict[str, Any]]]:
    """Fails a test during which asyncio complained, such as of an exception that nobody took."""
    complaints: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: complaints.append(context))
    before = asyncio.all_tasks()
    yield complaints
    gc.collect()
    await asyncio.sleep(0)
    assert complaints == []
    assert asyncio.all_tasks() <= before | {asyncio.current_task()}
