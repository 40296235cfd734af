"""Holds the client against the vectors that it shares with the one in TypeScript."""

from __future__ import annotations

import asyncio
from typing import Any, Callable

import pytest

from hubhelper_spawner.client import HelperClient, HelperError
from hubhelper_spawner.client.retry import Pace, retry_delay

from .line_server import LineServer, Peer
from .vectors import call_of, expand, pieces_of, read_vectors, send_pieces, vector_files
from .watch_vectors import run_watch

Connect = Callable[..., HelperClient]


async def run_request(vector: dict[str, Any], server: LineServer, connect: Connect) -> None:
    lines: list[bytes] = []

    async def script(peer: Peer) -> None:
        lines.append(await peer.read_line())
        peer.reply(vector, {"units": []})
        await peer.read_line()

    server.script = script
    await call_of(connect(server), vector)
    assert lines == [f"{vector['line']}\n".encode()]


async def run_reply(vector: dict[str, Any], server: LineServer, connect: Connect) -> None:
    calls = vector["calls"]

    async def script(peer: Peer) -> None:
        for _call in calls:
            await peer.read_line()
        await send_pieces(peer, pieces_of(vector["chunks"], vector.get("cut")))
        if not vector.get("end"):
            await peer.read_line()

    server.script = script
    client = connect(server, pace=None)
    outcomes = await asyncio.gather(*(_outcome_of(call_of(client, call), call) for call in calls))
    found = {str(call["id"]): outcome for call, outcome in zip(calls, outcomes)}
    assert found == expand(vector["gives"])


async def _outcome_of(call: Any, vector: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": await call}
    except HelperError as error:
        assert error.request_id == vector["id"]
        details = {"code": error.code, "message": error.message, "details": error.details}
        return {"error": details}


async def run_retry(vector: dict[str, Any], _server: LineServer, _connect: Connect) -> None:
    error = HelperError(vector["error"]["code"], "", vector["error"]["details"])
    assert vector["delaysMs"] != []
    for row in vector["delaysMs"]:
        delay = retry_delay(error, row["tries"], Pace(), row["random"])
        delay_ms = delay if delay is None else delay * 1000
        assert delay_ms == (None if row["delayMs"] is None else pytest.approx(row["delayMs"]))


RUNNERS = {
    "replies.json": run_reply,
    "requests.json": run_request,
    "retries.json": run_retry,
    "watches.json": run_watch,
}


def test_every_file_of_vectors_is_run() -> None:
    assert vector_files() == sorted(RUNNERS)


VECTORS = [
    pytest.param(file, vector, id=f"{file}: {vector['name']}")
    for file in vector_files()
    for vector in read_vectors(file)
]


@pytest.mark.parametrize(("file", "vector"), VECTORS)
async def test_vector(
    file: str, vector: dict[str, Any], server: LineServer, connect: Connect
) -> None:
    await asyncio.wait_for(RUNNERS[file](vector, server, connect), timeout=20)
