"""What an admin can say in jupyterhub_config.py about the spawner."""

from __future__ import annotations

import re
from typing import Any

from traitlets import Bool, Callable, Integer, List, TraitError, Tuple, Unicode, Union, validate
from traitlets.config import Configurable

from .unit_names import path_of

#: What other spawners take, and this one leaves to root's units.
IGNORED = ("cmd", "args")


class HubHelperTraits(Configurable):
    """The configuration. `cmd`, `args` and limits have no effect: what runs, as whom, in which
    sandbox and within which limits is in the units, and those are root's."""

    socket_path = Unicode(
        "/run/hub-helper/helper.sock", config=True, help="The socket of the helper."
    )

    template = Union(
        [Unicode(), Callable()],
        default_value="",
        config=True,
        help="""
        The template of the policy that servers are made of, or a function of the spawner (which may
        be async) that returns its name: for groups with units and limits of their own. Empty: the
        one that the policy marks as default, or the only one that the hub may use.
        """,
    )

    username_template = Unicode(
        "{username}",
        config=True,
        help="""
        The account of a user of the hub: {username} is the hub's name. With anything but
        "{username}" the policy must not pin JUPYTERHUB_USER, which has the hub's name.
        """,
    )

    unit_generator = Union(
        [Bool(), Unicode()],
        default_value=False,
        config=True,
        help="""
        Have the user's units made before the start, by starting the unit of the policy's template
        "unitgenerator", or of the template named here.
        """,
    )

    port_range = Tuple(
        Integer(),
        Integer(),
        default_value=(20000, 29999),
        config=True,
        help="""
        The first and the last port on which servers may be told to listen. `port` other than 0 is
        used instead. Stay out of net.ipv4.ip_local_port_range: there the kernel may give a port
        to a connection between the choice and the server's start.
        """,
    )

    unix_socket = Unicode(
        "",
        config=True,
        help="""
        For JupyterHub 6: the path of the Unix socket on which a server listens, in place of a port,
        with {path} for what systemd makes of %P@%I in its unit, or {unit} for the name of the unit
        without ".service" (%N, which systemd 257 does not take in RuntimeDirectory= where it has a
        backslash). The unit has to tell the server the same path. The proxy must be a unit of its own (should_start = False):
        no server is started on a socket otherwise.
        """,
    )

    credentials_directory = Unicode(
        "/run/credentials/{unit}.service",
        config=True,
        help="Where the unit finds its credentials; {unit} as in `unix_socket`. For internal_ssl.",
    )

    # JupyterHub keeps PATH, LANG and the like: here those are systemd's business, and the unit's.
    env_keep = List(
        [],
        config=True,
        help="""
        Variables of the hub's environment to hand to servers. The policy must list them, and does
        not take those that act on loaders, shells or interpreters.
        """,
    )

    @validate("port_range")
    def _check_port_range(self, proposal):
        first, last = proposal.value
        if not 1024 <= first <= last <= 65535:
            raise TraitError("port_range must be (first, last), both from 1024 to 65535")
        return proposal.value

    @property
    def configured_port(self) -> int:
        """`port` as the admin has set it, 0 for a choice: `port` itself changes with each start."""
        return int(self._configured("port") or 0)

    def ignored(self) -> list[str]:
        """What the admin has set, and has no effect."""
        return [name for name in IGNORED if self._configured(name)]

    def sends_users_through_hub(self) -> bool:
        """Whether users' requests reach Unix sockets from a process with the hub's rights.

        A server's socket belongs to its user, who can put a link to any other socket in its place.
        A proxy that the hub starts follows it with the hub's uid and groups, which the helper
        trusts, and sends there what users post.
        """
        if not self.unix_socket:
            return False
        told = [
            section["should_start"]
            for name, section in self.config.items()
            if name.endswith("Proxy") and "should_start" in section
        ]
        # JupyterHub's default is that the hub starts its proxy.
        return not told or any(told)

    def _configured(self, name: str) -> Any:
        values = [self.config[section].get(name) for section in self.section_names()]
        return next((value for value in reversed(values) if value), None)

    @staticmethod
    def in_unit(path: str, unit: str) -> str:
        """A path of the configuration, for one unit."""
        name = unit[: -len(".service")]
        values = {"unit": name, "path": path_of(name)}
        return re.sub(r"\{(unit|path)\}", lambda found: values[found[1]], path)

    def account(self) -> str:
        """The account that the server is to run as."""
        name = self.user.name
        # systemdspawner and The Littlest JupyterHub spell it in capitals.
        return self.username_template.format(username=name, USERNAME=name)
