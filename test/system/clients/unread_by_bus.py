"""Waits until the bus, which has been stopped, has something of a process to read: unread_by_bus.py PID."""

import ctypes
import fcntl
import os
import socket
import struct
import sys
import termios
import time

PIDFD_GETFD = 438
BUS = "/run/dbus/system_bus_socket"
libc = ctypes.CDLL(None, use_errno=True)


def unread(pid):
    """Bytes that the process has sent to the bus, and that lie in the kernel."""
    whole = 0
    pidfd = os.pidfd_open(pid)
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            copy = libc.syscall(PIDFD_GETFD, pidfd, int(name), 0)
            if copy < 0:
                continue
            try:
                with socket.socket(fileno=os.dup(copy)) as peer:
                    if peer.family == socket.AF_UNIX and peer.getpeername() == BUS:
                        whole += struct.unpack("i", fcntl.ioctl(peer, termios.TIOCOUTQ, bytes(4)))[0]
            except OSError:
                pass
            finally:
                os.close(copy)
    finally:
        os.close(pidfd)
    return whole


while unread(int(sys.argv[1])) == 0:
    time.sleep(0.02)
