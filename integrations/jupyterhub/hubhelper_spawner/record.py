"""What a hub knows of a server that it started: the part that outlives the hub."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from .client import Target


@dataclass(frozen=True)
class Record:
    account: str
    server: str
    #: "" for the policy's default.
    template: str
    #: The unit's name, as the helper built it.
    unit: str
    #: Where the server listens: scheme, host and port, or scheme and path of the socket.
    url: str
    #: systemd's name for this run of the unit; "" until it is started.
    invocation_id: str = ""

    @property
    def target(self) -> Target:
        return Target(self.account, self.server, self.template or None)

    def to_state(self) -> dict[str, Any]:
        """What `Spawner.get_state` adds."""
        return asdict(self)

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Record | None:
        """None for a state that this spawner has not written."""
        names = [field.name for field in fields(cls)]
        if not all(isinstance(state.get(name), str) for name in names):
            return None
        return cls(**{name: state[name] for name in names})
