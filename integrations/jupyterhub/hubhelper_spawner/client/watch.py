"""The iterator behind `HelperClient.watch`."""

from __future__ import annotations

import asyncio
import random
import uuid
from typing import Any

from . import own_errors
from .call import Call, perform
from .errors import HelperError
from .link import Link
from .retry import Pace, backoff
from .subscription import Subscription
from .types import WatchEvent
from .watch_queue import WatchQueue

#: What ends a watch only when it comes first: later, the helper is expected back.
_PASSING = frozenset({"connection-lost", "cannot-connect", "timeout", "busy", "unavailable"})


class Watch:
    """Yields a snapshot, and then changes. It subscribes when the first event is asked for.

    After its connection was lost it subscribes again when the next event is asked for, and another
    snapshot takes the place of what was missed. There is no task behind it: one event is waited for
    at a time, and a wait that is cancelled loses nothing.

    :raises HelperError: until the first snapshot what any call does; later `denied`, where the
        policy no longer allows it
    """

    def __init__(self, link: Link, params: dict[str, Any], limit: float, pace: Pace | None) -> None:
        self._link = link
        self._params = params
        self._limit = limit
        self._pace = pace
        self._resync_pace = Pace() if pace is None else pace
        self._queue = WatchQueue()
        self._current: Subscription | None = None
        self._until_over: asyncio.Future[None] | None = None
        self._id = ""
        self._over = False
        #: How many subscriptions were lost, or could not be made, in quick succession.
        self._losses = 0

    def __aiter__(self) -> Watch:
        return self

    async def __anext__(self) -> WatchEvent:
        if self._until_over is None:
            self._until_over = asyncio.get_running_loop().create_future()
        while not self._over:
            try:
                event = await self._next(self._until_over)
            except HelperError as error:
                self._end()
                if error.code == "client-closed":
                    break
                raise
            if event is not None:
                return event
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Ends the watch and tells the helper so."""
        self._end()

    def __del__(self) -> None:
        # A loop that was left with `break` drops its iterator, in whichever thread that happens.
        current, over = self._current, self._until_over
        if current is not None and over is not None and not over.get_loop().is_closed():
            over.get_loop().call_soon_threadsafe(current.give_up)

    def _end(self) -> None:
        self._over = True
        if self._until_over is not None and not self._until_over.done():
            self._until_over.set_result(None)
        self._queue.clear()
        if self._current is not None:
            self._current.give_up()
            self._current = None

    async def _next(self, over: asyncio.Future[None]) -> WatchEvent | None:
        """One event; or None, after which there is more to be done."""
        if self._link.closed:
            raise own_errors.client_closed(self._id, "none")
        current = self._current
        if current is None:
            await self._begin(over)
            return None
        event = self._queue.take()
        if event is not None:
            return event
        if current.is_refused:
            raise own_errors.watch_ended(self._id)
        if current.lost_at is not None:
            lasted = current.lost_at - current.began
            self._losses = 1 if lasted > self._resync_pace.longest else self._losses + 1
            self._current = None
            return None
        current.news.clear()
        await current.news.wait()
        return None

    async def _begin(self, over: asyncio.Future[None]) -> None:
        """Subscribes; what passes is waited out, once there was a first snapshot."""
        if self._losses > 1:
            # The first time at once, as for every call.
            pause = backoff(self._losses - 1, self._resync_pace, random.random())
            await asyncio.wait({over}, timeout=pause)
        if self._over:
            return
        error = await self._subscribe(over)
        if error is None:
            return
        if self._losses == 0 or error.code not in _PASSING:
            raise error
        self._losses += 1

    async def _subscribe(self, over: asyncio.Future[None]) -> HelperError | None:
        """Gives the error with which it failed."""
        self._id = str(uuid.uuid4())
        subscription = self._current = Subscription(self._queue)
        work = asyncio.ensure_future(self._ask(subscription))
        either: set[asyncio.Future[Any]] = {work, over}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Also where this wait was cancelled: the next one begins anew.
            if not work.done() or work.result() is not None:
                work.cancel()
                # Its reply may still be on the way, and nobody would listen to what follows.
                subscription.give_up()
                self._current = None
        return work.result() if work.done() else None

    async def _ask(self, subscription: Subscription) -> HelperError | None:
        params, begin = self._params, subscription.begin
        call = Call("watch", self._id, lambda _spent: params, self._limit, self._pace, begin)
        try:
            await perform(self._link, call)
        except HelperError as error:
            # As a value: nobody may be waiting any more.
            return error
        return None
