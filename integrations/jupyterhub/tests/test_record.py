"""What outlives the hub."""

from __future__ import annotations

import json

import pytest

from hubhelper_spawner.client import Target
from hubhelper_spawner.record import Record

GPU = Record(
    "zoe", "gpu", "big", "jupyterhub-big-zoe@gpu.service", "http://127.0.0.1:20001", "6f1c"
)
DEFAULT = Record(
    "ann-lee", "", "", r"jupyterhub-singleuser-ann\x2dlee.service", "http://[::1]:20002"
)


@pytest.mark.parametrize("record", [GPU, DEFAULT])
def test_a_record_comes_back_from_the_database_as_it_was(record: Record) -> None:
    # JupyterHub keeps a state as JSON.
    assert Record.from_state(json.loads(json.dumps(record.to_state()))) == record


def test_a_record_comes_back_beside_what_others_have_added_to_the_state() -> None:
    assert Record.from_state({**GPU.to_state(), "pid": 7, "from": "another version"}) == GPU


def test_a_record_names_its_target() -> None:
    assert GPU.target == Target("zoe", "gpu", "big")
    assert DEFAULT.target == Target("ann-lee")


@pytest.mark.parametrize(
    "state",
    [
        {},
        # LocalProcessSpawner and sudospawner.
        {"pid": 4711},
        # systemdspawner.
        {"unit_name": "jupyter-zoe-singleuser"},
        # dockerspawner.
        {"object_id": "6f1c4f1e1d9f", "object_name": "jupyter-zoe"},
        {**GPU.to_state(), "account": None},
        {**GPU.to_state(), "url": 20001},
        {name: value for name, value in GPU.to_state().items() if name != "unit"},
    ],
)
def test_the_state_of_another_spawner_is_no_record(state: dict) -> None:
    assert Record.from_state(state) is None
