"""A hub's side of the helper."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Callable

from .call import Call, perform
from .connection import Connection, OnResult
from .link import Link
from .messages import has_units
from .request_params import FileContent, credential_params, filter_params
from .retry import Pace
from .settings import check_id, check_seconds
from .types import RequestId, Target, UnitState
from .watch import Watch

#: The protocol's own default for a job, in seconds.
DEFAULT_JOB_TIMEOUT = 120.0
#: How much longer than its job a call may take: the helper's word about the time has to arrive.
_JOB_GRACE = 10.0


class HelperClient:
    """One connection, opened at the first call, shared by all calls, closed when unused for
    `idle_close` seconds and opened again when needed. For one event loop at a time.

    Every call raises a `HelperError` whose `code` says what happened, or a ValueError or TypeError
    where its arguments are not usable. A cancelled call cancels nothing in the helper. `timeout` is
    in seconds, retries included. `id` is found again in the helper's audit record; no two calls in
    flight may have the same. By default it is a random UUID.

    :param check_path: whether to look at who owns the socket and its directories
    :param trusted_owner: a uid that they may belong to, beside root
    :param pace: how fast attempts follow each other; None: each call is one attempt
    """

    def __init__(
        self,
        socket_path: str = "/run/hub-helper/helper.sock",
        timeout: float = 30.0,
        idle_close: float = 10.0,
        check_path: bool = True,
        *,
        trusted_owner: int = 0,
        pace: Pace | None = Pace(),  # noqa: B008 -- it is frozen
    ) -> None:
        self._timeout = check_seconds("timeout", timeout)
        self._pace = pace
        owner = trusted_owner if check_path else None
        self._link = Link(socket_path, owner, check_seconds("idle_close", idle_close))

    async def describe(self, id: RequestId | None = None) -> dict[str, Any]:
        """What this process may do, and the limits in force."""
        return await self._call("describe", {}, id)

    async def start(
        self, target: Target, timeout: float = DEFAULT_JOB_TIMEOUT, id: RequestId | None = None
    ) -> UnitState:
        """Starts the target's unit, and returns when systemd's job is done.

        What is active stays as it is. `timeout` is the job's, 0.001 to 600; the call's is ten
        seconds more. A call that is repeated after a lost connection may run a `Type=oneshot` unit
        twice.
        """
        return await self._job("start", target, timeout, id)

    async def stop(
        self, target: Target, timeout: float = DEFAULT_JOB_TIMEOUT, id: RequestId | None = None
    ) -> UnitState:
        """Stops the target's unit, and returns when it is down, also where it did not run."""
        return await self._job("stop", target, timeout, id)

    async def reset_failed(self, target: Target, id: RequestId | None = None) -> UnitState:
        """Clears the failed state of the target's unit, and its start limit."""
        return await self._call("reset-failed", target.params(), id)

    async def write_credentials(
        self,
        target: Target,
        env: Mapping[str, str] | None = None,
        files: Mapping[str, FileContent] | None = None,
        id: RequestId | None = None,
    ) -> dict[str, Any]:
        """Stages credentials for the next start of the target's unit, in place of the earlier set.

        Returns `{unit, credentials: [{name, bytes}]}`.
        """
        params = {**target.params(), **credential_params(env, files)}
        return await self._call("write-credentials", params, id)

    async def remove_credentials(
        self, target: Target, id: RequestId | None = None
    ) -> dict[str, Any]:
        """Takes staged credentials away. Returns `{unit, removed}`: how many there were."""
        return await self._call("remove-credentials", target.params(), id)

    async def status(self, target: Target, id: RequestId | None = None) -> UnitState:
        """What systemd says of the target's unit, also where there is none."""
        return await self._call("status", target.params(), id)

    async def list(
        self, template: str | None = None, user: str | None = None, id: RequestId | None = None
    ) -> list[UnitState]:
        """The units this process may see that are not inactive, or have staged credentials."""
        params = filter_params(template, user)
        units: list[UnitState] = (await self._call("list", params, id, _take_units))["units"]
        return units

    def watch(self, template: str | None = None, user: str | None = None) -> Watch:
        """Follows the units of `list`: an async iterator of WatchEvent, ended by its `aclose()`."""
        return Watch(self._link, filter_params(template, user), self._timeout, self._pace)

    async def close(self) -> None:
        """Ends the connection. Calls in flight raise `client-closed`, watches end."""
        self._link.close()

    async def __aenter__(self) -> HelperClient:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.close()

    async def _job(
        self, method: str, target: Target, timeout: float, id: RequestId | None
    ) -> UnitState:
        timeout_ms = round(check_seconds("timeout", timeout) * 1000)

        def params(spent_ms: int) -> dict[str, Any]:
            return {**target.params(), "timeoutMs": max(1, timeout_ms - spent_ms)}

        return await self._perform(method, params, timeout + _JOB_GRACE, id)

    async def _call(
        self,
        method: str,
        params: dict[str, Any],
        id: RequestId | None,
        on_result: OnResult | None = None,
    ) -> dict[str, Any]:
        return await self._perform(method, lambda _spent: params, self._timeout, id, on_result)

    async def _perform(
        self,
        method: str,
        params: Callable[[int], dict[str, Any]],
        limit: float,
        id: RequestId | None,
        on_result: OnResult | None = None,
    ) -> dict[str, Any]:
        request_id = str(uuid.uuid4()) if id is None else check_id(id)
        call = Call(method, request_id, params, limit, self._pace, on_result)
        result: dict[str, Any] = await perform(self._link, call)
        return result


def _take_units(result: object, _connection: Connection) -> bool:
    return has_units(result)
