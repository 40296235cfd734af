"""The part of a server's environment that the policy lets through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Filtered:
    """`kept` is what can be sent; `left_out` are the names, sorted, that cannot."""

    kept: dict[str, str]
    left_out: list[str]


def filter_environment(env: Mapping[str, Any], template: Mapping[str, Any]) -> Filtered:
    """Leaves out what the policy does not list.

    :param env: what `Spawner.get_env()` made; values that are no strings become strings
    :param template: of the result of `describe`, the member `templates[NAME]`
    """
    credentials = template.get("credentials") or {}
    allowed = {*credentials.get("env", ()), *credentials.get("envPinned", ())}
    kept = {name: str(value) for name, value in env.items() if name in allowed}
    return Filtered(kept, sorted(env.keys() - allowed))


def template_named(described: Mapping[str, Any], name: str | None) -> Mapping[str, Any]:
    """What `describe` says of a template, or of the one that is meant where none is named.

    Empty where there is none: the helper says so better, when it is asked for something.
    """
    templates: Mapping[str, Mapping[str, Any]] = described.get("templates") or {}
    if name is not None:
        return templates.get(name, {})
    if len(templates) == 1:
        return next(iter(templates.values()))
    return next((each for each in templates.values() if each.get("default")), {})
