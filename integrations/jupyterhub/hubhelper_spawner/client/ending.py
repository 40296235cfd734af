"""What ends a call before its answer is there: its time limit, or the end of the client."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, TypeVar

from .errors import HelperError
from .link import Link

_T = TypeVar("_T")
Reason = Callable[[], HelperError]


class Ending:
    """Ends what is waited for inside its `with` block. It leaves nothing behind on the link.

    By hand, and not by asyncio.wait_for: that cancels what it waits for, and what a call waits for
    is shared, or still of interest when the call is over.
    """

    def __init__(self, link: Link, limit: float, on_limit: Reason, on_close: Reason) -> None:
        loop = asyncio.get_running_loop()
        # The reason is its result and not its exception, of which asyncio would complain.
        self._ended: asyncio.Future[HelperError] = loop.create_future()
        self._timer = loop.call_later(limit, self._end, on_limit)
        self._reason_of_close = on_close
        self._link = link
        link.on_close.add(self._close)
        if link.closed:
            self._close()

    def __enter__(self) -> Ending:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._timer.cancel()
        self._link.on_close.discard(self._close)

    def _close(self) -> None:
        self._end(self._reason_of_close)

    def _end(self, reason: Reason) -> None:
        if not self._ended.done():
            self._ended.set_result(reason())

    def check(self) -> None:
        """:raises HelperError: the reason, where the end has come"""
        if self._ended.done():
            raise self._ended.result()

    async def wait_for(self, work: asyncio.Future[_T]) -> _T:
        """Gives what the work gives, and leaves it alone when the end comes first."""
        self.check()
        either: set[asyncio.Future[Any]] = {work, self._ended}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not work.done() or work.cancelled():
            self.check()
        return work.result()

    async def pause(self, seconds: float) -> None:
        await asyncio.wait({self._ended}, timeout=seconds)
        self.check()
