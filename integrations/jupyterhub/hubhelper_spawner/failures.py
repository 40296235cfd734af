"""Failures as the browser is to see them, and as the hub's log is to have them."""

from __future__ import annotations

import os
import pwd
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from tornado.web import HTTPError

from .client import HelperError
from .sentences import row_for

try:
    from jupyterhub.spawner import SpawnException
except ImportError:  # JupyterHub 4 and 5
    SpawnException = None


@dataclass(frozen=True)
class Asked:
    """What was asked for when it failed."""

    #: As it stands in the helper's audit records.
    request_id: str
    account: str
    server: str


@dataclass(frozen=True)
class _Story:
    text: str
    html: str
    log: str
    status: int


class _Failure:
    """What both classes below have: the attributes that JupyterHub's pages look for."""

    code: str
    request_id: str
    jupyterhub_message: str
    jupyterhub_html_message: str

    def _describe(self, story: _Story, code: str, request_id: str) -> None:
        self.code = code
        self.request_id = request_id
        self.jupyterhub_message, self.jupyterhub_html_message = story.text, story.html


if SpawnException is None:

    class SpawnFailure(HTTPError, _Failure):
        """Why a server was not started. Anything but an HTTPError would become a bare 500."""

        def __init__(self, story: _Story, code: str, request_id: str) -> None:
            HTTPError.__init__(self, story.status, story.log)
            self._describe(story, code, request_id)

else:

    class SpawnFailure(SpawnException, _Failure):
        """Why a server was not started."""

        def __init__(self, story: _Story, code: str, request_id: str) -> None:
            self._describe(story, code, request_id)
            SpawnException.__init__(
                self,
                story.text,
                reason=code,
                log_message=story.log,
                message_html=story.html,
                status_code=story.status,
            )


def failure_from(error: HelperError, asked: Asked) -> SpawnFailure:
    """The failure of a spawn from what the helper, or the way to it, said."""
    return _failure(error.code, error.hint, error.message, error.details, asked)


def own_failure(code: str, asked: Asked, cause: object, sentence: str = "") -> SpawnFailure:
    """One that the spawner has found itself.

    :param cause: for the log
    :param sentence: for the user, where the table has none
    """
    return _failure(code, sentence, str(cause), {}, asked)


def _failure(
    code: str, hint: str, message: str, details: Mapping[str, Any], asked: Asked
) -> SpawnFailure:
    row = row_for(code, details)
    sentence = row.sentence or hint
    story = _Story(
        text=f"{sentence} {row.advice} (Request number: {asked.request_id})",
        html=_render(sentence, row.advice, asked.request_id),
        log=_log_line(code, message, details, row.step, asked),
        status=row.status,
    )
    return SpawnFailure(story, code, asked.request_id)


def _render(sentence: str, advice: str, request_id: str) -> str:
    """JupyterHub puts it into a paragraph, as it is: whatever arrives from outside is escaped."""
    return (
        f"<strong>{escape(sentence)}</strong><br><small>{escape(advice)}<br>"
        f"Request number: <code>{escape(request_id)}</code></small>"
    )


def _log_line(code: str, message: str, details: Mapping[str, Any], step: str, asked: Asked) -> str:
    names = [asked.account, *([asked.server] if asked.server else [])]
    step = step.format(
        target=" ".join(map(shlex.quote, names)), user=shlex.quote(asked.account), hub=_hub()
    )
    unit = details.get("unit")
    about = f" ({unit})" if isinstance(unit, str) and unit not in message else ""
    return (
        f"{code}: {message}{about} What next: {step}."
        f" What was asked for and decided: `helperctl log --id {asked.request_id}`."
    )


def _hub() -> str:
    """The account that asks, for a command line."""
    uid = os.geteuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
