"""Whoever looks at the progress of a start sees all of it, once."""

from __future__ import annotations

import asyncio

from hubhelper_spawner.messages import Messages


def event(number: int) -> dict:
    return {"progress": number, "message": f"Step {number}"}


async def read_all(messages: Messages) -> list[int]:
    return [each["progress"] async for each in messages.read()]


async def test_whoever_comes_late_reads_from_the_beginning() -> None:
    messages = Messages()
    early = asyncio.ensure_future(read_all(messages))
    messages.say(event(1))
    await asyncio.sleep(0)
    messages.say(event(2))
    late = asyncio.ensure_future(read_all(messages))
    await asyncio.sleep(0)
    messages.say(event(3))
    messages.complete()
    assert await early == await late == [1, 2, 3]


async def test_who_comes_when_all_is_said_reads_it_and_is_done() -> None:
    messages = Messages()
    messages.say(event(1))
    messages.complete()
    assert await read_all(messages) == [1]
    assert await read_all(messages) == [1]


async def test_what_was_just_said_is_not_said_again() -> None:
    messages = Messages()
    for number in (1, 1, 2, 2, 1):
        messages.say(event(number))
    messages.complete()
    assert await read_all(messages) == [1, 2, 1]


async def test_a_reader_of_the_last_start_ends_when_the_next_begins() -> None:
    messages = Messages()
    messages.say(event(1))
    reader = messages.read()
    assert await reader.__anext__() == event(1)
    waiting = asyncio.ensure_future(reader.__anext__())
    await asyncio.sleep(0)
    messages.restart()
    messages.say(event(2))
    (ended,) = await asyncio.gather(waiting, return_exceptions=True)
    assert isinstance(ended, StopAsyncIteration)


async def test_the_next_start_is_complete_only_when_it_says_so() -> None:
    messages = Messages()
    messages.complete()
    messages.restart()
    reader = asyncio.ensure_future(read_all(messages))
    await asyncio.sleep(0)
    assert not reader.done()
    messages.say(event(5))
    messages.complete()
    assert await reader == [5]


async def test_a_reader_that_leaves_keeps_nobody_waiting() -> None:
    messages = Messages()
    leaves = asyncio.ensure_future(read_all(messages))
    stays = asyncio.ensure_future(read_all(messages))
    await asyncio.sleep(0)
    leaves.cancel()
    messages.say(event(1))
    messages.complete()
    assert await stays == [1]
    (left,) = await asyncio.gather(leaves, return_exceptions=True)
    assert isinstance(left, asyncio.CancelledError)
