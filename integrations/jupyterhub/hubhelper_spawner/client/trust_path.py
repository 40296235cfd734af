"""Looks at who could have put a socket where it is."""

from __future__ import annotations

import os
import stat
from collections import deque

#: As many links as Linux follows (path_resolution(7)).
_MAX_LINKS = 40
_WRITABLE_BY_OTHERS = 0o022


class UntrustedPath(Exception):
    """Names the component of a path that somebody other than its owner could have put there."""

    def __init__(self, component: str, problem: str) -> None:
        super().__init__(f"{component} {problem}")
        self.component = component
        self.problem = problem


def resolve_trusted(socket_path: str, owner: int = 0, top: str = "/") -> str:
    """Walks a path as the kernel would, links included, and returns it without links.

    Every directory on the way must belong to root (or `owner`) and be writable by its owner alone:
    who can write one of them, sticky or not, can put a socket of their own there. The socket's own
    mode is not judged: to write to it is to connect, and no more. `top` is a directory without
    links whose own parents are not looked at.

    :raises UntrustedPath: and the system's OSError where a component cannot be looked at
    """
    ahead = deque(_components(os.path.abspath(socket_path)[len(top) :]))
    at = top
    links = 0
    _judge_directory(at, os.lstat(at), owner)
    while ahead:
        name = ahead.popleft()
        if name == "..":
            at = os.path.dirname(at)
            continue
        path = os.path.join(at, name)
        found = os.lstat(path)
        _judge_owner(path, found, owner)
        if stat.S_ISLNK(found.st_mode):
            links += 1
            if links > _MAX_LINKS:
                raise UntrustedPath(path, "is a link in a loop")
            target = os.readlink(path)
            if target.startswith("/"):
                at = "/"
            ahead.extendleft(reversed(_components(target)))
            continue
        if ahead:
            _judge_directory(path, found, owner)
        elif not stat.S_ISSOCK(found.st_mode):
            raise UntrustedPath(path, "is not a socket")
        at = path
    return at


def _components(path: str) -> list[str]:
    return [name for name in path.split("/") if name not in ("", ".")]


def _judge_owner(path: str, found: os.stat_result, owner: int) -> None:
    if found.st_uid not in (0, owner):
        but_root = ", not to root" if owner == 0 else ""
        raise UntrustedPath(path, f"belongs to uid {found.st_uid}{but_root}")


def _judge_directory(path: str, found: os.stat_result, owner: int) -> None:
    if not stat.S_ISDIR(found.st_mode):
        raise UntrustedPath(path, "is not a directory")
    _judge_owner(path, found, owner)
    if found.st_mode & _WRITABLE_BY_OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        raise UntrustedPath(path, f"is writable by others than its owner (mode {mode:04o})")
