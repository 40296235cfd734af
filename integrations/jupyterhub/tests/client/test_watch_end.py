"""How a watch ends, and that its subscription does."""

from __future__ import annotations

import asyncio
import gc
from typing import Callable

import pytest

from hubhelper_spawner.client import HelperClient, Target, WatchEvent
from hubhelper_spawner.client.retry import Pace

from .line_server import LineServer
from .watched_helper import Helper, changed

Connect = Callable[..., HelperClient]
ZOE = Target("zoe")
SNAPSHOT = WatchEvent("snapshot", [])


async def test_a_loop_that_is_left_with_break_gives_its_subscription_back(
    server: LineServer, connect: Connect, helper: Helper
) -> None:
    client = connect(server)

    async def look() -> None:
        async for _event in client.watch():
            break

    await look()
    gc.collect()
    await client.status(ZOE)
    assert helper.unwatched == ["s1"]


async def test_aclose_ends_a_wait_in_another_task(
    server: LineServer, connect: Connect, helper: Helper
) -> None:
    client = connect(server)
    events = client.watch()
    assert await events.__anext__() == SNAPSHOT
    waiting = asyncio.ensure_future(events.__anext__())
    await client.status(ZOE)
    await events.aclose()
    with pytest.raises(StopAsyncIteration):
        await waiting
    await client.status(ZOE)
    assert helper.unwatched == ["s1"]


async def test_a_subscription_that_comes_after_its_watch_was_ended_is_given_back(
    server: LineServer, connect: Connect, helper: Helper
) -> None:
    helper.open.clear()
    client = connect(server)
    events = client.watch()
    waiting = asyncio.ensure_future(events.__anext__())
    await helper.watched.acquire()
    await events.aclose()
    with pytest.raises(StopAsyncIteration):
        await waiting
    helper.open.set()
    await client.status(ZOE)
    await client.status(ZOE)
    assert helper.unwatched == ["s1"]


async def test_a_first_wait_that_is_cancelled_gives_its_subscription_back_and_begins_anew(
    server: LineServer, connect: Connect, helper: Helper
) -> None:
    helper.open.clear()
    client = connect(server)
    events = client.watch()
    waiting = asyncio.ensure_future(events.__anext__())
    await helper.watched.acquire()
    waiting.cancel()
    await asyncio.wait({waiting})
    helper.open.set()
    assert await events.__anext__() == SNAPSHOT
    helper.peers[0].send(changed("early", "s1"), changed("a", "s2"))
    assert (await events.__anext__()).units == [{"unit": "a"}]
    await client.status(ZOE)
    assert helper.unwatched == ["s1"]


async def test_closing_the_client_ends_its_watches_also_while_they_come_back(
    server: LineServer, connect: Connect, helper: Helper
) -> None:
    client = connect(server, pace=Pace(0.001, 0.004))
    there, away = client.watch(), client.watch()
    for events in (there, away):
        assert await events.__anext__() == SNAPSHOT
    waiting = [asyncio.ensure_future(events.__anext__()) for events in (there, away)]
    await client.status(ZOE)
    await server.stop()
    await client.close()
    for wait in waiting:
        with pytest.raises(StopAsyncIteration):
            await wait
    with pytest.raises(StopAsyncIteration):
        await client.watch().__anext__()


async def test_closing_the_client_ends_a_watch_before_what_is_queued(
    server: LineServer, connect: Connect, helper: Helper
) -> None:
    client = connect(server)
    events = client.watch()
    assert await events.__anext__() == SNAPSHOT
    helper.peers[0].send(changed("a"))
    await client.status(ZOE)
    await client.close()
    with pytest.raises(StopAsyncIteration):
        await events.__anext__()


async def test_a_watch_that_nobody_iterates_over_asks_for_nothing(
    server: LineServer, connect: Connect
) -> None:
    client = connect(server)
    client.watch()
    await client.watch().aclose()
    assert server.accepted == 0
