#!/usr/bin/env python3
"""Goes through what a hub does, with the client for Python, and prints what came of it as lines of JSON.

usage: asyncio_hub.py tour USER STRANGER | many USER SERVER... | return USER
`return` asks, waits for a line on its standard input, and asks again with the same client.
"""

import asyncio
import json
import sys

from hubhelper_spawner.client import HelperClient, HelperError, Target


def say(step, outcome):
    print(json.dumps({"step": step, "outcome": outcome}), flush=True)


async def outcome_of(call):
    try:
        return await call
    except HelperError as error:
        return {"code": error.code, "details": error.details, "outcome": error.outcome, "id": error.request_id}


async def follow(client, user, seen, began):
    async for event in client.watch(user=user):
        for unit in event.units:
            seen.append(unit["activeState"])
        if event.kind == "snapshot":
            began.set()
        # Staging credentials is news of a unit that is inactive, too.
        if "active" in seen and seen[-1] == "inactive":
            return


async def tour(client, user, stranger):
    seen, began = [], asyncio.Event()
    following = asyncio.ensure_future(follow(client, user, seen, began))
    await began.wait()
    target = Target(user)
    say("described", await client.describe())
    staged = client.write_credentials(target, env={"JUPYTERHUB_API_TOKEN": "s3cret"}, files={"keyfile": b"\0\xff"})
    say("staged", await staged)
    say("started", await client.start(target, timeout=20))
    say("looked", await client.status(target))
    say("listed", await client.list(user=user))
    say("stopped", await client.stop(target, timeout=20))
    await following
    say("watched", seen)
    say("removed", await client.remove_credentials(target))
    say("reset", await client.reset_failed(target))
    for name in ("start", "stop", "status", "reset_failed"):
        call = getattr(client, name)(Target(stranger), id=f"for-{stranger}")
        say(f"{name} of a stranger", await outcome_of(call))
    say("named", await outcome_of(client.status(Target(user, "not/a/name"))))
    say("lone", await outcome_of(client.status(Target("\ud800"))))
    say("long", await outcome_of(client.status(Target("z" * 600_000))))


async def many(client, user, *servers):
    began = asyncio.Event()
    watching = asyncio.ensure_future(count(client, servers, began))
    await began.wait()
    calls = [outcome_of(client.start(Target(user, server), timeout=60)) for server in servers]
    states = await asyncio.gather(*calls)
    say("started", [state.get("activeState", state) for state in states])
    say("watched", await watching)


async def count(client, servers, began):
    """Follows until every server is up, and says how many snapshots that took."""
    up, snapshots = set(), 0
    async for event in client.watch():
        snapshots += event.kind == "snapshot"
        began.set()
        up.update(unit["server"] for unit in event.units if unit["activeState"] == "active")
        if up.issuperset(servers):
            break
    return {"snapshots": snapshots, "up": len(up)}


async def come_back(client, user):
    say("asked", await client.status(Target(user)))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    say("asked again", await client.status(Target(user)))


async def main(what, *args):
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: say("complaint", str(context)))
    async with HelperClient(idle_close=0.1) as client:
        await {"tour": tour, "many": many, "return": come_back}[what](client, *args)
    say("left", len(asyncio.all_tasks() - {asyncio.current_task()}))


asyncio.run(main(*sys.argv[1:]))
