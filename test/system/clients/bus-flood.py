"""Sends megabytes to a connection of the system bus in every way that an account has: bus-flood.py DESTINATION.

Prints the errors that come back, by the kind of what was sent, as JSON.
"""

import json
import struct
import sys
import threading

from raw_bus import KINDS, NO_REPLY, connect, message, ping

MEGABYTE = 1 << 20


def bytes_body(size):
    return (8, "g", "ay"), struct.pack("<I", size) + bytes(size)


def read_messages(bus):
    """Yields the kind, the serial that is answered, and the name of the error of each message that comes."""
    stream = bus.makefile("rb")
    while True:
        head = stream.read(16)
        if len(head) < 16:
            return
        _, kind, _, _, body, _, packed = struct.unpack("<4B3I", head)
        fields = stream.read((packed + 7) & ~7)
        stream.read(body)
        at, found = 0, {}
        while at < packed:
            at = (at + 7) & ~7
            code, sort = fields[at], chr(fields[at + 2])
            at += 4
            if sort == "g":
                at += fields[at] + 2
                continue
            at = (at + 3) & ~3
            value = struct.unpack_from("<I", fields, at)[0]
            at += 4
            if sort != "u":
                value, at = fields[at : at + value].decode(), at + value + 1
            found[code] = value
        yield kind, found.get(5), found.get(4)


bus = connect()
to = (6, "s", sys.argv[1])
member = [(1, "o", "/a"), (2, "s", "a.b"), (3, "s", "C")]
removed = [(1, "o", "/org/freedesktop/systemd1"), (2, "s", "org.freedesktop.systemd1.Manager"), (3, "s", "JobRemoved")]
large, body = bytes_body(8 * MEGABYTE)
small, little = bytes_body(MEGABYTE)
plan = []
for _ in range(8):
    plan.append(("signal", "signal", [*member, to, large], body, 0))
    plan.append(("quiet signal", "signal", [*removed, to, large], body, NO_REPLY))
    plan.append(("broadcast", "signal", [*removed, large], body, 0))
    plan.append(("call", "call", [*member, to, large], body, 0))
# The serials of a connection's calls count up from 1.
for guess in range(1, 33):
    plan.append(("reply", "reply", [(5, "u", guess), to, small], little, NO_REPLY))
    plan.append(("error", "error", [(4, "s", "a.b.C"), (5, "u", guess), to, small], little, NO_REPLY))

PING = 10_000
errors = {}


def collect():
    for kind, serial, error in read_messages(bus):
        if serial == PING:
            return
        if kind == KINDS["error"]:
            errors.setdefault(plan[serial - 2][0], set()).add(error)


reader = threading.Thread(target=collect)
reader.start()
for serial, (_, kind, fields, data, flags) in enumerate(plan, 2):
    bus.sendall(message(kind, serial, fields, data, flags))
bus.sendall(ping(PING))
reader.join()
print(json.dumps({what: sorted(names) for what, names in errors.items()}))
