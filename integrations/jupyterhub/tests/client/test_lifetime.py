"""How long a connection stays open, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import socket
from pathlib import Path
from typing import Callable

import pytest

from hubhelper_spawner.client import HelperClient, Target

from .failures import failure_of
from .line_server import LineServer, Peer, answering, notification

Connect = Callable[..., HelperClient]
ZOE = Target("zoe")


async def test_an_unused_connection_is_closed_and_another_one_opened_when_needed(
    server: LineServer, connect: Connect
) -> None:
    ended: list[asyncio.Event] = []

    async def script(peer: Peer) -> None:
        ended.append(asyncio.Event())
        await answering(lambda _request: {})(peer)
        ended[peer.number].set()

    server.script = script
    client = connect(server, idle_close=0.05)
    await client.status(ZOE)
    await ended[0].wait()
    await client.status(ZOE)
    assert server.accepted > 1


async def others_come_and_go(server: LineServer, connect: Connect, ended: asyncio.Event) -> None:
    """Lets connections end of which each was unused for as long as they may be."""
    for _other in range(5):
        ended.clear()
        await connect(server, idle_close=0.05).status(ZOE)
        await ended.wait()


async def test_a_connection_with_a_call_is_not_unused(server: LineServer, connect: Connect) -> None:
    ended = asyncio.Event()

    async def script(peer: Peer) -> None:
        if peer.number == 0:
            await others_come_and_go(server, connect, ended)
        await answering(lambda _request: {"number": peer.number})(peer)
        ended.set()

    server.script = script
    client = connect(server, idle_close=0.05, pace=None)
    assert await client.status(ZOE) == {"number": 0}


async def test_a_connection_with_a_watch_is_not_unused(
    server: LineServer, connect: Connect
) -> None:
    ended = asyncio.Event()
    first: list[Peer] = []

    async def script(peer: Peer) -> None:
        first.append(peer)
        await answering(lambda _request: {"subscription": "s1", "units": []})(peer)
        ended.set()

    server.script = script
    events = connect(server, idle_close=0.05).watch()
    assert (await events.__anext__()).kind == "snapshot"
    await others_come_and_go(server, connect, ended)
    first[0].send(notification("unit-changed", subscription="s1", unit={"unit": "a"}))
    assert (await events.__anext__()).units == [{"unit": "a"}]


async def test_a_helper_that_hangs_up_is_gone_although_it_has_not_read_everything(
    server: LineServer, connect: Connect
) -> None:
    left = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.reader.read(1)
        peer.writer.transport.pause_reading()
        peer.writer.write_eof()
        await left.wait()

    server.script = script
    error = await failure_of(connect(server, pace=None).status(Target("z" * 8_000_000)))
    assert error.code == "connection-lost"
    left.set()


async def test_closing_rejects_the_calls_in_flight_and_all_later_ones(
    server: LineServer, connect: Connect
) -> None:
    asked = asyncio.Event()

    async def script(peer: Peer) -> None:
        for _request in range(2):
            await peer.read()
        asked.set()
        await peer.read()

    server.script = script
    client = connect(server)
    calls = [asyncio.ensure_future(client.start(ZOE)), asyncio.ensure_future(client.describe())]
    await asked.wait()
    await client.close()
    for call in calls:
        error = await failure_of(call)
        assert (error.code, error.outcome) == ("client-closed", "unknown")
    error = await failure_of(client.status(ZOE))
    assert (error.code, error.outcome) == ("client-closed", "none")
    assert server.accepted == 1


async def test_closing_while_the_connection_opens_rejects_the_call(
    server: LineServer, connect: Connect
) -> None:
    for turns in range(6):
        client = connect(server, idle_close=600)
        call = asyncio.ensure_future(client.start(ZOE))
        for _turn in range(turns):
            await asyncio.sleep(0)
        await client.close()
        assert (await failure_of(call)).code == "client-closed"
    await asyncio.wait_for(server.drained(), timeout=20)


async def test_closing_twice_and_closing_what_was_never_used_is_no_fault(
    server: LineServer, connect: Connect
) -> None:
    client = connect(server)
    await client.close()
    await client.close()
    async with connect(server) as client:
        await client.describe()
    await client.close()


def test_a_client_can_be_used_in_one_event_loop_after_another(tmp_path: Path) -> None:
    path = str(tmp_path / "helper.sock")
    client = HelperClient(path, timeout=0.5, check_path=False, pace=None)
    # Each loop ends with a connection that is open still.
    with socket.socket(socket.AF_UNIX) as listening, pytest.warns(ResourceWarning):
        listening.bind(path)
        listening.listen()
        for _loop in range(3):
            assert asyncio.run(failure_of(client.status(ZOE))).code == "timeout"
            with listening.accept()[0] as accepted:
                assert b'"status"' in accepted.recv(4096)
        del client
        gc.collect()
