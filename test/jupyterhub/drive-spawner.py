"""Starts servers of one user with the spawner alone, asks all of them who they are, and stops them.

For names that JupyterHub 6 has no more: reads {"user", "names"} from standard input, as JSON, and writes what became of
each name.
"""

import asyncio
import json
import sys
import urllib.request
from types import SimpleNamespace

from jupyterhub import orm
from tornado.web import HTTPError

from hubhelper_spawner import HubHelperSpawner

HUB = SimpleNamespace(public_host="", api_url="http://127.0.0.1:8081/hub/api", base_url="/hub/")


def make(user, name):
    named = SimpleNamespace(name=user, escaped_name=user, url=f"/user/{user}/")
    return HubHelperSpawner(
        user=named, hub=HUB, orm_spawner=orm.Spawner(name=name), api_token="a token"
    )


async def start(spawner):
    try:
        return {"url": await spawner.start()}
    except HTTPError as error:
        return {"status": error.status_code, "says": error.jupyterhub_message}


def ask(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)


async def main():
    given = json.load(sys.stdin)
    spawners = [make(given["user"], name) for name in given["names"]]
    became = await asyncio.gather(*map(start, spawners))
    started = [(s, b) for s, b in zip(spawners, became) if "url" in b]
    for spawner, it in started:
        it["answer"] = ask(it["url"])
        it["poll"] = await spawner.poll()
    await asyncio.gather(*(spawner.stop() for spawner, _ in started))
    json.dump(became, sys.stdout)


asyncio.run(main())
