"""The files of internal_ssl, which reach the server as credentials of its unit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

#: What JupyterHub calls them, and what the policy's `files` calls them.
NAMES = ("keyfile", "certfile", "cafile")


def read_certificates(paths: Mapping[str, str]) -> dict[str, bytes]:
    """The contents, by name. The hub made the files itself, for its own eyes."""
    return {name: Path(paths[name]).read_bytes() for name in NAMES}


def places_in_unit(directory: str) -> dict[str, str]:
    """Where LoadCredential=hub:DIRECTORY puts them: systemd.exec(5) joins the names by `_`."""
    return {name: f"{directory}/hub_{name}" for name in NAMES}
