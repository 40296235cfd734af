"""Spawners as a hub makes them: a user in a database, and a configuration."""

from __future__ import annotations

from typing import Any

from hubhelper_spawner import HubHelperSpawner
from jupyterhub import orm
from jupyterhub.objects import Hub
from jupyterhub.user import User
from traitlets.config import Config


def make_spawner(
    user: str = "zoe", server: str = "", configured: dict[str, Any] | None = None, **traits: Any
) -> HubHelperSpawner:
    """:param configured: what jupyterhub_config.py says of c.HubHelperSpawner"""
    session = orm.new_session_factory("sqlite:///:memory:")()
    orm_user = orm.User(name=user)
    session.add(orm_user)
    session.commit()
    config = Config({"HubHelperSpawner": configured or {}})
    return User(orm_user, {"config": config})._new_spawner(
        server, spawner_class=HubHelperSpawner, hub=Hub(), config=config, **traits
    )
