#!/usr/bin/env python3
"""Joins the helper's socket to standard input and output, so that a test can speak as the account that runs this.

Commands are JSON lines on standard input:
  {"send": BASE64, "each": N}  send bytes, N at a time if given
  {"end": true}                shut down the writing half
  {"read": false}, {"read": true}   stop reading, or go on
  {"orphan": true}             let a forked child keep the socket and the process that connected end
Standard input's end closes the connection.

Events are JSON lines on standard output:
  {"open": PID}  {"line": BASE64}  {"orphan": PID}  {"closed": REST}  {"refused": ERRNO NAME}
"""

import base64
import errno
import json
import os
import selectors
import socket
import sys
import time

PATH = "/run/hub-helper/helper.sock"


def tell(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


class Relay:
    def __init__(self, sock):
        self.sock = sock
        self.received = b""
        self.typed = b""
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ, self.read_commands)
        self.selector.register(sock, selectors.EVENT_READ, self.read_socket)
        self.open = True

    def run(self):
        while self.open:
            for key, _ in self.selector.select():
                key.data()

    def read_commands(self):
        chunk = os.read(0, 1 << 20)
        if not chunk:
            self.open = False
            return
        *lines, self.typed = (self.typed + chunk).split(b"\n")
        for line in lines:
            self.obey(json.loads(line))

    def obey(self, command):
        if "send" in command:
            self.send(base64.b64decode(command["send"]), command.get("each"))
        elif "end" in command:
            self.sock.shutdown(socket.SHUT_WR)
        elif "read" in command:
            events = selectors.EVENT_READ
            if command["read"]:
                self.selector.register(self.sock, events, self.read_socket)
            else:
                self.selector.unregister(self.sock)
        elif "orphan" in command:
            parent = os.getpid()
            if os.fork():
                os._exit(0)
            while os.getppid() == parent:
                time.sleep(0.001)
            tell(orphan=os.getpid())

    def send(self, data, each):
        size = each or len(data) or 1
        try:
            for at in range(0, len(data), size):
                self.sock.sendall(data[at : at + size])
        except (BrokenPipeError, ConnectionResetError):
            pass  # the other side has had enough; what it said about that is still to be read

    def read_socket(self):
        try:
            chunk = self.sock.recv(1 << 20)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            tell(closed=base64.b64encode(self.received).decode())
            self.selector.unregister(self.sock)
            return
        *lines, self.received = (self.received + chunk).split(b"\n")
        for line in lines:
            tell(line=base64.b64encode(line).decode())


def stay_while_others_do():
    """Goes on in a child; this process ends with the last of its descendants, so that an orphan is not forgotten."""
    alive, held = os.pipe()
    if os.fork():
        os.close(held)
        os.read(alive, 1)
        os._exit(0)


def main():
    stay_while_others_do()
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.connect(PATH)
    except OSError as error:
        tell(refused=errno.errorcode[error.errno])
        return
    tell(open=os.getpid())
    Relay(sock).run()


main()
