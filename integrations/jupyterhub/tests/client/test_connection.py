"""One connection, shared by all calls."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any, Callable

import pytest

from hubhelper_spawner.client import HelperClient, Target

from .failures import failure_of
from .line_server import LineServer, Peer, answering, result_of

Connect = Callable[..., HelperClient]
ZOE = Target("zoe")


async def test_calls_share_one_connection_and_arrive_in_the_order_in_which_they_were_made(
    server: LineServer, connect: Connect
) -> None:
    seen: list[str] = []

    def answer(request: dict[str, Any]) -> Any:
        seen.append(request["params"]["user"])
        return {"user": seen[-1]}

    server.script = answering(answer)
    client = connect(server)
    names = [f"user{n}" for n in range(300)]
    states = await asyncio.gather(*(client.status(Target(name)) for name in names))
    assert seen == names
    assert [state["user"] for state in states] == names
    assert server.accepted == 1


async def test_a_call_that_is_made_while_the_connection_opens_does_not_overtake(
    server: LineServer, connect: Connect
) -> None:
    seen: list[int] = []
    server.script = answering(lambda request: seen.append(request["id"]))
    client = connect(server)
    calls = []
    for n in range(50):
        calls.append(asyncio.ensure_future(client.status(ZOE, id=n)))
        await asyncio.sleep(0)
    await asyncio.gather(*calls)
    assert seen == list(range(50))


async def test_ids_are_the_callers_or_random_uuids(server: LineServer, connect: Connect) -> None:
    ids: list[Any] = []
    server.script = answering(lambda request: ids.append(request["id"]))
    client = connect(server)
    for id in ("spawn-1", 7, None, None):
        await client.status(ZOE, id=id)
    assert ids[:2] == ["spawn-1", 7]
    assert len({uuid.UUID(id) for id in ids[2:]}) == 2
    assert {uuid.UUID(id).version for id in ids[2:]} == {4}


async def test_an_id_that_is_in_flight_is_not_used_twice(
    server: LineServer, connect: Connect
) -> None:
    client = connect(server)

    async def script(peer: Peer) -> None:
        request = await peer.read()
        assert request is not None
        with pytest.raises(ValueError, match="in flight"):
            await client.status(ZOE, id="same")
        peer.reply(request, {"user": "zoe"})
        await peer.read()

    server.script = script
    assert await client.status(ZOE, id="same") == {"user": "zoe"}


@pytest.mark.parametrize("id", [True, 1.5, b"x", 2**53, "\ud800"])
async def test_an_id_that_no_reply_could_carry_is_refused(
    server: LineServer, connect: Connect, id: Any
) -> None:
    with pytest.raises((TypeError, ValueError)):
        await connect(server).status(ZOE, id=id)
    assert server.accepted == 0


async def test_a_list_without_its_units_is_a_bad_reply(
    server: LineServer, connect: Connect
) -> None:
    server.script = answering(lambda _request: {"units": 7})
    assert (await failure_of(connect(server).list())).code == "bad-reply"


async def test_a_reply_that_nests_deeper_than_the_parser_goes_is_a_bad_reply(
    server: LineServer, connect: Connect
) -> None:
    async def script(peer: Peer) -> None:
        await peer.read()
        peer.writer.write(b'{"id":"r","result":' + b"[" * 200_000 + b"]" * 200_000 + b"}\n")
        await peer.read()

    server.script = script
    assert (await failure_of(connect(server).status(ZOE))).code == "bad-reply"


async def test_unwatch_and_calls_that_were_left_do_not_mix_with_other_replies(
    server: LineServer, connect: Connect
) -> None:
    methods: list[str] = []

    async def script(peer: Peer) -> None:
        while (request := await peer.read()) is not None:
            methods.append(request["method"])
            if request["method"] == "watch":
                peer.reply(request, {"subscription": "s1", "units": []})
            elif request["method"] == "unwatch":
                peer.fail(request, "invalid-params", path="subscription", problem="none")
            else:
                peer.send(result_of(request, json.loads(json.dumps(request["params"]))))

    server.script = script
    client = connect(server)
    async for _event in client.watch():
        break
    assert await client.status(ZOE) == {"user": "zoe"}
    assert methods == ["watch", "unwatch", "status"]
