"""Owns a name of the system bus until its input ends: bus-owner.py NAME. Says so when it does."""

import os
import socket
import struct
import sys

BUS = "org.freedesktop.DBus"


def padded(data, to):
    return data + bytes(-len(data) % to)


def string(text):
    return struct.pack("<I", len(text)) + text.encode() + b"\0"


def call(serial, member, types="", body=b""):
    fields = [(1, "o", "/org/freedesktop/DBus"), (2, "s", BUS), (3, "s", member), (6, "s", BUS)]
    packed = b""
    for code, sort, value in fields:
        packed = padded(padded(packed, 8) + bytes([code, 1]) + sort.encode() + b"\0", 4) + string(value)
    if types:
        packed = padded(packed, 8) + b"\x08\x01g\0" + bytes([len(types)]) + types.encode() + b"\0"
    head = struct.pack("<4B3I", ord("l"), 1, 0, 1, len(body), serial, len(packed))
    return padded(head + packed, 8) + body


bus = socket.socket(socket.AF_UNIX)
bus.connect("/run/dbus/system_bus_socket")
bus.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
assert bus.recv(1000).startswith(b"OK ")
bus.sendall(b"BEGIN\r\n" + call(1, "Hello"))
bus.sendall(call(2, "RequestName", "su", padded(string(sys.argv[1]), 4) + struct.pack("<I", 0)))
received = b""
while b"NameAcquired" not in received or sys.argv[1].encode() not in received:
    received += bus.recv(65536)
print("owned", flush=True)
sys.stdin.read()
