"""What the page and the log say of a failure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from tornado.web import HTTPError

from hubhelper_spawner.client import HelperError
from hubhelper_spawner.failures import Asked, failure_from, own_failure
from hubhelper_spawner.words import describe_death

ASKED = Asked("0b9f3f0e-5b0c-4a55-8f3c-0a2e2f0f8a11", "zoe", "gpu")
HOSTILE = '<img src=x onerror="alert(1)">&amp;<script>alert(2)</script>{0} %s %(a)s'

#: Every code of docs/protocol.md and of the client, as far as a spawn can meet it.
CODES = [
    "parse-error",
    "invalid-request",
    "unknown-method",
    "invalid-params",
    "internal",
    "denied",
    "unit-not-found",
    "unit-refused",
    "job-failed",
    "job-timeout",
    "too-large",
    "credentials-refused",
    "busy",
    "unavailable",
    "interrupted",
    "cannot-connect",
    "untrusted-socket",
    "connection-lost",
    "bad-reply",
    "timeout",
    "client-closed",
    "of-a-newer-helper",
]
POLICY_DECIDES = {"denied", "invalid-params", "unit-not-found", "unit-refused", "too-large"}
POLICY_DECIDES |= {"credentials-refused", "interrupted"}


class Tags(HTMLParser):
    """The names of the elements of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def failure(code: str, **details: object):
    return failure_from(HelperError(code, "What the helper says.", details), ASKED)


@pytest.mark.parametrize("code", CODES)
def test_every_failure_has_a_sentence_an_advice_and_the_request_number(code: str) -> None:
    found = failure(code, hint="The server crashed.")
    assert isinstance(found, HTTPError)
    assert re.fullmatch(
        rf"[A-Z].+\. .+\. \(Request number: {ASKED.request_id}\)", found.jupyterhub_message
    )
    assert ASKED.request_id in found.jupyterhub_html_message


@pytest.mark.parametrize("code", CODES)
def test_only_what_policy_or_request_decide_is_a_4xx_and_nothing_a_404(code: str) -> None:
    status = failure(code).status_code
    assert (status < 500) == (code in POLICY_DECIDES)
    # JupyterHub's own page for it would hide the sentence.
    assert status != 404


@pytest.mark.parametrize("code", CODES)
def test_the_log_has_the_next_step_and_the_page_has_not(code: str) -> None:
    found = failure(code, unit="jupyterhub-singleuser-zoe@gpu.service")
    log = found.get_message()
    assert f"{code}: What the helper says." in log
    assert f"`helperctl log --id {ASKED.request_id}`" in log
    for word in ("helperctl", "policy", "unit", ".service", code + ":"):
        assert word not in found.jupyterhub_message.replace(ASKED.request_id, "")


@pytest.mark.parametrize("code", CODES)
def test_nothing_from_outside_becomes_markup_or_a_placeholder(code: str) -> None:
    details = {"hint": HOSTILE, "problem": HOSTILE, "name": HOSTILE, "path": HOSTILE}
    error = HelperError(code, HOSTILE, details)
    found = failure_from(error, Asked(HOSTILE, "zoe; $(reboot)", "{0}%s"))
    page = Tags(found.jupyterhub_html_message)
    assert page.names == {"strong", "br", "small", "code"}
    assert HOSTILE in page.text
    # As JupyterHub logs it.
    assert HOSTILE in str(found)
    assert HOSTILE in found.get_message()


def test_commands_in_the_log_can_be_pasted_whatever_the_names_are() -> None:
    error = HelperError("denied", "The policy does not allow this.")
    log = failure_from(error, Asked("1", "zoe; $(reboot)", "a b")).get_message()
    assert "helperctl explain start 'zoe; $(reboot)' 'a b' --as " in log


def test_what_one_code_means_is_told_apart_by_its_details() -> None:
    assert "c.Spawner.environment" in failure("credentials-refused", name="LANG").get_message()
    pinned = failure("credentials-refused", name="JUPYTERHUB_USER").get_message()
    assert "take JUPYTERHUB_USER out of env_pinned and put it into env" in pinned
    assert "`helperctl check`" in failure("unavailable", problem="policy").get_message()
    assert "`helperctl doctor`" in failure("unavailable", problem="audit").get_message()
    assert "up to 64 letters, digits" in failure("invalid-params", path="server").jupyterhub_message


def test_what_ended_a_server_is_told_to_its_user() -> None:
    ended = describe_death({"result": "oom-kill", "execMainStatus": 9})
    found = own_failure("server-ended", ASKED, "the unit has failed", ended)
    assert "Your server ended before it was ready: it used more memory" in found.jupyterhub_message
    assert found.status_code == 500
    assert "the unit has failed" in found.get_message()
    assert "`helperctl show zoe gpu`" in found.get_message()
