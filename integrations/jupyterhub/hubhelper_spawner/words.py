"""What systemd is doing, in words for the person who waits."""

from __future__ import annotations

from typing import Any

#: By the active state and the sub-state of a service; see org.freedesktop.systemd1(5).
_STEPS: dict[tuple[str, str], tuple[int, str]] = {
    ("activating", "condition"): (30, "Checking whether the server may start"),
    ("activating", "start-pre"): (35, "Preparing the server"),
    ("activating", "start"): (45, "Starting the server's program"),
    ("activating", "start-post"): (55, "Finishing the start of the server"),
    ("activating", "auto-restart"): (30, "The server ended before it was ready"),
    ("active", "running"): (70, "The server's program is running"),
    ("active", "exited"): (70, "The server's program has ended well"),
    ("deactivating", "stop"): (20, "Stopping the server"),
    ("deactivating", "stop-sigterm"): (20, "Asking the server to stop"),
    ("deactivating", "stop-sigkill"): (20, "Ending what is left of the server"),
    ("failed", "failed"): (0, "The server has failed"),
}
_OF_ACTIVE_STATE: dict[str, tuple[int, str]] = {
    "activating": (40, "Starting the server"),
    "active": (70, "The server is running"),
    "reloading": (70, "The server is reading its configuration anew"),
    "deactivating": (20, "The server is stopping"),
}

#: `Result` of a service whose program is gone; see org.freedesktop.systemd1(5).
_ENDINGS: dict[str, str] = {
    "oom-kill": "it used more memory than it may",
    "signal": "it was ended by a signal",
    "core-dump": "it crashed",
    "watchdog": "it stopped answering",
    "timeout": "it did not report in time that it was ready",
    "start-limit-hit": "it was started too often in a short time",
}


def describe_progress(state: dict[str, Any]) -> dict[str, Any] | None:
    """An event for `Spawner.progress` from a UnitState, or None where it says nothing new."""
    active, sub = state["activeState"], state["subState"]
    step = _STEPS.get((active, sub)) or _OF_ACTIVE_STATE.get(active)
    if step is None:
        return None
    progress, words = step
    said = state.get("statusText")
    return {"progress": progress, "message": f"{words}: {said}" if said else f"{words}…"}


def describe_death(state: dict[str, Any]) -> str:
    """Why a server that was started is not there any more, as a sentence."""
    status = state.get("execMainStatus")
    reason = _ENDINGS.get(state.get("result", ""))
    if reason is None:
        reason = f"its program ended with status {status}; its log has the reason"
    return f"Your server ended before it was ready: {reason}."
