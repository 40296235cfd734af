"""No code of the protocol's, or of the client's own, is without a word for the user."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jupyterhub import spawner
from tornado.web import HTTPError

from hubhelper_spawner.client import HelperError, own_errors
from hubhelper_spawner.failures import Asked, SpawnFailure, failure_from

#: Faults of a program: there is nothing that a user could be told, but that it is not theirs.
DEFAULT_IS_MEANT = {
    *("parse-error", "invalid-request", "unknown-method", "internal"),
    *("untrusted-socket", "bad-reply", "client-closed"),
}


def codes_of_protocol() -> list[str]:
    page = Path(__file__).resolve().parents[3] / "docs/protocol.md"
    return re.findall(r"^\| -32\d{3} +\| `([a-z-]+)`", page.read_text(), re.MULTILINE)


def codes_of_client() -> list[str]:
    source = Path(own_errors.__file__).read_text()
    return re.findall(r"HelperError\(\s*\"([a-z-]+)\"", source)


CODES = sorted({*codes_of_protocol(), *codes_of_client()})


def failure(code: str) -> SpawnFailure:
    error = HelperError(code, "What the helper says.", {"hint": "A hint."})
    return failure_from(error, Asked("request", "zoe", ""))


def test_the_lists_of_codes_have_been_found() -> None:
    assert len(codes_of_protocol()) == 15
    assert {"cannot-connect", "connection-lost", "timeout", "bad-reply"} <= set(codes_of_client())
    assert DEFAULT_IS_MEANT <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_words_of_its_own_or_the_default_on_purpose(code: str) -> None:
    def words(code: str) -> str:
        return failure(code).jupyterhub_message.replace(code, "")

    assert (words(code) == words("of-a-newer-helper")) == (code in DEFAULT_IS_MEANT)


@pytest.mark.parametrize("code", CODES)
def test_a_failure_is_what_this_jupyterhub_shows_to_users(code: str) -> None:
    found = failure(code)
    # Anything else would be a bare 500.
    assert isinstance(found, HTTPError)
    assert 400 <= found.status_code < 600
    assert found.jupyterhub_message
    assert found.jupyterhub_html_message
    # JupyterHub 6 tells refusals from faults by it.
    assert isinstance(found, getattr(spawner, "SpawnException", HTTPError))
