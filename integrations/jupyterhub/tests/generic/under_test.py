"""The spawner in the place of the one that JupyterHub's tests were written with."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlparse

from traitlets import Integer

from hubhelper_spawner import HubHelperSpawner
from hubhelper_spawner.client import Target
from hubhelper_spawner.states import ALIVE, exit_status


class SpawnerUnderTest(HubHelperSpawner):
    """Ours, with what tests take from LocalProcessSpawner beside the contract of a spawner."""

    interrupt_timeout = Integer(10, config=True)
    term_timeout = Integer(5, config=True)
    kill_timeout = Integer(5, config=True)

    def user_env(self, env: dict[str, Any]) -> dict[str, Any]:
        return env

    def get_env(self) -> dict[str, Any]:
        return self.user_env(super().get_env())

    def get_state(self) -> dict[str, Any]:
        """Tests look for `pid` to see whether there is a state at all."""
        state = super().get_state()
        return {**state, "pid": 0} if "unit" in state else state

    @property
    def proc(self) -> UnitAsProcess | None:
        return None if self.record is None else UnitAsProcess(self.socket_path, self.record.target)


class SpawnerOfAddresses(SpawnerUnderTest):
    """For callers that unpack what `start` returns, which may be an address or a URL."""

    async def start(self) -> tuple[str, int]:
        url = urlparse(await super().start())
        assert url.hostname is not None and url.port is not None
        return url.hostname, url.port


class UnitAsProcess:
    """A server's unit, for tests that look at its process behind the hub's back."""

    def __init__(self, socket_path: str, target: Target) -> None:
        self._socket_path = socket_path
        self._target = target

    def poll(self) -> int | None:
        state = self._ask("status")
        return None if state["activeState"] in ALIVE else exit_status(state)

    def terminate(self) -> None:
        self._ask("stop")

    def wait(self, timeout: float | None = None) -> int | None:
        """Stopping has waited already."""
        return self.poll()

    def _ask(self, method: str) -> dict[str, Any]:
        """Without the client, which needs the event loop that such a test blocks."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": self._target.params()}
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self._socket_path)
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile() as lines:
                result: dict[str, Any] = json.loads(lines.readline())["result"]
        return result
