"""Chooses the ports on which servers are to listen."""

from __future__ import annotations

import errno
import random
import socket
from collections.abc import Hashable


class NoFreePort(Exception):
    """Every port of the range is taken."""


class Ports:
    """The ports that a hub has handed out. A server binds its port seconds after it was chosen, and
    not at all while systemd restarts it: until its owner gives it back, nobody else gets it."""

    def __init__(self) -> None:
        self._taken: dict[int, Hashable] = {}

    def choose(self, owner: Hashable, ip: str, first: int, last: int) -> int:
        """A random port of the range that nobody listens on, the owner's from now on.

        :raises NoFreePort:
        """
        self.release(owner)
        ports = list(range(first, last + 1))
        random.shuffle(ports)
        for port in ports:
            if port not in self._taken and _is_free(ip, port):
                self._taken[port] = owner
                return port
        raise NoFreePort(f"no port from {first} to {last} is free")

    def keep(self, owner: Hashable, port: int) -> None:
        """Says whose a port is that was chosen before the hub was started again."""
        self.release(owner)
        self._taken[port] = owner

    def release(self, owner: Hashable) -> None:
        """Gives back what the owner has."""
        for port in [port for port, holder in self._taken.items() if holder == owner]:
            del self._taken[port]


def _is_free(ip: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do it: connections that have ended keep nobody from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except OSError as error:
            # An address of another machine: only the server can tell there.
            return error.errno == errno.EADDRNOTAVAIL
    return True
