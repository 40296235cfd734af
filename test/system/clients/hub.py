#!/usr/bin/env python3
"""A whole hub in a few lines, written from the protocol's description alone: the standard library and a socket.

usage: hub.py USER TOKEN. Prints each answer and notification as one line of JSON.
"""

import json
import socket
import sys

user, token = sys.argv[1:]
sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
sock.connect("/run/hub-helper/helper.sock")
frames = sock.makefile("rw", encoding="utf-8", newline="\n")
last_id = 0
watched_state = None


def receive():
    """Takes the next message; what the watch tells may come before or after the answer to a call."""
    global watched_state
    message = json.loads(frames.readline())
    print(json.dumps(message), flush=True)
    if message.get("method") == "unit-changed":
        watched_state = message["params"]["unit"]["activeState"]
    return message


def call(method, **params):
    global last_id
    last_id += 1
    request = {"jsonrpc": "2.0", "id": last_id, "method": method, "params": params}
    frames.write(json.dumps(request) + "\n")
    frames.flush()
    while (message := receive()).get("id") != last_id:
        pass
    return message["result"]


def wait_for(state):
    while watched_state != state:
        receive()


call("describe")
call("watch", user=user)
call("write-credentials", user=user, env={"JUPYTERHUB_API_TOKEN": token})
call("start", user=user, timeoutMs=20000)
wait_for("active")
call("status", user=user)
call("stop", user=user)
wait_for("inactive")
