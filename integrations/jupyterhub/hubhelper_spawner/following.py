"""Follows one unit while it is started."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Any

from .client import HelperError, Target, WatchEvent
from .clients import Clients
from .messages import Messages
from .signal import Signal
from .words import describe_progress

State = dict[str, Any]


class Following:
    """A watch that says what happens, for as long as the context lasts. It is a courtesy: where the
    helper refuses it, the start goes on without."""

    def __init__(
        self,
        clients: Clients,
        target: Target,
        unit: str,
        messages: Messages,
        log: logging.Logger,
    ) -> None:
        self._clients = clients
        self._target = target
        #: Of all those that the user has.
        self._unit = unit
        self._messages = messages
        self._log = log
        self._changed = Signal()
        self._state: State | None = None

    async def __aenter__(self) -> Following:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    async def death_of(self, started: State) -> State:
        """Returns, once the run that `started` shows is over, the state in which the unit then was.

        Never returns while it lives, nor where it could not be watched.
        """
        while self._state is None or not is_over(started, self._state):
            await self._changed.wait()
        return self._state

    async def _watch(self) -> None:
        try:
            template, user = self._target.template, self._target.user
            async with self._clients.watch(template, user) as events:
                async for event in events:
                    await self._take(event)
        except HelperError as error:
            self._log.warning("The start of %s cannot be followed: %s", self._target.user, error)

    async def _take(self, event: WatchEvent) -> None:
        states = [state for state in event.units if state["unit"] == self._unit]
        if not states and event.kind == "snapshot":
            # A snapshot leaves out what is inactive.
            states = [await self._clients.calls.status(self._target)]
        for state in states:
            self._state = state
            said = describe_progress(state)
            if said is not None:
                self._messages.say(said)
            self._changed.notify()


def is_over(started: State, now: State) -> bool:
    """Whether the run of a unit that `started` shows has ended by the time of `now`.

    States may arrive late, of the time before that run, and may have been left out, when the next
    run has begun already: an automatic restart has another invocation id (systemd.exec(5)).
    """
    if now["nRestarts"] is not None and now["nRestarts"] > (started["nRestarts"] or 0):
        return True
    if now["invocationId"] != started["invocationId"]:
        return False
    return now["activeState"] in ("failed", "inactive", "deactivating") or (
        now["subState"] == "auto-restart"
    )
