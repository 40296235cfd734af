"""Asks for answers that it does not read, then goes on with large requests until no more are taken."""

import json
import socket

#: Their answers are megabytes together.
DESCRIBES = 2000
MOST = 200
helper = socket.socket(socket.AF_UNIX)
helper.connect("/run/hub-helper/helper.sock")
helper.settimeout(2)


def ask(id, method, params):
    request = {"jsonrpc": "2.0", "id": id, "method": method, "params": params}
    helper.sendall(json.dumps(request).encode() + b"\n")


taken = 0
try:
    for number in range(DESCRIBES):
        ask(number, "describe", {})
    while taken < MOST:
        ask(f"large-{taken}", "list", {"user": "l" * 400_000})
        taken += 1
except TimeoutError:
    pass
if taken == MOST:
    raise SystemExit("the helper took everything in")
