"""A real socket, with the helper's end of each connection played by a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, Callable


class Peer:
    """The helper's end of one accepted connection. `number` counts them from 0."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.number = number

    async def read_line(self) -> bytes:
        """The next frame with its newline; nothing where the connection is closed."""
        try:
            return await self.reader.readline()
        except ConnectionError:
            return b""

    async def read(self) -> dict[str, Any] | None:
        line = await self.read_line()
        return json.loads(line) if line.endswith(b"\n") else None

    def send(self, *messages: Any) -> None:
        """Sends messages in one piece."""
        text = "".join(json.dumps(message) + "\n" for message in messages)
        self.writer.write(text.encode())

    def reply(self, request: dict[str, Any], result: Any) -> None:
        self.send(result_of(request, result))

    def fail(self, request: dict[str, Any], code: str, **details: Any) -> None:
        error = {"code": -32000, "message": f"{code}.", "data": {"code": code, **details}}
        self.send({"jsonrpc": "2.0", "id": request["id"], "error": error})

    def close(self) -> None:
        self.writer.close()


Script = Callable[[Peer], Awaitable[None]]


class LineServer:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.accepted = 0
        #: Runs for each connection, which ends with it.
        self.script: Script = answering(lambda _request: {})
        self._server: asyncio.AbstractServer | None = None
        self._running: dict[asyncio.Task[None], Peer] = {}
        self._failures: list[BaseException] = []

    async def __aenter__(self) -> LineServer:
        await self.listen()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.stop()
        assert self._failures == []

    async def listen(self) -> None:
        self._server = await asyncio.start_unix_server(self._accept, str(self.path), limit=1 << 24)

    async def stop(self) -> None:
        """Takes the socket away and ends every connection."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        self.path.unlink(missing_ok=True)
        running = dict(self._running)
        for task, peer in running.items():
            peer.writer.transport.abort()
            task.cancel()
        if running:
            await asyncio.wait(running)

    async def drained(self) -> None:
        """Every connection that was accepted has been ended."""
        while self._running:
            await asyncio.wait(dict(self._running))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer, self.accepted)
        self.accepted += 1
        task = asyncio.ensure_future(self._run(peer))
        self._running[task] = peer
        task.add_done_callback(self._running.pop)

    async def _run(self, peer: Peer) -> None:
        try:
            await self.script(peer)
        except Exception as error:  # noqa: BLE001 -- the test fails of it
            self._failures.append(error)
        finally:
            peer.close()


def answering(answer: Callable[[dict[str, Any]], Any]) -> Script:
    """Answers every request."""

    async def script(peer: Peer) -> None:
        while True:
            request = await peer.read()
            if request is None:
                return
            peer.reply(request, answer(request))

    return script


def result_of(request: dict[str, Any], result: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request["id"], "result": result}


def notification(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params}
