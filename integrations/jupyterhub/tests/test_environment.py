"""What of a server's environment is sent to the helper."""

from __future__ import annotations

import pytest

from hubhelper_spawner.environment import filter_environment, template_named

TEMPLATE = {
    "default": True,
    "credentials": {"env": ["TOKEN", "PORT"], "envPinned": ["JUPYTERHUB_USER"], "files": []},
}


def test_what_the_policy_does_not_list_is_left_out_and_named_in_order() -> None:
    filtered = filter_environment({"TOKEN": "x", "PATH": "/bin", "LANG": "C"}, TEMPLATE)
    assert filtered.kept == {"TOKEN": "x"}
    assert filtered.left_out == ["LANG", "PATH"]


def test_pinned_names_are_sent_for_the_helper_to_compare() -> None:
    assert filter_environment({"JUPYTERHUB_USER": "zoe"}, TEMPLATE).kept == {
        "JUPYTERHUB_USER": "zoe"
    }


@pytest.mark.parametrize(("value", "sent"), [(8000, "8000"), (True, "True"), (1.5, "1.5")])
def test_values_that_are_no_strings_become_strings(value: object, sent: str) -> None:
    assert filter_environment({"PORT": value}, TEMPLATE).kept == {"PORT": sent}


@pytest.mark.parametrize("template", [{}, {"credentials": None}, {"credentials": {}}])
def test_a_template_without_credentials_takes_nothing(template: dict) -> None:
    filtered = filter_environment({"TOKEN": "x"}, template)
    assert filtered.kept == {}
    assert filtered.left_out == ["TOKEN"]


def described(**templates: dict) -> dict:
    return {"templates": templates}


def test_a_template_that_is_named_is_the_one() -> None:
    both = described(small={"default": True}, big={"named": True})
    assert template_named(both, "big") == {"named": True}


def test_the_only_template_is_meant_where_none_is_named() -> None:
    assert template_named(described(big={"named": True}), None) == {"named": True}


def test_of_several_templates_the_default_is_meant_where_none_is_named() -> None:
    both = described(big={"default": False}, small={"default": True})
    assert template_named(both, None) == {"default": True}


def test_where_no_template_is_meant_there_is_nothing_to_read_off() -> None:
    assert template_named(described(), None) == {}
    assert template_named({}, None) == {}
    assert template_named(described(small={}), "big") == {}
    assert template_named(described(a={"default": False}, b={"default": False}), None) == {}
