"""What each failure says: to the user on the page, and to the admin in the hub's log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    #: 4xx is for what the policy or the request decides: JupyterHub counts only 5xx as faults of
    #: its own, of which a number in a row ends the hub (`consecutive_failure_limit`). Never 404,
    #: whose page of JupyterHub's (templates/404.html) says something else in place of the sentence.
    status: int
    #: What happened, for the user. None: the sentence that comes with the failure is for users.
    sentence: str | None
    #: What the user can do.
    advice: str
    #: What the admin does next; {target} is `USER [SERVER]` for a shell, {hub} the hub's account.
    step: str


_AGAIN = "Please try again in a minute. If that does not help"
_TELL = "tell your administrator the request number."
_ONLY_ADMIN = "Your administrator can mend that: please tell them the request number."
_RETRY = f"{_AGAIN}, {_TELL}"

_LOOK = "`helperctl show {target}` has the state and the log of the unit"
_DOCTOR = "`helperctl doctor` says what is wrong, and what mends it"

_NOT_REACHED = Row(
    503, "The service that starts servers cannot be reached at the moment.", _RETRY, _DOCTOR
)
_UNKNOWN = Row(500, "Something went wrong in the service that starts servers.", _RETRY, _DOCTOR)

#: By the code of the failure and, where one code has several meanings, by the member of its details
#: that `_TOLD_APART_BY` names; None for all other values.
_ROWS: dict[tuple[str, str | None], Row] = {
    ("denied", None): Row(
        403,
        "You are not allowed to have a server on this machine.",
        f"If you think that you should, {_TELL}",
        "`helperctl explain start {target} --as {hub}` says which rule is missing",
    ),
    ("invalid-params", "server"): Row(
        400,
        "A server cannot have that name: it may have up to 64 letters, digits, underscores, dots"
        " and hyphens, and fewer in other scripts than Latin.",
        "Please choose another name.",
        "if the name is a good one, the policy's template has no named_unit",
    ),
    ("invalid-params", "user"): Row(
        400,
        "Servers cannot be started for a user of your name.",
        _ONLY_ADMIN,
        "names of accounts are what the helper takes: map the hub's names with username_template",
    ),
    ("invalid-params", None): Row(
        400, "This machine does not understand what it was asked for.", _ONLY_ADMIN, _DOCTOR
    ),
    ("credentials-refused", "JUPYTERHUB_USER"): Row(
        409,
        "JupyterHub and this machine do not agree about your name.",
        _ONLY_ADMIN,
        "the policy pins JUPYTERHUB_USER to the account's name, and username_template makes another"
        " one of the hub's name: take JUPYTERHUB_USER out of env_pinned and put it into env",
    ),
    ("credentials-refused", None): Row(
        409,
        "JupyterHub may not hand to your server what it needs.",
        _ONLY_ADMIN,
        "compare the template's credentials table with c.Spawner.environment;"
        " `helperctl check` looks at the policy",
    ),
    ("too-large", None): Row(
        413,
        "What JupyterHub hands to your server is too large.",
        _ONLY_ADMIN,
        "c.Spawner.environment, or frame_bytes in the policy's limits",
    ),
    ("unit-not-found", None): Row(
        409,
        "Your server has not been set up on this machine yet.",
        "Please ask your administrator to set it up, and tell them the request number.",
        "make the unit, as with `add-user-units {user}`; `helperctl check` lists whose are missing",
    ),
    ("unit-refused", None): Row(
        409,
        "Your server is not set up as the rules of this machine ask.",
        _ONLY_ADMIN,
        "`helperctl check` shows what is wrong, and where",
    ),
    ("unit-not-made", None): Row(
        500,
        "Your server could not be set up on this machine.",
        _RETRY,
        "`helperctl log --user {user}`, and the journal of the generator's unit",
    ),
    ("job-failed", None): Row(500, None, f"{_AGAIN}, {_TELL}", _LOOK),
    ("server-ended", None): Row(500, None, f"{_AGAIN}, {_TELL}", _LOOK),
    ("job-timeout", None): Row(
        504, "Your server took too long to start.", _RETRY, f"{_LOOK}; c.Spawner.start_timeout"
    ),
    ("start-timeout", None): Row(
        504, "Your server took too long to start.", _RETRY, f"{_LOOK}; c.Spawner.start_timeout"
    ),
    ("interrupted", None): Row(
        409,
        "Your server was stopped while it was starting.",
        "You can start it again.",
        "`helperctl log --user {user}` says who stopped it",
    ),
    ("proxy-in-hub", None): Row(
        500,
        "Servers cannot be started: the configuration of JupyterHub is not safe.",
        _ONLY_ADMIN,
        "run the proxy as a unit of its own, as jupyterhub-proxy.service of the examples does, and"
        " set c.ConfigurableHTTPProxy.should_start = False; or take unix_socket away",
    ),
    ("no-free-port", None): Row(
        503,
        "This machine has no room for another server at the moment.",
        _RETRY,
        "every port of c.HubHelperSpawner.port_range is in use",
    ),
    ("busy", None): Row(
        503,
        "Too many servers are being started at the moment.",
        _RETRY,
        "[limits] of the policy, and `helperctl log` for who asks so much",
    ),
    ("unavailable", "policy"): Row(
        503,
        "The service that starts servers has a mistake in its settings.",
        _ONLY_ADMIN,
        "`helperctl check` shows the mistake and its place in the policy",
    ),
    ("unavailable", None): _NOT_REACHED,
    ("cannot-connect", None): _NOT_REACHED,
    ("connection-lost", None): _NOT_REACHED,
    ("timeout", None): Row(504, _NOT_REACHED.sentence, _RETRY, _DOCTOR),
}

_TOLD_APART_BY = {
    "invalid-params": "path",
    "credentials-refused": "name",
    "unavailable": "problem",
}


def row_for(code: str, details: Mapping[str, Any]) -> Row:
    """That of an error's code and details, as in docs/protocol.md, or of a code of our own."""
    value = details.get(_TOLD_APART_BY.get(code, ""))
    special = _ROWS.get((code, value)) if isinstance(value, str) else None
    return special or _ROWS.get((code, None), _UNKNOWN)
