# JupyterHub over hub-helper: install as /etc/jupyterhub/jupyterhub_config.py, readable by the account jupyter.
# See docs/jupyterhub.md.
import os
from pathlib import Path

c = get_config()  # noqa: F821 -- JupyterHub's own

credentials = Path(os.environ["CREDENTIALS_DIRECTORY"])

# The servers: systemd units, which hub-helper starts. Who may have one, and with what, says /etc/hub-helper/policy.toml.
c.JupyterHub.spawner_class = "hub-helper"
c.JupyterHub.allow_named_servers = True

# The proxy is a unit of its own (jupyterhub-proxy.service) and outlives the hub, as the servers do.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.cleanup_proxy = False
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:8001"
c.ConfigurableHTTPProxy.auth_token = (credentials / "proxy_auth_token").read_text()
c.JupyterHub.hub_ip = "127.0.0.1"

# In the hub's state directory, which is its working directory.
c.JupyterHub.db_url = "sqlite:///jupyterhub.sqlite"
c.JupyterHub.cookie_secret = bytes.fromhex((credentials / "cookie_secret").read_text())

# Passwords of this machine: see jupyterhub.service.d/pam.conf for what that means, and for the unit's part.
c.JupyterHub.authenticator_class = "pam"
# A session of the hub's own is of no use to servers that systemd starts, and needs root.
c.PAMAuthenticator.open_sessions = False
# The same group that the policy names.
c.PAMAuthenticator.allowed_groups = {"jupyterhub"}
