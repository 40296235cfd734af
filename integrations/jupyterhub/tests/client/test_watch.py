"""What the vectors cannot say of a watch's events."""

from __future__ import annotations

import asyncio
from typing import Callable

import pytest

from hubhelper_spawner.client import HelperClient, HelperError, Target, WatchEvent
from hubhelper_spawner.client.watch_queue import WatchQueue

from .line_server import LineServer, Peer
from .watched_helper import Helper, changed

Connect = Callable[..., HelperClient]
ZOE = Target("zoe")
SNAPSHOT = WatchEvent("snapshot", [])


async def test_a_queue_holds_one_snapshot_and_one_state_of_each_unit() -> None:
    queue = WatchQueue()
    for n in range(10_000):
        queue.change({"unit": f"u{n % 2}", "n": n})
        if n % 1000 == 0:
            queue.replace([{"unit": "z"}])
    assert queue.take() == WatchEvent("snapshot", [{"unit": "z"}])
    assert queue.take() == WatchEvent("change", [{"unit": "u0", "n": 9998}])
    assert queue.take() == WatchEvent("change", [{"unit": "u1", "n": 9999}])
    assert queue.take() is None


async def test_two_watches_on_one_connection_get_their_own_events(
    server: LineServer, connect: Connect, helper: Helper
) -> None:
    client = connect(server)
    first, second = client.watch(), client.watch()
    assert [await first.__anext__(), await second.__anext__()] == [SNAPSHOT] * 2
    helper.peers[0].send(changed("b", "s2"), changed("a", "s1"))
    assert (await first.__anext__()).units == [{"unit": "a"}]
    assert (await second.__anext__()).units == [{"unit": "b"}]
    assert server.accepted == 1


async def test_a_wait_that_is_cancelled_loses_no_event(
    server: LineServer, connect: Connect, helper: Helper
) -> None:
    client = connect(server)
    events = client.watch()
    assert await events.__anext__() == SNAPSHOT
    seen = []
    for n in range(20):
        waiting = asyncio.ensure_future(events.__anext__())
        await asyncio.sleep(0)
        helper.peers[0].send(changed(f"u{n}"))
        for _turn in range(n % 5):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
        if not waiting.cancelled():
            seen += waiting.result().units
    await client.status(ZOE)
    while len(seen) < 20:
        seen += (await events.__anext__()).units
    assert [unit["unit"] for unit in seen] == [f"u{n}" for n in range(20)]
    assert helper.unwatched == []


async def test_a_watch_outlasts_a_helper_that_is_away_for_longer_than_a_call_would_wait(
    server: LineServer, connect: Connect, helper: Helper
) -> None:
    client = connect(server)
    events = client.watch()
    assert await events.__anext__() == SNAPSHOT
    await server.stop()
    waiting = asyncio.ensure_future(events.__anext__())
    for _call in range(2):
        with pytest.raises(HelperError, match="no socket"):
            await connect(server).status(ZOE)
    assert not waiting.done()
    await server.listen()
    assert await waiting == SNAPSHOT


async def test_a_ninth_watch_is_busy_and_disturbs_no_other(
    server: LineServer, connect: Connect
) -> None:
    peers: list[Peer] = []

    async def script(peer: Peer) -> None:
        peers.append(peer)
        subscriptions = 0
        while (request := await peer.read()) is not None:
            if request["method"] == "unwatch":
                subscriptions -= 1
                peer.reply(request, {})
            elif subscriptions == 8:
                peer.fail(request, "busy", retryAfterMs=1)
            else:
                subscriptions += 1
                name = request["params"]["user"]
                peer.reply(request, {"subscription": name, "units": []})

    server.script = script
    client = connect(server, timeout=0.2)
    watches = [client.watch(user=f"u{n}") for n in range(9)]
    for events in watches[:8]:
        assert await events.__anext__() == SNAPSHOT
    with pytest.raises(HelperError) as raised:
        await watches[8].__anext__()
    assert raised.value.code in ("busy", "timeout")
    peers[0].send(*(changed(f"unit{n}", f"u{n}") for n in range(8)))
    for n in range(8):
        assert (await watches[n].__anext__()).units == [{"unit": f"unit{n}"}]
    await watches[0].aclose()
    assert await client.watch(user="later").__anext__() == SNAPSHOT
    assert server.accepted == 1
