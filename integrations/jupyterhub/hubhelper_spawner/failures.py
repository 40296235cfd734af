"""Failures as the browser is to see them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from tornado.web import HTTPError

from .client import HelperError

try:
    from jupyterhub.spawner import SpawnException
except ImportError:  # JupyterHub 4 and 5
    SpawnException = None


@dataclass(frozen=True)
class _Row:
    #: 4xx is for what the policy or the request decides: JupyterHub counts only 5xx as faults of
    #: its own, of which a number in a row ends the hub (`consecutive_failure_limit`).
    status: int
    #: For the user, in place of the helper's own sentence, which is for the admin.
    sentence: str | None = None


_AWAY = "The service that starts servers cannot be reached at the moment. Try again in a minute"
_ROWS: dict[str, _Row] = {
    "denied": _Row(403, "This machine's policy does not let you have a server here."),
    "invalid-params": _Row(400),
    "credentials-refused": _Row(400),
    "too-large": _Row(413),
    "unit-not-found": _Row(404, "This machine has no unit for your server yet."),
    "unit-refused": _Row(409, "The unit of your server is not what this machine's policy says."),
    "job-failed": _Row(500),
    "job-timeout": _Row(504, "Your server did not start in time."),
    "interrupted": _Row(409, "Your server was stopped while it started."),
    "busy": _Row(503, "Too many servers are being started just now. Try again in a moment."),
    "unavailable": _Row(503, f"{_AWAY}; if that does not help, tell the administrator."),
    "cannot-connect": _Row(503, f"{_AWAY}; if that does not help, tell the administrator."),
    "connection-lost": _Row(503, f"{_AWAY}; if that does not help, tell the administrator."),
    "timeout": _Row(504, f"{_AWAY}; if that does not help, tell the administrator."),
}
_UNKNOWN = _Row(500, "Something is wrong with the service that starts servers.")


def _page(sentence: str, request_id: object) -> tuple[str, str]:
    """The message as text and as HTML. Whatever arrives from outside is escaped."""
    text = f"{sentence} (For the administrator: request {request_id})"
    shown = f"<code>{escape(str(request_id))}</code>"
    return text, (
        f"<p>{escape(sentence)}</p><p><small>For the administrator: request {shown}</small></p>"
    )


class _Failure:
    """What both classes below have: the attributes that JupyterHub's pages look for."""

    code: str
    request_id: object
    jupyterhub_message: str
    jupyterhub_html_message: str

    def _describe(self, sentence: str, code: str, request_id: object) -> None:
        self.code = code
        self.request_id = request_id
        self.jupyterhub_message, self.jupyterhub_html_message = _page(sentence, request_id)


if SpawnException is None:

    class SpawnFailure(HTTPError, _Failure):
        """Why a server was not started. Anything but an HTTPError would become a bare 500."""

        def __init__(
            self, sentence: str, *, code: str, request_id: object, log: str, status: int
        ) -> None:
            HTTPError.__init__(self, status, log.replace("%", "%%"))
            self._describe(sentence, code, request_id)

else:

    class SpawnFailure(SpawnException, _Failure):
        """Why a server was not started."""

        def __init__(
            self, sentence: str, *, code: str, request_id: object, log: str, status: int
        ) -> None:
            self._describe(sentence, code, request_id)
            SpawnException.__init__(
                self,
                self.jupyterhub_message,
                reason=code,
                log_message=log,
                message_html=self.jupyterhub_html_message,
                status_code=status,
            )


def failure_from(error: HelperError, request_id: object) -> SpawnFailure:
    """The failure of a spawn from what the helper, or the way to it, said."""
    row = _ROWS.get(error.code, _UNKNOWN)
    return SpawnFailure(
        row.sentence or error.hint,
        code=error.code,
        request_id=request_id,
        log=f"{error.code}: {error.message} {error.details} (request {request_id})",
        status=row.status,
    )
