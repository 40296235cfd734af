#!/usr/bin/env python3
"""A directory of accounts that knows nobody, and takes a while to say so: a service of systemd's userdb.

It is slow for accounts alone: /etc/passwd answers for those that it has, and only the others show the delay.
"""

import json
import os
import signal
import socket
import socketserver
import sys
import time

PATH = "/run/systemd/userdb/org.example.Slow"
SLOW = {"io.systemd.UserDatabase.GetUserRecord": 0.06}
NOBODY = b'{"error":"io.systemd.UserDatabase.NoRecordFound"}\0'


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        buffer = b""
        while True:
            chunk = self.request.recv(65536)
            if not chunk:
                return
            buffer += chunk
            *calls, buffer = buffer.split(b"\0")
            for call in calls:
                time.sleep(SLOW.get(json.loads(call)["method"], 0))
                self.request.sendall(NOBODY)


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 256


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with Server(PATH, Handler) as server:
    os.chmod(PATH, 0o666)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
        server.serve_forever()
    finally:
        os.unlink(PATH)
