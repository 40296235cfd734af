"""No two servers are told the same port."""

from __future__ import annotations

import random
import socket

import pytest

from hubhelper_spawner.ports import NoFreePort, Ports

# Above what anything on a machine that runs tests is likely to listen on.
FIRST, LAST = 28_400, 28_407
LOOPBACKS = ["127.0.0.1", "::1"]


def test_no_port_ever_has_two_owners() -> None:
    source = random.Random(7)
    for _round in range(40):
        ports, held = Ports(), {}
        for _step in range(60):
            owner = source.randrange(10)
            step = source.choice(["choose", "choose", "keep", "release"])
            if step == "release":
                ports.release(owner)
                held.pop(owner, None)
            elif step == "keep" and owner in held:
                ports.keep(owner, held[owner])
            elif step == "choose":
                others = {port for name, port in held.items() if name != owner}
                try:
                    port = ports.choose(owner, "127.0.0.1", FIRST, LAST)
                except NoFreePort:
                    assert len(others) == LAST - FIRST + 1
                    held.pop(owner, None)
                else:
                    assert FIRST <= port <= LAST
                    assert port not in others
                    held[owner] = port


def test_a_range_of_one_port_has_one_owner_until_it_is_given_back() -> None:
    ports = Ports()
    assert ports.choose("zoe", "127.0.0.1", FIRST, FIRST) == FIRST
    with pytest.raises(NoFreePort, match=f"from {FIRST} to {FIRST}"):
        ports.choose("wash", "127.0.0.1", FIRST, FIRST)
    ports.release("zoe")
    assert ports.choose("wash", "127.0.0.1", FIRST, FIRST) == FIRST


def test_an_owner_who_chooses_again_gives_the_old_port_back() -> None:
    ports = Ports()
    for _time in range(20):
        assert ports.choose("zoe", "127.0.0.1", FIRST, FIRST) == FIRST


@pytest.mark.parametrize("ip", LOOPBACKS)
def test_a_port_that_somebody_listens_on_is_not_chosen(ip: str) -> None:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as other:
        other.bind((ip, 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(NoFreePort):
            Ports().choose("zoe", ip, taken, taken)


def test_a_port_that_was_kept_over_a_restart_of_the_hub_is_nobody_elses() -> None:
    ports = Ports()
    ports.keep("zoe", FIRST)
    with pytest.raises(NoFreePort):
        ports.choose("wash", "127.0.0.1", FIRST, FIRST)


def test_where_the_address_is_another_machines_only_this_hubs_own_ports_are_left_out() -> None:
    # 192.0.2.0/24 is nobody's: RFC 5737.
    ports = Ports()
    assert ports.choose("zoe", "192.0.2.1", FIRST, FIRST) == FIRST
    with pytest.raises(NoFreePort):
        ports.choose("wash", "192.0.2.1", FIRST, FIRST)
