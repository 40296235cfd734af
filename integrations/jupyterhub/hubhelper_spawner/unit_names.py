"""Names of units, as systemd's specifiers spell them."""

from __future__ import annotations

import os
import re


def path_of(name: str) -> str:
    """What systemd makes of %P@%I in the unit, whose name comes without its suffix."""
    prefix, _, instance = name.partition("@")
    return f"{_unescape(prefix)}@{_unescape(instance)}"


def _unescape(text: str) -> str:
    plain = re.sub(
        rb"\\x([0-9a-f]{2})",
        lambda found: bytes.fromhex(found[1].decode()),
        text.replace("-", "/").encode(),
    )
    return os.fsdecode(plain)
