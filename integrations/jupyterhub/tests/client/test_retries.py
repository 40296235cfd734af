"""What is made again, and how long for."""

from __future__ import annotations

import asyncio
import errno
import socket
from pathlib import Path
from typing import Any, Callable

import pytest

from hubhelper_spawner.client import HelperClient, Target
from hubhelper_spawner.client.retry import Pace

from .failures import failure_of
from .line_server import LineServer, Peer, answering

Connect = Callable[..., HelperClient]
ZOE = Target("zoe")
STATE = {"unit": "zoe.service"}


async def at_once(peer: Peer) -> None:
    peer.writer.transport.abort()


async def by_half_closing(peer: Peer) -> None:
    peer.writer.write_eof()
    await peer.read_line()


async def at_the_first_byte(peer: Peer) -> None:
    await peer.reader.read(1)
    peer.writer.transport.abort()


async def after_reading(peer: Peer) -> None:
    await peer.read()


async def in_the_middle_of_the_reply(peer: Peer) -> None:
    await peer.read()
    peer.writer.write(b'{"jsonrpc":"2.0","id":')


#: The ways in which a helper that goes away can meet a request.
ENDINGS = [at_once, by_half_closing, at_the_first_byte, after_reading, in_the_middle_of_the_reply]


@pytest.mark.parametrize("ending", ENDINGS)
async def test_calls_whose_connection_ends_are_made_again_with_their_ids(
    server: LineServer, connect: Connect, ending: Any
) -> None:
    ids: set[str] = set()

    def answer(request: dict[str, Any]) -> Any:
        ids.add(request["id"])
        return STATE

    async def script(peer: Peer) -> None:
        await (ending if peer.number < 3 else answering(answer))(peer)

    server.script = script
    client = connect(server)
    answers = await asyncio.gather(
        client.start(ZOE, id="a"),
        client.stop(ZOE, id="b"),
        client.reset_failed(ZOE, id="c"),
        client.status(ZOE, id="d"),
        client.write_credentials(ZOE, env={}, id="e"),
        client.remove_credentials(ZOE, id="f"),
    )
    assert answers == [STATE] * 6
    assert ids == set("abcdef")
    assert server.accepted == 4


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_single_attempt_whose_connection_ends_says_that_it_is_unsure(
    server: LineServer, connect: Connect, ending: Any
) -> None:
    server.script = ending
    error = await failure_of(connect(server, pace=None).start(ZOE, id="once"))
    assert (error.code, error.outcome, error.request_id) == ("connection-lost", "unknown", "once")
    assert server.accepted == 1


async def test_a_call_whose_connection_always_ends_gives_up(
    server: LineServer, connect: Connect
) -> None:
    server.script = after_reading
    assert (await failure_of(connect(server).status(ZOE))).code == "connection-lost"
    assert server.accepted == 20


async def test_a_socket_that_comes_back_in_time_is_found(
    server: LineServer, connect: Connect
) -> None:
    await server.stop()
    client = connect(server, pace=Pace(0.02, 0.05))
    call = asyncio.ensure_future(client.status(ZOE))
    await failure_of(connect(server, pace=None).status(ZOE))
    await server.listen()
    server.script = answering(lambda _request: STATE)
    assert await call == STATE


@pytest.mark.parametrize(
    ("reason", "advice"), [("ENOENT", "no socket"), ("ECONNREFUSED", "Nobody")]
)
async def test_where_nobody_is_there_the_error_says_what_to_do(
    tmp_path: Path, reason: str, advice: str
) -> None:
    path = tmp_path / "helper.sock"
    if reason == "ECONNREFUSED":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(path))
    client = HelperClient(str(path), check_path=False, pace=Pace(0.001, 0.004))
    error = await failure_of(client.describe(id="x"))
    assert (error.code, error.outcome, error.request_id) == ("cannot-connect", "none", "x")
    assert error.details == {"socketPath": str(path), "reason": reason, "outcome": "none"}
    assert advice in error.message
    assert isinstance(error.__cause__, OSError)


@pytest.mark.parametrize("outcome", ["none", "unknown"])
async def test_where_nobody_is_there_any_more_earlier_attempts_count(
    server: LineServer, connect: Connect, outcome: str
) -> None:
    async def script(peer: Peer) -> None:
        request = await peer.read()
        assert request is not None
        server.path.unlink()
        if outcome == "none":
            # So long that the end of the connection is seen before the next attempt.
            peer.fail(request, "busy", retryAfterMs=50)

    server.script = script
    error = await failure_of(connect(server).start(ZOE))
    assert (error.code, error.outcome) == ("cannot-connect", outcome)
    assert error.message.endswith("Nothing was done.") is (outcome == "none")


async def test_a_path_that_no_socket_can_have_is_an_error_of_the_client() -> None:
    client = HelperClient("/tmp/" + "x" * 200, check_path=False)
    assert (await failure_of(client.describe())).code == "cannot-connect"


async def test_a_full_queue_is_waited_out(tmp_path: Path) -> None:
    path = str(tmp_path / "helper.sock")
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.setblocking(False)
        listening.bind(path)
        listening.listen(0)
        waiting = fill_queue(path)
        once = HelperClient(path, check_path=False, pace=None)
        assert (await failure_of(once.describe())).details["reason"] == "EAGAIN"

        client = HelperClient(path, check_path=False, pace=Pace(0.001, 0.004))
        call = asyncio.ensure_future(client.describe(id="x"))
        for queued in waiting:
            (await loop.sock_accept(listening))[0].close()
            queued.close()
        accepted, _address = await loop.sock_accept(listening)
        await loop.sock_recv(accepted, 4096)
        await loop.sock_sendall(accepted, b'{"jsonrpc":"2.0","id":"x","result":{}}\n')
        assert await call == {}
        await client.close()
        accepted.close()


def fill_queue(path: str) -> list[socket.socket]:
    waiting = []
    while True:
        dialled = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        refused = dialled.connect_ex(path)
        if refused:
            assert refused == errno.EAGAIN
            dialled.close()
            return waiting
        waiting.append(dialled)
