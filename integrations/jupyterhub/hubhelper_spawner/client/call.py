"""Sends a request until there is a definite answer, or time or patience is over."""

from __future__ import annotations

import asyncio
import errno
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any, Callable

from . import own_errors
from .connection import Connection, OnResult
from .ending import Ending
from .errors import HelperError
from .link import Link
from .retry import Pace, did_nothing, retry_delay
from .trust_path import UntrustedPath
from .types import RequestId


@dataclass(frozen=True)
class Call:
    method: str
    id: RequestId
    #: Makes the params of each attempt from the milliseconds that those before it have used up.
    params: Callable[[int], dict[str, Any]]
    #: Seconds, retries and their pauses included.
    limit: float
    #: None: one attempt.
    pace: Pace | None
    on_result: OnResult | None = None


async def perform(link: Link, call: Call) -> Any:
    """:raises HelperError: and ValueError where the id is in flight already"""
    return await _Attempts(link, call).run()


class _Attempts:
    def __init__(self, link: Link, call: Call) -> None:
        self._link = link
        self._call = call
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        #: How often each code was met.
        self._failures: Counter[str] = Counter()
        #: Whether any attempt so far may have reached the helper.
        self._outcome = "none"

    async def run(self) -> Any:
        call = self._call
        on_limit = lambda: own_errors.timed_out(call.id, call.limit, self._outcome)  # noqa: E731
        on_close = lambda: own_errors.client_closed(call.id, self._outcome)  # noqa: E731
        with Ending(self._link, call.limit, on_limit, on_close) as ending:
            while True:
                try:
                    return await self._attempt(ending)
                except HelperError as error:
                    ending.check()
                    delay = self._delay(error)
                    if delay is None:
                        raise
                await ending.pause(delay)

    async def _attempt(self, ending: Ending) -> Any:
        call = self._call
        connection = await self._connect(ending)
        spent_ms = int((self._loop.time() - self._began) * 1000) if self._failures else 0
        before, self._outcome = self._outcome, "unknown"
        connection.hold()
        try:
            params = call.params(spent_ms)
            reply = connection.request(call.id, call.method, params, call.on_result)
            outcome = await ending.wait_for(reply)
        finally:
            connection.release()
        if not isinstance(outcome, HelperError):
            return outcome
        if did_nothing(outcome):
            self._outcome = before
        raise outcome

    async def _connect(self, ending: Ending) -> Connection:
        id, path = self._call.id, self._link.socket_path
        while True:
            # Before the link is asked: one that is closed opens no connection any more.
            ending.check()
            try:
                connection: Connection = await ending.wait_for(self._link.connection())
            except UntrustedPath as error:
                untrusted = own_errors.untrusted_socket(id, path, error.component, error.problem)
                raise untrusted from error
            except OSError as error:
                reason = errno.errorcode.get(error.errno or errno.EINVAL, str(error.errno))
                raise own_errors.cannot_connect(id, path, reason, self._outcome) from error
            if not connection.ended:
                return connection

    def _delay(self, error: HelperError) -> float | None:
        """Seconds until the next attempt; None where there is to be none."""
        call = self._call
        self._failures[error.code] += 1
        if call.pace is None:
            return None
        delay = retry_delay(error, self._failures[error.code], call.pace, random.random())
        if delay is None or self._loop.time() - self._began + delay >= call.limit:
            return None
        return delay
