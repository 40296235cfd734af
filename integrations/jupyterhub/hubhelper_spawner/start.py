"""One start of one server, step by step."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .addresses import address_of, tcp_url, unix_url
from .client import HelperError, Target
from .environment import filter_environment, template_named
from .failures import SpawnFailure
from .following import Following
from .listening import wait_until_listening
from .ports import NoFreePort
from .record import Record
from .states import ALIVE
from .words import describe_death

if TYPE_CHECKING:
    from .spawner import HubHelperSpawner

#: How much earlier than JupyterHub we give up, in seconds: its own TimeoutError has no sentence.
_BEFORE_TIMEOUT = 1.0
#: The longest that the protocol takes for a job, in seconds.
_LONGEST_JOB = 600.0
_STOP_TIMEOUT = 120.0


class Start:
    """:param deadline: when JupyterHub gives up, by time.monotonic()"""

    def __init__(self, spawner: HubHelperSpawner, request_id: str, deadline: float) -> None:
        self.request_id = request_id
        self._spawner = spawner
        self._calls = spawner.clients.calls
        self._deadline = deadline - _BEFORE_TIMEOUT

    async def run(self) -> str:
        """The URL of the server.

        :raises HelperError, SpawnFailure:
        """
        spawner = self._spawner
        target = await spawner.target()
        async with Following(spawner.clients, target, spawner.messages, spawner.log) as following:
            await self._make_units(target)
            state = await self._calls.status(target)
            following.unit = state["unit"]
            if state["activeState"] in ALIVE:
                adopted = spawner.adopt(target)
                if adopted is not None:
                    return adopted
                await self._stop_unknown(target, state)
            url = self._choose_url(target, state["unit"])
            record = Record(target.user, target.server, target.template or "", state["unit"], url)
            spawner.remember(record)
            spawner.save_state()
            await self._write_credentials(target)
            if state["activeState"] == "failed":
                await self._calls.reset_failed(target, id=self.request_id)
            started = await self._start_unit(target)
            spawner.remember(replace(record, invocation_id=started["invocationId"] or ""))
            ended = await wait_until_listening(
                address_of(url), following.death_of(started), self._deadline
            )
            if ended is not None:
                raise self._failure(describe_death(ended), "server-ended", ended)
            return url

    async def _make_units(self, target: Target) -> None:
        spawner = self._spawner
        if not spawner.unit_generator:
            return
        template = "unitgenerator" if spawner.unit_generator is True else spawner.unit_generator
        generator = Target(target.user, template=template)
        spawner.messages.say({"progress": 10, "message": "Making the units of your server…"})
        try:
            await self._calls.start(generator, timeout=self._left(), id=self.request_id)
        except HelperError as error:
            if error.code not in ("job-failed", "unit-not-found", "unit-refused"):
                raise
            sentence = "The unit of your server could not be made."
            raise self._failure(sentence, error.code, error) from error

    async def _stop_unknown(self, target: Target, state: dict[str, Any]) -> None:
        """A server whose token is not known cannot talk to this hub: nobody could log in to it."""
        self._spawner.log.warning(
            "%s runs already, and not with a token of this hub: stopping it", state["unit"]
        )
        await self._calls.stop(target, timeout=_STOP_TIMEOUT, id=self.request_id)

    def _choose_url(self, target: Target, unit: str) -> str:
        """Where the server is to listen. What `get_env` tells it follows from `ip` and `port`."""
        spawner = self._spawner
        if spawner.unix_socket:
            return unix_url(spawner.in_unit(spawner.unix_socket, unit))
        if spawner.configured_port:
            spawner.port = spawner.configured_port
        else:
            first, last = spawner.port_range
            try:
                spawner.port = spawner.ports.choose(target, spawner.ip, first, last)
            except NoFreePort as error:
                raise self._failure(
                    "This machine has no free port for your server.", "no-free-port", error
                ) from error
        return tcp_url(spawner.ip, spawner.port, bool(spawner.internal_ssl))

    async def _write_credentials(self, target: Target) -> None:
        spawner = self._spawner
        template = template_named(await self._calls.describe(), target.template)
        filtered = filter_environment(spawner.get_env(), template)
        if filtered.left_out:
            spawner.log.info(
                "Not handed to %s, since the policy does not list them: %s",
                spawner._log_name,
                ", ".join(filtered.left_out),
            )
        await self._calls.write_credentials(
            target, env=filtered.kept, files=spawner.certificates, id=self.request_id
        )

    async def _start_unit(self, target: Target) -> dict[str, Any]:
        return await self._calls.start(target, timeout=self._left(), id=self.request_id)

    def _left(self) -> float:
        return min(max(1.0, self._deadline - time.monotonic()), _LONGEST_JOB)

    def _failure(self, sentence: str, code: str, cause: object) -> SpawnFailure:
        log = f"{code}: {cause} (request {self.request_id})"
        return SpawnFailure(sentence, code=code, request_id=self.request_id, log=log, status=500)
