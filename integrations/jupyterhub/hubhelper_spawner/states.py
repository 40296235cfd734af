"""How a unit's state is read."""

from __future__ import annotations

from typing import Any

#: The active states in which a unit has a process, or is about to have or to lose one.
ALIVE = frozenset({"activating", "active", "reloading", "deactivating"})

#: CLD_KILLED and CLD_DUMPED, siginfo of sigaction(2).
_BY_SIGNAL = frozenset({2, 3})


def exit_status(state: dict[str, Any]) -> int:
    """Of a server that does not run: 0 if unknown; as in a shell, 128 and the signal's number for
    one that was killed."""
    status = state["execMainStatus"] or 0
    return 128 + status if state["execMainCode"] in _BY_SIGNAL else status
