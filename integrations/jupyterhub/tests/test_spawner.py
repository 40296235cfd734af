"""The spawner with a helper's end of a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from client.line_server import LineServer
from spawners import make_spawner
from unit_helper import UNIT, UnitHelper

from hubhelper_spawner import HubHelperSpawner, clients
from hubhelper_spawner.client.retry import Pace
from hubhelper_spawner.failures import SpawnFailure
from hubhelper_spawner.ports import NoFreePort

PORTS = (28_410, 28_419)


@pytest.fixture
async def helper() -> AsyncIterator[UnitHelper]:
    helper = UnitHelper()
    yield helper
    await helper.close()


@pytest.fixture
async def server(tmp_path: Path, helper: UnitHelper) -> AsyncIterator[LineServer]:
    async with LineServer(tmp_path / "helper.sock") as server:
        server.script = helper
        yield server


@pytest.fixture
async def spawner(server: LineServer) -> AsyncIterator[HubHelperSpawner]:
    path = str(server.path)
    shared = clients.Clients(path, check_path=False, pace=Pace(0.001, 0.004), timeout=1.0)
    clients._of_loop.setdefault(asyncio.get_running_loop(), {})[path] = shared
    spawner = make_spawner(socket_path=path, port_range=PORTS, api_token="secret")
    yield spawner
    spawner._forget()
    await shared.calls.close()


async def test_a_start_gives_the_url_at_which_the_server_listens(
    spawner: HubHelperSpawner, helper: UnitHelper
) -> None:
    url = await spawner.start()
    assert url == f"http://127.0.0.1:{spawner.port}"
    assert PORTS[0] <= spawner.port <= PORTS[1]
    assert helper.env["JUPYTERHUB_API_TOKEN"] == "secret"
    assert "PATH" not in helper.env
    verbs = [method for method in helper.asked if method in ("start", "write-credentials")]
    assert verbs == ["write-credentials", "start"]
    assert await spawner.poll() is None


async def test_a_hub_that_comes_back_knows_its_server_again(spawner: HubHelperSpawner) -> None:
    await spawner.start()
    after = make_spawner(socket_path=spawner.socket_path, port_range=PORTS)
    after.load_state(spawner.get_state())
    assert after.record == spawner.record
    assert after.record is not None and after.record.unit == UNIT
    assert await after.poll() is None


async def test_a_start_that_is_watched_late_tells_every_step(spawner: HubHelperSpawner) -> None:
    await spawner.start()
    said = [event["message"] async for event in spawner.progress()]
    assert said == ["The server's program is running…"]


async def test_a_server_that_ends_before_it_listens_fails_its_start(
    spawner: HubHelperSpawner, helper: UnitHelper
) -> None:
    helper.listens = False
    starting = asyncio.ensure_future(spawner.start())
    await helper.start_asked.wait()
    async for _event in spawner.progress():
        # It runs, and everything between that and its end is left out.
        run = helper.unit["invocationId"]
        helper.become("failed", "failed", result="oom-kill", invocationId=run)
        helper.tell()
        break
    with pytest.raises(SpawnFailure) as caught:
        await starting
    assert "memory" in caught.value.jupyterhub_message
    assert caught.value.status_code == 500


async def test_a_start_that_the_helper_refuses_says_so(
    spawner: HubHelperSpawner, helper: UnitHelper
) -> None:
    helper.refusal = "denied"
    with pytest.raises(SpawnFailure) as caught:
        await spawner.start()
    assert caught.value.status_code == 403
    assert await spawner.poll() == 0


async def test_a_server_that_starts_is_not_taken_for_one_that_has_ended(
    spawner: HubHelperSpawner, helper: UnitHelper
) -> None:
    helper.may_start.clear()
    starting = asyncio.ensure_future(spawner.start())
    await helper.start_asked.wait()
    assert helper.unit["activeState"] == "inactive"
    assert await spawner.poll() is None
    helper.may_start.set()
    await starting


async def test_a_start_that_was_cancelled_counts_as_running_until_it_is_stopped(
    spawner: HubHelperSpawner, helper: UnitHelper
) -> None:
    helper.may_start.clear()
    starting = asyncio.ensure_future(spawner.start())
    await helper.start_asked.wait()
    starting.cancel()
    await asyncio.wait([starting])
    # The helper goes on, so JupyterHub has to stop it; and it stops only what runs.
    assert await spawner.poll() is None
    await spawner.stop()
    assert await spawner.poll() == 0


async def test_the_port_of_a_server_is_its_own_until_it_is_stopped(
    spawner: HubHelperSpawner,
) -> None:
    await spawner.start()
    other = make_spawner(user="wash", port_range=(spawner.port, spawner.port))
    with pytest.raises(NoFreePort):
        other.ports.choose("wash", "127.0.0.1", spawner.port, spawner.port)
    port = spawner.port
    await spawner.stop()
    assert other.ports.choose("wash", "127.0.0.1", port, port) == port
    other.ports.release("wash")


@pytest.mark.parametrize(("code", "status", "polled"), [(1, 0, 0), (1, 3, 3), (2, 9, 137)])
async def test_the_end_of_a_server_is_told_as_a_shell_would(
    spawner: HubHelperSpawner, helper: UnitHelper, code: int, status: int, polled: int
) -> None:
    await spawner.start()
    helper.become("failed", "failed", execMainCode=code, execMainStatus=status)
    assert await spawner.poll() == polled


async def test_a_helper_that_is_away_ends_no_server(
    spawner: HubHelperSpawner, server: LineServer
) -> None:
    await spawner.start()
    assert await spawner.poll() is None
    await server.stop()
    assert await spawner.poll() is None


async def test_what_did_not_end_well_is_no_matter_for_the_next_start(
    spawner: HubHelperSpawner, helper: UnitHelper
) -> None:
    helper.become("failed", "failed")
    await spawner.start()
    assert helper.asked.index("reset-failed") < helper.asked.index("start")
