"""What callers hand in and get out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Union

#: What systemd says of one target's unit; the members are those of `UnitState` in docs/protocol.md.
UnitState = dict[str, Any]
#: Found again in the helper's audit record.
RequestId = Union[str, int]


@dataclass(frozen=True)
class Target:
    """Whose server, and which.

    `server` is "" for the user's default server. `template` is None for the one that the policy
    marks as default, or the only one.
    """

    user: str
    server: str = ""
    template: str | None = None

    def params(self) -> dict[str, Any]:
        """The members that stand in a request."""
        named = {"template": self.template, "user": self.user, "server": self.server}
        return {name: value for name, value in named.items() if value or name == "user"}


@dataclass(frozen=True)
class WatchEvent:
    """A snapshot replaces everything that was known; a change holds one unit, and replaces that."""

    #: "snapshot" or "change"
    kind: str
    units: list[UnitState]
