"""URLs of servers, and the way back from them."""

from __future__ import annotations

import random
from urllib.parse import urlparse

import pytest

from hubhelper_spawner.addresses import address_of, tcp_url, unix_url


@pytest.mark.parametrize(
    ("ip", "ssl", "url"),
    [
        ("127.0.0.1", False, "http://127.0.0.1:20001"),
        ("127.0.0.1", True, "https://127.0.0.1:20001"),
        ("::1", False, "http://[::1]:20001"),
        ("node7.example", True, "https://node7.example:20001"),
    ],
)
def test_an_address_comes_back_from_its_url(ip: str, ssl: bool, url: str) -> None:
    assert tcp_url(ip, 20001, ssl) == url
    assert address_of(url) == (ip, 20001)


@pytest.mark.parametrize(
    "path",
    [
        "/run/jupyterhub/zoe/server.sock",
        "/run/Jupyter/ZOE.sock",
        r"/run/jupyterhub-singleuser-ann\x2dlee/server.sock",
        "/run/a b/%41/ü/ÄÖ.sock",
    ],
)
def test_a_path_survives_what_jupyterhub_does_to_hosts(path: str) -> None:
    url = unix_url(path)
    assert address_of(url) == path
    # As jupyterhub.objects.Server.from_url takes it: in lower case.
    assert address_of(f"http+unix://{urlparse(url).hostname}") == path


def test_any_path_survives_being_taken_for_a_host() -> None:
    source = random.Random(7)
    alphabet = "/aZ09._-%\\ @:+äÖ€[]?#"
    for _round in range(500):
        path = "/" + "".join(source.choice(alphabet) for _letter in range(source.randrange(1, 40)))
        url = unix_url(path)
        assert urlparse(url).hostname == urlparse(url).netloc
        assert address_of(f"http+unix://{urlparse(url).hostname}") == path


@pytest.mark.parametrize("url", ["http://127.0.0.1", "http:///path", "20001", ""])
def test_an_address_without_a_host_or_a_port_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="no host or no port"):
        address_of(url)
