"""Events on their way to a consumer."""

from __future__ import annotations

from .types import UnitState, WatchEvent


class WatchQueue:
    """One snapshot, and the latest state of each unit since, however slow they are taken."""

    def __init__(self) -> None:
        self._snapshot: list[UnitState] | None = None
        self._changes: dict[str, UnitState] = {}

    def replace(self, units: list[UnitState]) -> None:
        """Takes the place of all that is queued."""
        self._changes.clear()
        self._snapshot = units

    def change(self, unit: UnitState) -> None:
        # Taken out first: the order is that of the latest changes.
        self._changes.pop(unit["unit"], None)
        self._changes[unit["unit"]] = unit

    def clear(self) -> None:
        self._snapshot = None
        self._changes.clear()

    def take(self) -> WatchEvent | None:
        if self._snapshot is not None:
            units, self._snapshot = self._snapshot, None
            return WatchEvent("snapshot", units)
        for name in self._changes:
            return WatchEvent("change", [self._changes.pop(name)])
        return None
