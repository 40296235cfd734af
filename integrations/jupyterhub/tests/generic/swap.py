"""Puts the spawner under JupyterHub's own mocks, in the place of LocalProcessSpawner."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from jupyterhub.tests import mocking

from .under_test import SpawnerOfAddresses, SpawnerUnderTest

#: JupyterHub's own five seconds make a run long and prove no more.
_DELAY = 2


def swap_mocks() -> None:
    """MockSpawner and what is derived from it keep their own code: only their base changes."""
    _rebase(mocking.MockSpawner, SpawnerUnderTest)

    class MockSpawnerOfAddresses(mocking.MockSpawner, SpawnerOfAddresses):
        pass

    _rebase(mocking.SlowSpawner, MockSpawnerOfAddresses)
    mocking.SlowSpawner.delay = _DELAY
    for derived in vars(mocking).values():
        if isinstance(derived, type) and issubclass(derived, mocking.MockSpawner):
            # traitlets has taken note of the traits of the bases when the class was made.
            derived.setup_class(dict(vars(derived)))


def swap_in_tests(module: ModuleType) -> None:
    """What a module of tests has imported, or says of the state of a server."""
    for name in ("LocalProcessSpawner", "SimpleLocalProcessSpawner"):
        if hasattr(module, name):
            setattr(module, name, SpawnerOfAddresses)
    if hasattr(module, "normalize_user"):
        module.normalize_user = _normalizing_units(module.normalize_user)


def _rebase(cls: type, base: type) -> None:
    cls.__bases__ = (base,)


def _normalizing_units(
    normalize: Callable[[dict[str, Any]], dict[str, Any]],
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Like `normalize_user`, which makes the state of a process comparable."""

    def normalize_user(user: dict[str, Any]) -> dict[str, Any]:
        for server in user.get("servers", {}).values():
            if "unit" in (server["state"] or {}):
                server["state"] = {"pid": 0}
        return normalize(user)

    return normalize_user
