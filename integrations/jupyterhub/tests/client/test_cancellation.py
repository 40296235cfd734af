"""A cancelled call leaves nothing behind, and disturbs no other."""

from __future__ import annotations

import asyncio
import gc
from typing import Any, Callable

import pytest

from hubhelper_spawner.client import HelperClient, Target
from hubhelper_spawner.client.ending import Ending

from .line_server import LineServer, Peer, answering

Connect = Callable[..., HelperClient]
ZOE = Target("zoe")


async def test_a_cancelled_call_disturbs_no_other_on_the_connection(
    server: LineServer, connect: Connect
) -> None:
    asked, cancelled = asyncio.Event(), asyncio.Event()

    async def script(peer: Peer) -> None:
        requests = [await peer.read(), await peer.read()]
        asked.set()
        await cancelled.wait()
        for request in requests:
            assert request is not None
            peer.reply(request, request["params"])
        await answering(lambda request: request["params"])(peer)

    server.script = script
    client = connect(server)
    left = asyncio.ensure_future(client.status(Target("wash")))
    kept = asyncio.ensure_future(client.status(ZOE))
    await asked.wait()
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    cancelled.set()
    assert await kept == {"user": "zoe"}
    assert await client.status(Target("wash"), id="again") == {"user": "wash"}
    assert server.accepted == 1
    [connection] = open_connections(client)
    assert connection._in_flight == {}


async def test_a_call_can_be_cancelled_at_every_point_of_its_way(
    server: LineServer, connect: Connect
) -> None:
    server.script = answering(lambda request: request["params"])
    client = connect(server)
    for turns in range(25):
        call = asyncio.ensure_future(client.status(Target("wash")))
        for _turn in range(turns):
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.wait({call})
        assert await client.status(ZOE) == {"user": "zoe"}
    assert client._link.on_close == set()


async def test_who_leaves_while_the_connection_opens_does_not_stop_it_for_others(
    server: LineServer, connect: Connect
) -> None:
    server.script = answering(lambda request: request["params"])
    client = connect(server)
    first = asyncio.ensure_future(client.status(Target("wash")))
    second = asyncio.ensure_future(client.status(ZOE))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == {"user": "zoe"}
    assert server.accepted == 1


async def test_a_call_that_is_cancelled_in_a_pause_is_not_made_again(
    server: LineServer, connect: Connect
) -> None:
    asked: list[Any] = []
    first = asyncio.Event()

    async def script(peer: Peer) -> None:
        while (request := await peer.read()) is not None:
            asked.append(request["id"])
            if request["id"] == "left":
                peer.fail(request, "busy", retryAfterMs=60_000)
                first.set()
            else:
                peer.reply(request, {})

    server.script = script
    client = connect(server)
    call = asyncio.ensure_future(client.start(ZOE, id="left"))
    await first.wait()
    await client.status(ZOE, id="1")
    call.cancel()
    await asyncio.wait({call})
    await client.status(ZOE, id="2")
    assert asked == ["left", "1", "2"]


async def test_calls_that_are_over_leave_nothing_behind(
    server: LineServer, connect: Connect
) -> None:
    client = connect(server)
    await asyncio.gather(*(client.status(ZOE) for _call in range(20)))
    gc.collect()
    assert [thing for thing in gc.get_objects() if isinstance(thing, Ending)] == []
    assert client._link.on_close == set()


async def test_wait_for_gives_up_a_call_at_its_own_time(
    server: LineServer, connect: Connect
) -> None:
    async def script(peer: Peer) -> None:
        while await peer.read() is not None:
            pass

    server.script = script
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(connect(server).start(ZOE), timeout=0.02)


async def test_a_failure_that_nobody_waits_for_any_more_is_no_complaint(
    server: LineServer, connect: Connect
) -> None:
    gone, asked, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def script(peer: Peer) -> None:
        for _request in range(3):
            await peer.read()
        asked.set()
        await gone.wait()
        peer.writer.write(b"hello\n")
        await peer.read()
        ended.set()

    server.script = script
    client = connect(server, pace=None)
    calls = [asyncio.ensure_future(client.status(ZOE)) for _call in range(3)]
    await asked.wait()
    for call in calls:
        call.cancel()
    await asyncio.wait(calls)
    [connection] = open_connections(client)
    gone.set()
    await ended.wait()
    assert connection._in_flight == {}


def open_connections(client: HelperClient) -> list[Any]:
    return [client._link._open]
