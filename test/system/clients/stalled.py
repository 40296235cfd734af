"""Asks for large answers that it does not read, then goes on with large requests until no more are taken."""

import json
import socket

MOST = 200
helper = socket.socket(socket.AF_UNIX)
helper.connect("/run/hub-helper/helper.sock")
helper.settimeout(2)


def ask(method, letter):
    helper.sendall(json.dumps({"jsonrpc": "2.0", "id": letter * 400_000, "method": method}).encode() + b"\n")


ask("describe", "d")
taken = 0
try:
    while taken < MOST:
        ask("list", "l")
        taken += 1
except TimeoutError:
    pass
if taken == MOST:
    raise SystemExit("the helper took everything in")
