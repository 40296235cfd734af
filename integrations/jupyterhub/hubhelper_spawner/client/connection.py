"""One open connection: frames, calls in flight, subscriptions, and the end of all three."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any, Callable, Protocol

from . import messages, own_errors
from .errors import HelperError, error_from_wire, split_data
from .frames import FrameReader, TooLong, encode_frame
from .types import RequestId, UnitState

#: Replies have no cap in the protocol; this one is against a helper gone wrong.
_MAX_REPLY_BYTES = 64 * 1024 * 1024

#: Runs while a reply is read, before what follows it in the stream. False: not a right result.
OnResult = Callable[[Any, "Connection"], bool]


class Listener(Protocol):
    """Where the events of one subscription go."""

    def changed(self, unit: UnitState) -> None: ...

    def overflowed(self, units: list[UnitState]) -> None: ...

    def ended(self) -> None:
        """The policy no longer allows it."""

    def lost(self) -> None:
        """The connection is gone, and the subscription with it."""


@dataclass
class _InFlight:
    #: Gets the result, or a HelperError as a value: nobody may be waiting any more, and asyncio
    #: complains of exceptions that nobody has taken. None where nobody ever waits.
    reply: asyncio.Future[Any] | None
    on_result: OnResult | None
    size: int

    def settle(self, outcome: object) -> None:
        if self.reply is not None:
            self.reply.set_result(outcome)


class Connection(asyncio.Protocol):
    def __init__(self, idle_close: float, on_end: Callable[[], None]) -> None:
        self._idle_close = idle_close
        self._on_end = on_end
        self._reader = FrameReader(_MAX_REPLY_BYTES)
        self._in_flight: dict[RequestId, _InFlight] = {}
        self._listeners: dict[str, Listener] = {}
        self._users = 0
        self._idle: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self.ended = False

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._settle()

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._reader.push(data):
                if self.ended:
                    return
                self._receive(messages.read_message(frame))
        except TooLong:
            self._reject(f"a line of more than {_MAX_REPLY_BYTES} bytes")

    def eof_received(self) -> None:
        # At the first sign: a helper that is gone reads nothing any more.
        self._lose()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose()

    # What calls and watches use.

    def request(
        self, id: RequestId, method: str, params: dict[str, Any], on_result: OnResult | None = None
    ) -> asyncio.Future[Any]:
        """Writes a request before it returns. The future gets the result, or a HelperError as one.

        :raises ValueError: the id is in flight already
        """
        if id in self._in_flight:
            raise ValueError(f"A request with the id {id} is in flight already.")
        reply = self._loop.create_future()
        self._send(id, method, params, reply, on_result)
        return reply

    def hold(self) -> None:
        """Keeps the connection open until as many `release`."""
        self._users += 1
        self._settle()

    def release(self) -> None:
        self._users -= 1
        self._settle()

    def subscribe(self, subscription: str, listener: Listener) -> None:
        self._listeners[subscription] = listener
        self._settle()

    def unsubscribe(self, subscription: str) -> None:
        """Forgets a subscription and tells the helper so."""
        self._listeners.pop(subscription, None)
        if self.ended:
            return
        self._send(str(uuid.uuid4()), "unwatch", {"subscription": subscription}, None, None)
        self._settle()

    def close(self, error_for: Callable[[RequestId, int], HelperError]) -> None:
        """Ends the connection. Calls in flight fail with what `error_for` makes of id and bytes."""
        if self.ended:
            return
        self.ended = True
        self._settle()
        if self._transport is not None:
            self._transport.abort()
        self._on_end()
        for id, in_flight in self._in_flight.items():
            in_flight.settle(error_for(id, in_flight.size))
        self._in_flight.clear()
        for listener in list(self._listeners.values()):
            listener.lost()
        self._listeners.clear()

    # What happens inside.

    def _lose(self) -> None:
        self.close(lambda id, _size: own_errors.connection_lost(id))

    def _reject(self, problem: str) -> None:
        self.close(lambda id, _size: own_errors.bad_reply(id, problem))

    def _send(
        self,
        id: RequestId,
        method: str,
        params: dict[str, Any],
        reply: asyncio.Future[Any] | None,
        on_result: OnResult | None,
    ) -> None:
        frame = encode_frame({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        self._in_flight[id] = _InFlight(reply, on_result, len(frame) - 1)
        assert self._transport is not None
        self._transport.write(frame)

    def _settle(self) -> None:
        # A connection that nobody uses is closed after a while: an idle helper may then exit.
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if not self.ended and self._users == 0 and not self._listeners:
            self._idle = self._loop.call_later(self._idle_close, self._lose)

    def _receive(self, message: messages.Message) -> None:
        if isinstance(message, messages.Result):
            self._take(message)
        elif isinstance(message, messages.Error):
            if message.id is None:
                self._refuse_frame(message.error)
            else:
                self._answer(message.id, error_from_wire(message.error, message.id))
        elif isinstance(message, messages.Notification):
            self._notify(message)
        elif isinstance(message, messages.Malformed):
            self._reject(message.problem)

    def _take(self, message: messages.Result) -> None:
        in_flight = self._in_flight.get(message.id)
        if in_flight is None:
            return
        if in_flight.on_result is not None and not in_flight.on_result(message.result, self):
            self._reject("a result without its members")
            return
        self._answer(message.id, message.result)

    def _answer(self, id: RequestId, outcome: object) -> None:
        in_flight = self._in_flight.pop(id, None)
        if in_flight is not None:
            in_flight.settle(outcome)

    def _refuse_frame(self, error: dict[str, Any]) -> None:
        # The helper does not know whose frame it was. Where it was too long, we do.
        code, details = split_data(error)
        limit = details.get("limit") if code == "too-large" else None
        known = limit if isinstance(limit, (int, float)) else 0
        self.close(
            lambda id, size: (
                error_from_wire(error, id) if size > known else own_errors.connection_lost(id)
            )
        )

    def _notify(self, message: messages.Notification) -> None:
        subscription = message.params["subscription"]
        listener = self._listeners.get(subscription)
        if listener is None:
            return
        if message.method == "unit-changed":
            listener.changed(message.params["unit"])
        elif message.method == "watch-overflow":
            listener.overflowed(message.params["units"])
        else:
            del self._listeners[subscription]
            self._settle()
            listener.ended()
