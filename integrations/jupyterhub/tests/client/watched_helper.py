"""The helper's end of connections on which there are watches."""

from __future__ import annotations

import asyncio
from typing import Any

from .line_server import Peer, notification


def changed(name: str, subscription: str = "s1", **more: Any) -> dict[str, Any]:
    return notification("unit-changed", subscription=subscription, unit={"unit": name, **more})


class Helper:
    """Answers watches with empty snapshots, `s1`, `s2` ..., and everything else with {}."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.count = 0
        self.peers: list[Peer] = []
        #: Set for as long as watches are answered.
        self.open = asyncio.Event()
        self.open.set()
        #: Released once for each watch that was asked for.
        self.watched = asyncio.Semaphore(0)

    async def __call__(self, peer: Peer) -> None:
        self.peers.append(peer)
        while (request := await peer.read()) is not None:
            self.asked.append((request["method"], request["params"]))
            if request["method"] != "watch":
                peer.reply(request, {})
                continue
            self.watched.release()
            await self.open.wait()
            self.count += 1
            peer.reply(request, {"subscription": f"s{self.count}", "units": []})

    @property
    def unwatched(self) -> list[str]:
        return [params["subscription"] for method, params in self.asked if method == "unwatch"]
