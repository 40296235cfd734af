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
import collections
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
        self.sock.setblocking(False)
        self.received = b""
        self.typed = b""
        #: What is still to be sent, a piece for each call of send; None shuts down the writing half.
        self.outgoing = collections.deque()
        self.is_reading = True
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ, self.read_commands)
        self.watch()
        self.open = True

    def run(self):
        while self.open:
            for key, events in self.selector.select():
                if key.fd == 0:
                    self.read_commands()
                    continue
                if events & selectors.EVENT_WRITE:
                    self.write_socket()
                if events & selectors.EVENT_READ and self.is_reading:
                    self.read_socket()

    def watch(self):
        """Waits for what there is to do at the socket: a helper that is not read from does not read either."""
        events = (selectors.EVENT_READ if self.is_reading else 0) | (selectors.EVENT_WRITE if self.outgoing else 0)
        is_watched = self.sock in self.selector.get_map()
        if events and is_watched:
            self.selector.modify(self.sock, events)
        elif events:
            self.selector.register(self.sock, events)
        elif is_watched:
            self.selector.unregister(self.sock)

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
            data = base64.b64decode(command["send"])
            size = command.get("each") or len(data) or 1
            self.outgoing.extend(data[at : at + size] for at in range(0, len(data), size))
            self.write_socket()
        elif "end" in command:
            self.outgoing.append(None)
            self.write_socket()
        elif "read" in command:
            self.is_reading = command["read"]
            self.watch()
        elif "orphan" in command:
            parent = os.getpid()
            if os.fork():
                os._exit(0)
            while os.getppid() == parent:
                time.sleep(0.001)
            tell(orphan=os.getpid())

    def write_socket(self):
        try:
            while self.outgoing:
                piece = self.outgoing[0]
                if piece is None:
                    self.sock.shutdown(socket.SHUT_WR)
                else:
                    sent = self.sock.send(piece)
                    if sent < len(piece):
                        self.outgoing[0] = piece[sent:]
                        continue
                self.outgoing.popleft()
        except BlockingIOError:
            pass
        except (BrokenPipeError, ConnectionResetError):
            self.outgoing.clear()  # the other side has had enough; what it said about that is still to be read
        self.watch()

    def read_socket(self):
        try:
            chunk = self.sock.recv(1 << 20)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            tell(closed=base64.b64encode(self.received).decode())
            self.is_reading = False
            self.watch()
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
