"""Spawners as a hub makes them: a user in a database, and a configuration."""

from __future__ import annotations

import logging
from typing import Any

from jupyterhub import orm
from jupyterhub.objects import Hub
from jupyterhub.user import User
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from traitlets.config import Config

from hubhelper_spawner import HubHelperSpawner


def make_spawner(
    user: str = "zoe",
    server: str = "",
    configured: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
    **traits: Any,
) -> HubHelperSpawner:
    """:param configured: what jupyterhub_config.py says of c.HubHelperSpawner
    :param more: and of other classes, by their names
    """
    engine = create_engine("sqlite:///:memory:")
    orm.Base.metadata.create_all(engine)
    session = Session(engine)
    orm_user = orm.User(name=user)
    session.add(orm_user)
    session.add(orm.Spawner(name=server, user=orm_user))
    session.commit()
    config = Config({"HubHelperSpawner": configured or {}, **(more or {})})
    return User(orm_user, {"config": config})._new_spawner(
        server,
        spawner_class=HubHelperSpawner,
        hub=Hub(),
        config=config,
        log=logging.getLogger("hub"),
        **traits,
    )
