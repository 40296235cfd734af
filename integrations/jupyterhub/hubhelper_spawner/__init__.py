"""A JupyterHub spawner for hubs without root: hub-helper starts the servers as systemd units."""

from .spawner import HubHelperSpawner

__version__ = "0.1.0"
__all__ = ["HubHelperSpawner"]
