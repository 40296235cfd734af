"""The spawner: asks the helper, which asks systemd."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlparse
from uuid import uuid4

from jupyterhub.spawner import Spawner
from jupyterhub.utils import maybe_future, url_path_join
from sqlalchemy.orm import object_session

from .certificates import places_in_unit, read_certificates
from .client import HelperError, Target
from .clients import Clients, clients_for
from .failures import Asked, SpawnFailure, failure_from
from .messages import Messages
from .ports import Ports
from .record import Record
from .start import SENDS_USERS_THROUGH_HUB, Start
from .states import ALIVE, exit_status
from .traits import HubHelperTraits

#: In seconds: a unit's TimeoutStopSec=, 90 where it says nothing, and the kill after it.
STOP_TIMEOUT = 120.0


class HubHelperSpawner(HubHelperTraits, Spawner):
    """Runs each server as the systemd unit that hub-helper's policy names for it."""

    #: What the spawners of this hub have handed out.
    ports = Ports()
    #: The servers that this hub process has started and not seen end, with their tokens.
    _running: dict[Target, tuple[Record, str]] = {}  # noqa: RUF012 -- shared on purpose

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.record: Record | None = None
        self.messages = Messages()
        self.certificates: dict[str, bytes] = {}
        self._starting = False
        #: Whether a start was cancelled: what the helper was asked for goes on.
        self._abandoned = False
        #: Whether a start has failed and left nothing, for the poll that follows.
        self._left_nothing = False
        #: What poll answers while the helper cannot be reached.
        self._last_known: int | None = 0
        super().__init__(*args, **kwargs)
        for name in self.ignored():
            self.log.warning("%s has no effect: a server's unit says what it runs", name)
        if self.sends_users_through_hub():
            self.log.error("%s No server will be started.", SENDS_USERS_THROUGH_HUB)

    @property
    def clients(self) -> Clients:
        return clients_for(self.socket_path)

    # --- state -----------------------------------------------------------------------------------

    def get_state(self) -> dict[str, Any]:
        state: dict[str, Any] = super().get_state()
        if self.record is not None:
            state.update(self.record.to_state())
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        record = Record.from_state(state)
        if record is not None:
            self.remember(record)
            self._last_known = None

    def clear_state(self) -> None:
        super().clear_state()
        self.record = None
        self._abandoned = False
        self._last_known = 0
        self.messages.restart()

    def remember(self, record: Record) -> None:
        """Takes note of what it needs to find the server again."""
        self.record = record
        self._running[record.target] = (record, self.api_token)
        port = urlparse(record.url).port
        if port is not None:
            self.ports.keep(record.target, port)

    def save_state(self) -> None:
        """JupyterHub does so after the start: a hub that is killed before would lose the server."""
        if self.orm_spawner is None:
            return
        # Not Spawner.db, of which JupyterHub says at each use that it will go.
        session = object_session(self.orm_spawner)
        if session is not None:
            self.orm_spawner.state = self.get_state()
            session.commit()

    def adopt(self, target: Target) -> str | None:
        """Takes up a server that runs, but that JupyterHub had given up, as after a stop that
        failed. Returns its URL, or None where its token is not known."""
        record, token = self._running.get(target, (None, ""))
        if record is None or not token:
            return None
        self.log.info("%s runs already: taking it up again", record.unit)
        self.api_token = token
        self.remember(record)
        return record.url

    def _forget(self) -> None:
        if self.record is not None:
            self._running.pop(self.record.target, None)
            self.ports.release(self.record.target)

    # --- what JupyterHub asks for -----------------------------------------------------------------

    async def start(self) -> str:
        """Returns the URL of the server, which listens there, or is about to.

        :raises SpawnFailure: with a sentence for the user
        """
        self._starting = True
        self._left_nothing = False
        start = Start(self, str(uuid4()), time.monotonic() + self.start_timeout)
        try:
            url = await start.run()
            # The helper may be away by the time of the first poll.
            self._last_known = None
            self._connect_to(url)
            return url
        except HelperError as error:
            self._left_nothing = not start.may_run
            asked = Asked(start.request_id, self.account(), self.name)
            raise failure_from(error, asked) from error
        except SpawnFailure:
            self._left_nothing = not start.may_run
            raise
        except asyncio.CancelledError:
            self._abandoned = True
            raise
        finally:
            self._starting = False
            self.messages.complete()

    async def stop(self, now: bool = False) -> None:
        """Returns when no process of the server is left. How much time it gets is its unit's
        business (TimeoutStopSec=), so `now` makes no difference."""
        target = await self.target()
        request_id = str(uuid4())
        try:
            state = await self.clients.calls.stop(target, timeout=STOP_TIMEOUT, id=request_id)
            if state["activeState"] == "failed":
                # It did not end well, but it ended: that is nothing the next start has to do with.
                await self.clients.calls.reset_failed(target, id=request_id)
        except HelperError as error:
            # JupyterHub says nothing, forgets the server, and answers as if it were gone.
            self.log.error(
                "%s could not be stopped and goes on, until it is started (which takes it up"
                " again) and stopped: %s",
                self._log_name,
                error,
            )
            raise failure_from(error, Asked(request_id, target.user, target.server)) from error
        self._abandoned = False
        self._forget()

    async def poll(self) -> int | None:
        """None while the server runs or starts, else the exit status of its program, 0 if unknown.

        Never raises: a hub that starts takes an exception for "not running", and loses the server.
        """
        if self._starting or self._abandoned:
            # JupyterHub stops only what runs, and the unit may be about to.
            return None
        if self._left_nothing:
            # JupyterHub polls at once after a failed start, and until it has the answer a progress
            # page that opens is told that nothing is starting, and never of the failure.
            self._left_nothing, self._last_known = False, 0
            self._forget()
            return 0
        try:
            state = await self.clients.calls.status(await self.target())
        except Exception as error:  # noqa: BLE001 -- an admin's template function may raise anything
            self.log.warning(
                "Cannot ask for the state of %s, taking it for what it was: %s",
                self._log_name,
                error,
            )
            return self._last_known
        self._last_known = None if state["activeState"] in ALIVE else exit_status(state)
        if self._last_known is not None:
            self._forget()
        return self._last_known

    def get_env(self) -> dict[str, Any]:
        env: dict[str, Any] = super().get_env()
        if self.record is not None and self.record.url.startswith("http+unix:"):
            # JupyterHub's own single-user server only takes the port from it, and here is none.
            env["JUPYTERHUB_SERVICE_URL"] = self.record.url + self.server.base_url
        return env

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What systemd does, as it does it."""
        async for event in self.messages.read():
            yield event

    async def create_certs(self) -> dict[str, str]:
        """For internal_ssl. Reads the files at once: the next server of the same user that starts
        writes its own to the same places."""
        paths: dict[str, str] = await super().create_certs()
        self.certificates = read_certificates(paths)
        return paths

    async def move_certs(self, paths: dict[str, str]) -> dict[str, str]:
        """Where the files, which become credentials of the unit, will be in it.

        :raises SpawnFailure:
        """
        request_id = str(uuid4())
        try:
            state = await self.clients.calls.status(await self.target(), id=request_id)
        except HelperError as error:
            raise failure_from(error, Asked(request_id, self.account(), self.name)) from error
        return places_in_unit(self.in_unit(self.credentials_directory, state["unit"]))

    async def get_url(self) -> str:
        """Known also to a hub whose last process was killed before JupyterHub noted it."""
        if self.record is None:
            return self.server.url
        # JupyterHub takes the host and the port from what this returns, and not the scheme.
        self.server.proto = urlparse(self.record.url).scheme
        self._connect_to(self.record.url)
        return url_path_join(self.record.url, self.server.base_url)

    def _connect_to(self, url: str) -> None:
        """JupyterHub notes a scheme, a host and a port, which does not do for a socket. What it is
        told here counts instead, for as long as the hub lives."""
        if url.startswith("http+unix:"):
            self.server.connect_url = url

    async def target(self) -> Target:
        """That of the server as it was started, or as it would be started now."""
        if self.record is not None:
            return self.record.target
        template = self.template
        if callable(template):
            template = await maybe_future(template(self))
        return Target(self.account(), self.name, template or None)
