"""Starts the servers of a JupyterHub as systemd units, through hub-helper."""
