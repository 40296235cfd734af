"""What jupyterhub_config.py may say."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from spawners import make_spawner
from traitlets import TraitError
from traitlets.config import Config

from hubhelper_spawner import HubHelperSpawner
from hubhelper_spawner.addresses import address_of, unix_url
from hubhelper_spawner.client import Target
from hubhelper_spawner.failures import SpawnFailure


@pytest.mark.parametrize("ports", [(1024, 65535), (20000, 20000), (20000, 29999)])
def test_a_range_of_ports_that_anybody_may_listen_on_is_taken(ports: tuple[int, int]) -> None:
    assert make_spawner(configured={"port_range": ports}).port_range == ports


@pytest.mark.parametrize(
    "ports",
    [(1023, 20000), (0, 0), (20000, 65536), (20001, 20000), (-1, 20000), (20000,), "20000-29999"],
)
def test_any_other_range_of_ports_is_refused(ports: Any) -> None:
    with pytest.raises(TraitError):
        make_spawner(port_range=ports)


@pytest.mark.parametrize("trait", [{"cmd": ["/bin/evil"]}, {"args": ["--debug"]}])
def test_an_admin_is_warned_of_what_has_no_effect(
    trait: dict[str, list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        make_spawner(configured=trait)
    (name,) = trait
    assert f"{name} has no effect" in caplog.text


def test_nobody_is_warned_of_the_defaults(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        make_spawner()
    assert "has no effect" not in caplog.text


@pytest.mark.parametrize(
    ("template", "account"),
    [
        ("{username}", "zoe"),
        ("jupyter-{username}", "jupyter-zoe"),
        ("jupyter-{USERNAME}", "jupyter-zoe"),
    ],
)
def test_the_account_of_a_user_may_have_another_name(template: str, account: str) -> None:
    assert make_spawner(configured={"username_template": template}).account() == account


async def async_template(spawner: HubHelperSpawner) -> str:
    return f"big-{spawner.name}"


@pytest.mark.parametrize(
    ("template", "used"),
    [
        ("", None),
        ("big", "big"),
        (lambda spawner: "big-" + spawner.name, "big-gpu"),
        (async_template, "big-gpu"),
        # What a function does not decide is the policy's default.
        (lambda spawner: "", None),
        (lambda spawner: None, None),
    ],
)
async def test_a_template_is_a_name_or_a_function_of_the_spawner(
    template: Any, used: str | None
) -> None:
    spawner = make_spawner(server="gpu", configured={"template": template})
    assert await spawner.target() == Target("zoe", "gpu", used)


def test_the_port_of_the_configuration_is_not_that_of_the_last_start() -> None:
    spawner = make_spawner(configured={"port": 9999})
    assert spawner.configured_port == 9999
    chosen = make_spawner()
    chosen.port = 20001
    assert chosen.configured_port == 0


def test_the_port_of_every_spawner_counts_too_and_ours_before_it() -> None:
    config = Config({"Spawner": {"port": 8888}})
    assert HubHelperSpawner(config=config).configured_port == 8888
    config.HubHelperSpawner.port = 9999
    assert HubHelperSpawner(config=config).configured_port == 9999


def test_nothing_of_the_hubs_own_environment_is_handed_on_unless_the_admin_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert not {"PATH", "LANG", "OMP_NUM_THREADS"} & make_spawner().get_env().keys()
    kept = make_spawner(configured={"env_keep": ["OMP_NUM_THREADS"]})
    assert kept.get_env()["OMP_NUM_THREADS"] == "4"


def test_a_path_in_the_configuration_has_the_units_name() -> None:
    unit = "jupyterhub-singleuser-zoe@gpu.service"
    place = HubHelperSpawner.in_unit("/run/jupyterhub/{unit}/server.sock", unit)
    assert place == "/run/jupyterhub/jupyterhub-singleuser-zoe@gpu/server.sock"


@pytest.mark.parametrize(
    ("unit", "path"),
    [
        ("hub-zoe.service", "hub/zoe@"),
        (r"hub-a\x2db.service", "hub/a-b@"),
        ("hub-ax2db.service", "hub/ax2db@"),
        (r"hub-u\x40realm@gpu\x2d1.service", "hub/u@realm@gpu-1"),
        (r"hub-zoe@t\xc3\xa4st.service", "hub/zoe@t\u00e4st"),
        (r"hub-zoe@ta\xcc\x88st.service", "hub/zoe@ta\u0308st"),
        (r"hub-zoe@\x2ehidden.service", "hub/zoe@.hidden"),
        ("hub-all@zoe.service", "hub/all@zoe"),
    ],
)
def test_a_path_in_the_configuration_has_what_specifiers_make_of_the_name(
    unit: str, path: str
) -> None:
    place = HubHelperSpawner.in_unit("/run/{path}/server.sock", unit)
    assert place == f"/run/{path}/server.sock"
    # It is in a URL on the way to the proxy.
    assert address_of(unix_url(place)) == place


SOCKET = {"unix_socket": "/run/hub-sockets/{path}/server.sock"}


@pytest.mark.parametrize(
    ("configured", "proxies", "unsafe"),
    [
        ({}, {}, False),
        ({}, {"ConfigurableHTTPProxy": {"should_start": True}}, False),
        (SOCKET, {}, True),
        (SOCKET, {"ConfigurableHTTPProxy": {"should_start": True}}, True),
        (SOCKET, {"ConfigurableHTTPProxy": {"should_start": False}}, False),
        (SOCKET, {"Proxy": {"should_start": False}}, False),
        (SOCKET, {"ConfigurableHTTPProxy": {"auth_token": "x"}}, True),
        (SOCKET, {"TraefikProxy": {"should_start": True}}, True),
    ],
)
async def test_no_server_starts_on_a_socket_behind_a_proxy_of_the_hub(
    configured: dict[str, str],
    proxies: dict[str, dict[str, Any]],
    unsafe: bool,
    tmp_path: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        spawner = make_spawner(
            configured={**configured, "socket_path": str(tmp_path / "none")}, more=proxies
        )
    assert spawner.sends_users_through_hub() == unsafe
    assert ("No server will be started" in caplog.text) == unsafe
    with pytest.raises(SpawnFailure) as failed:
        await spawner.start()
    assert (failed.value.code == "proxy-in-hub") == unsafe
