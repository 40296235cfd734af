"""One start of one server, step by step."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .addresses import address_of, tcp_url, unix_url
from .client import HelperError, Target
from .environment import filter_environment, template_named
from .failures import Asked, SpawnFailure, own_failure
from .following import Following
from .listening import wait_until_listening
from .ports import NoFreePort
from .record import Record
from .states import ALIVE
from .words import describe_death

if TYPE_CHECKING:
    from .spawner import HubHelperSpawner

#: How much earlier than JupyterHub we give up, in seconds: its own TimeoutError has no sentence.
#: Jobs earlier than all the rest, for the helper knows more about a job that takes too long.
_JOB_BEFORE_TIMEOUT, _BEFORE_TIMEOUT = 1.0, 0.3
#: The longest that the protocol takes for a job, in seconds.
_LONGEST_JOB = 600.0
_STOP_TIMEOUT = 120.0

SENDS_USERS_THROUGH_HUB = (
    "c.HubHelperSpawner.unix_socket is set, and the hub starts the proxy: a user can put a link in"
    " the place of a server's socket, and have the proxy send requests to the helper as the hub."
)


class Start:
    """:param deadline: when JupyterHub gives up, by time.monotonic()"""

    def __init__(self, spawner: HubHelperSpawner, request_id: str, deadline: float) -> None:
        self.request_id = request_id
        self._spawner = spawner
        self._calls = spawner.clients.calls
        self._deadline = deadline - _JOB_BEFORE_TIMEOUT
        self._last_deadline = deadline - _BEFORE_TIMEOUT
        #: Whether something of the server may run, as far as this start has seen and done.
        self.may_run = False

    async def run(self) -> str:
        """The URL of the server.

        :raises HelperError, SpawnFailure:
        """
        if self._spawner.sends_users_through_hub():
            raise self._failure("proxy-in-hub", SENDS_USERS_THROUGH_HUB)
        target = await self._spawner.target()
        try:
            return await asyncio.wait_for(self._run(target), self._left_until(self._last_deadline))
        except asyncio.TimeoutError as error:
            seconds = self._spawner.start_timeout
            raise self._failure("start-timeout", f"not done after {seconds} s") from error

    async def _run(self, target: Target) -> str:
        spawner = self._spawner
        await self._make_units(target)
        # First, and under our id: what is not allowed is refused, and recorded, here.
        state = await self._calls.status(target, id=self.request_id)
        async with Following(
            spawner.clients, target, state["unit"], spawner.messages, spawner.log
        ) as following:
            if state["activeState"] in ALIVE:
                self.may_run = True
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
            self.may_run = True
            try:
                started = await self._calls.start(target, timeout=self._left(), id=self.request_id)
                spawner.remember(replace(record, invocation_id=started["invocationId"] or ""))
                ended = await wait_until_listening(
                    address_of(url), following.death_of(started), self._deadline
                )
                if ended is None:
                    return url
                cause = f"{ended['unit']}: {ended['result']}, status {ended['execMainStatus']}."
                raise self._failure("server-ended", cause, describe_death(ended))
            except (HelperError, SpawnFailure) as error:
                if error.code in ("job-failed", "server-ended"):
                    await self._clear_away(target)
                elif isinstance(error, HelperError) and error.outcome == "none":
                    self.may_run = False
                raise

    async def _clear_away(self, target: Target) -> None:
        """What a start that failed has left behind: the failed state, a restart that systemd has
        planned, credentials. JupyterHub polls first and then has no unit stopped that is down."""
        try:
            left = self._left_until(self._last_deadline)
            state = await self._calls.stop(target, timeout=left, id=self.request_id)
            self.may_run = False
            if state["activeState"] == "failed":
                await self._calls.reset_failed(target, id=self.request_id)
        except HelperError as error:
            self._spawner.log.warning("Could not clear away %s: %s", target.user, error)

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
            raise self._failure("unit-not-made", error) from error

    async def _stop_unknown(self, target: Target, state: dict[str, Any]) -> None:
        """A server whose token is not known cannot talk to this hub: nobody could log in to it."""
        self._spawner.log.warning(
            "%s runs already, and not with a token of this hub: stopping it", state["unit"]
        )
        await self._calls.stop(target, timeout=_STOP_TIMEOUT, id=self.request_id)
        self.may_run = False

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
                raise self._failure("no-free-port", error) from error
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

    def _left(self) -> float:
        return self._left_until(self._deadline)

    @staticmethod
    def _left_until(deadline: float) -> float:
        return min(max(0.5, deadline - time.monotonic()), _LONGEST_JOB)

    def _failure(self, code: str, cause: object, sentence: str = "") -> SpawnFailure:
        spawner = self._spawner
        asked = Asked(self.request_id, spawner.account(), spawner.name)
        return own_failure(code, asked, cause, sentence)
