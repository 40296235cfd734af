"""Owns a name of the system bus until its input ends: bus-owner.py NAME. Says so when it does."""

import struct
import sys

from raw_bus import BUS, connect, message, padded, string

bus = connect()
request = [(1, "o", "/org/freedesktop/DBus"), (2, "s", BUS), (3, "s", "RequestName"), (6, "s", BUS), (8, "g", "su")]
bus.sendall(message("call", 2, request, padded(string(sys.argv[1]), 4) + struct.pack("<I", 0)))
received = b""
while b"NameAcquired" not in received or sys.argv[1].encode() not in received:
    received += bus.recv(65536)
print("owned", flush=True)
sys.stdin.read()
