"""Runs one vector about a watch."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from hubhelper_spawner.client import HelperClient, HelperError, Target
from hubhelper_spawner.client.watch import Watch

from .line_server import LineServer, Peer


class Script:
    """The helper's side of a vector."""

    def __init__(self, vector: dict[str, Any]) -> None:
        self.begins = list(vector["begins"])
        self.asked: list[Any] = []
        self.unwatched: list[Any] = []
        self.peer: Peer | None = None

    async def run(self, peer: Peer) -> None:
        while True:
            request = await peer.read()
            if request is None:
                return
            if request["method"] == "watch":
                self._begin(peer, request)
            else:
                if request["method"] == "unwatch":
                    self.unwatched.append(request["params"]["subscription"])
                peer.reply(request, {"unit": "zoe.service"})

    def _begin(self, peer: Peer, request: dict[str, Any]) -> None:
        self.peer = peer
        self.asked.append(request["params"])
        begin = self.begins.pop(0)
        if begin == "drop":
            peer.close()
        else:
            peer.send(*(_with_id(message, request["id"]) for message in begin))


def _with_id(message: dict[str, Any], id: Any) -> dict[str, Any]:
    return {**message, "id": id} if message.get("id") == "$id" else message


async def run_watch(
    vector: dict[str, Any], server: LineServer, connect: Callable[..., HelperClient]
) -> None:
    script = Script(vector)
    server.script = script.run
    client = connect(server)
    events = client.watch(**vector.get("filter", {}))
    for step in vector["steps"]:
        await _perform(step, events, client, script)
    await events.aclose()
    assert script.begins == []
    assert all(params == vector.get("params", {}) for params in script.asked)


async def _perform(
    step: dict[str, Any], events: Watch, client: HelperClient, script: Script
) -> None:
    [(what, value)] = step.items()
    if what == "take":
        for expected in value:
            event = await events.__anext__()
            assert {"kind": event.kind, "units": event.units} == expected
    elif what == "send":
        assert script.peer is not None
        script.peer.send(*value)
    elif what == "settle":
        await client.status(Target("zoe"))
    elif what == "drop":
        assert script.peer is not None
        script.peer.close()
    elif what == "fails":
        with pytest.raises(HelperError) as raised:
            await events.__anext__()
        error = raised.value
        found = {"code": error.code, "message": error.message, "details": error.details}
        assert found == value
    elif what == "over":
        with pytest.raises(StopAsyncIteration):
            await events.__anext__()
    elif what == "leave":
        await events.aclose()
    else:
        assert what == "unwatched"
        await client.status(Target("zoe"))
        assert script.unwatched == [value]
