"""Where servers listen, as URLs."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Union
from urllib.parse import quote, unquote, urlparse

#: A host and a port, or the path of a Unix socket.
Address = Union[tuple[str, int], str]


def tcp_url(ip: str, port: int, ssl: bool) -> str:
    host = f"[{ip}]" if ":" in ip else ip
    return f"{'https' if ssl else 'http'}://{host}:{port}"


def unix_url(path: str) -> str:
    """JupyterHub takes the host of a URL in lower case: what is in capitals stands as %41."""
    plain = "".join(f"%{ord(c):02x}" if c in ascii_uppercase else quote(c, safe="") for c in path)
    return f"http+unix://{plain.lower()}"


def address_of(url: str) -> Address:
    """Where to connect for a server's URL."""
    parts = urlparse(url)
    if parts.scheme == "http+unix":
        return unquote(parts.netloc)
    if parts.hostname is None or parts.port is None:
        raise ValueError(f"{url} has no host or no port")
    return parts.hostname, parts.port
