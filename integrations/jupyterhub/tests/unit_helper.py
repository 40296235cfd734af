"""A helper's end of a socket that has one unit, and a server in it that really listens."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlparse

from client.line_server import Peer, notification

UNIT = "jupyterhub-singleuser-zoe.service"
ALLOWED = ["JUPYTERHUB_API_TOKEN", "JUPYTERHUB_SERVICE_URL", "JUPYTERHUB_USER"]


class UnitHelper:
    """A script for LineServer. `asked` are the methods of the requests, in their order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.env: dict[str, str] = {}
        self.unit: dict[str, Any] = {}
        self.become("inactive", "dead", execMainStatus=0, execMainCode=0, nRestarts=0)
        #: What `start` is answered with in place of a state, and what the server does when it runs.
        self.refusal: str | None = None
        self.listens = True
        #: Starts wait for it.
        self.may_start = asyncio.Event()
        self.may_start.set()
        self.start_asked = asyncio.Event()
        self._runs = 0
        self._watchers: list[Peer] = []
        self._server: asyncio.AbstractServer | None = None

    def become(self, active: str, sub: str, **more: Any) -> None:
        self.unit = {
            **{"unit": UNIT, "activeState": active, "subState": sub, "statusText": None},
            **{"result": "success", "invocationId": None},
            **{name: self.unit.get(name) for name in ("execMainStatus", "execMainCode")},
            **{"nRestarts": self.unit.get("nRestarts")},
            **more,
        }

    def tell(self) -> None:
        """Sends watchers the state of now, which may stand for several that passed."""
        for peer in self._watchers:
            peer.send(notification("unit-changed", subscription="s", unit=self.unit))

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def __call__(self, peer: Peer) -> None:
        pending = set()
        while (request := await peer.read()) is not None:
            self.asked.append(request["method"])
            # A stop does not wait behind a start.
            task = asyncio.ensure_future(self._answer(peer, request))
            pending.add(task)
            task.add_done_callback(pending.discard)
        for task in pending:
            task.cancel()

    async def _answer(self, peer: Peer, request: dict[str, Any]) -> None:
        method = request["method"].replace("-", "_")
        result = await getattr(self, f"_{method}")(peer, request.get("params") or {})
        if isinstance(result, str):
            peer.fail(request, result, hint="The server crashed.")
        else:
            peer.reply(request, result)

    async def _describe(self, _peer: Peer, _params: dict[str, Any]) -> dict[str, Any]:
        credentials = {"env": ALLOWED, "envPinned": [], "files": []}
        return {"templates": {"singleuser": {"default": True, "credentials": credentials}}}

    async def _watch(self, peer: Peer, _params: dict[str, Any]) -> dict[str, Any]:
        self._watchers.append(peer)
        return {"subscription": "s", "units": []}

    async def _unwatch(self, _peer: Peer, _params: dict[str, Any]) -> dict[str, Any]:
        return {}

    async def _status(self, _peer: Peer, _params: dict[str, Any]) -> dict[str, Any]:
        return self.unit

    async def _write_credentials(self, _peer: Peer, params: dict[str, Any]) -> dict[str, Any]:
        self.env = params["env"]
        return {"unit": UNIT, "credentials": []}

    async def _reset_failed(self, _peer: Peer, _params: dict[str, Any]) -> dict[str, Any]:
        self.become("inactive", "dead")
        return self.unit

    async def _start(self, _peer: Peer, _params: dict[str, Any]) -> dict[str, Any] | str:
        self.start_asked.set()
        await self.may_start.wait()
        if self.refusal is not None:
            return self.refusal
        self._runs += 1
        self.become("active", "running", invocationId=str(self._runs))
        if self.listens:
            url = urlparse(self.env["JUPYTERHUB_SERVICE_URL"])
            self._server = await asyncio.start_server(
                lambda _reader, writer: writer.close(), url.hostname, url.port
            )
        self.tell()
        return self.unit

    async def _stop(self, _peer: Peer, _params: dict[str, Any]) -> dict[str, Any]:
        await self.close()
        self.become("inactive", "dead")
        self.tell()
        return self.unit
