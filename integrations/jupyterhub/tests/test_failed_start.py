"""What JupyterHub does with a spawner whose start has failed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from jupyterhub import orm

from hubhelper_spawner import HubHelperSpawner
from hubhelper_spawner.failures import SpawnFailure


def spawner_without_helper(path: str) -> HubHelperSpawner:
    user = SimpleNamespace(name="zoe", escaped_name="zoe", url="/user/zoe/")
    return HubHelperSpawner(user=user, orm_spawner=orm.Spawner(name=""), socket_path=path)


async def test_the_poll_after_a_failed_start_asks_nobody(tmp_path) -> None:
    spawner = spawner_without_helper(str(tmp_path / "helper.sock"))
    with pytest.raises(SpawnFailure) as failed:
        await spawner.start()
    assert failed.value.status_code in (500, 503)
    # It returns at its first step: nothing that a page could be told comes between.
    with pytest.raises(StopIteration) as returned:
        spawner.poll().send(None)
    assert returned.value.value == 0


async def test_certificates_that_find_no_helper_fail_the_start_with_a_sentence(tmp_path) -> None:
    spawner = spawner_without_helper(str(tmp_path / "helper.sock"))
    with pytest.raises(SpawnFailure) as failed:
        await spawner.move_certs({})
    assert failed.value.status_code in (500, 503)
    assert failed.value.request_id in failed.value.jupyterhub_html_message
