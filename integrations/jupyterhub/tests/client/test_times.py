"""How long calls and jobs may take."""

from __future__ import annotations

from typing import Callable

import pytest

from hubhelper_spawner.client import HelperClient, Target

from .failures import failure_of
from .line_server import LineServer, Peer, result_of

Connect = Callable[..., HelperClient]
ZOE = Target("zoe")
STATE = {"unit": "zoe.service"}


async def test_what_is_busy_is_asked_again_until_the_time_is_over(
    server: LineServer, connect: Connect
) -> None:
    async def script(peer: Peer) -> None:
        while (request := await peer.read()) is not None:
            peer.fail(request, "busy", retryAfterMs=1)

    server.script = script
    error = await failure_of(connect(server, timeout=0.05).status(ZOE))
    # Which of the two depends on whether the time ended in a pause or while asking.
    assert error.code in ("busy", "timeout")
    assert error.outcome == ("none" if error.code == "busy" else error.details["outcome"])


async def test_a_call_without_an_answer_ends_with_its_time(
    server: LineServer, connect: Connect
) -> None:
    async def script(peer: Peer) -> None:
        while await peer.read() is not None:
            pass

    server.script = script
    error = await failure_of(connect(server, timeout=0.5).status(ZOE, id="slow"))
    assert (error.code, error.request_id) == ("timeout", "slow")
    assert error.details == {"afterMs": 500, "outcome": "unknown"}


async def test_what_retries_have_used_up_is_no_longer_there_for_the_job(
    server: LineServer, connect: Connect
) -> None:
    limits: list[int] = []

    async def script(peer: Peer) -> None:
        while (request := await peer.read()) is not None:
            limits.append(request["params"]["timeoutMs"])
            if len(limits) == 1:
                peer.fail(request, "busy", retryAfterMs=30)
            else:
                peer.send(result_of(request, STATE))

    server.script = script
    await connect(server).start(ZOE, timeout=5)
    assert limits[0] == 5000
    assert 0 < limits[1] <= 4970


async def test_a_job_always_has_a_millisecond(server: LineServer, connect: Connect) -> None:
    limits: list[int] = []

    async def script(peer: Peer) -> None:
        while (request := await peer.read()) is not None:
            limits.append(request["params"]["timeoutMs"])
            if len(limits) == 1:
                peer.fail(request, "busy", retryAfterMs=30)
            else:
                peer.send(result_of(request, STATE))

    server.script = script
    await connect(server).stop(ZOE, timeout=0.002)
    assert limits == [2, 1]


@pytest.mark.parametrize("seconds", [0, -1, 0.0001, float("nan"), float("inf"), 2**31])
async def test_a_time_that_cannot_be_waited_for_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds"):
        HelperClient(timeout=seconds)
    with pytest.raises(ValueError, match="seconds"):
        HelperClient(idle_close=seconds)
    with pytest.raises(ValueError, match="seconds"):
        await HelperClient("/nonexistent").start(ZOE, timeout=seconds)
