"""Reads the vectors that the clients in TypeScript and in Python are both held against."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from hubhelper_spawner.client import HelperClient, Target

from .line_server import Peer

FOLDER = Path(__file__).resolve().parents[4] / "test" / "vectors"


def vector_files() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir() if path.name != "README.md")


def read_vectors(file: str) -> list[dict[str, Any]]:
    return json.loads((FOLDER / file).read_bytes())


def call_of(client: HelperClient, vector: dict[str, Any]) -> Any:
    """The call that a vector is about, not yet begun."""
    method, id = vector["method"], vector["id"]
    if method == "describe":
        return client.describe(id=id)
    if method == "list":
        return client.list(**vector.get("filter", {}), id=id)
    target = Target(**vector["target"])
    if method in ("start", "stop"):
        limit = {"timeout": vector["timeoutMs"] / 1000} if "timeoutMs" in vector else {}
        return getattr(client, method)(target, **limit, id=id)
    if method == "write-credentials":
        files = vector.get("files")
        contents = files and {name: _content_of(files[name]) for name in files}
        return client.write_credentials(target, env=vector.get("env"), files=contents, id=id)
    return getattr(client, method.replace("-", "_"))(target, id=id)


def _content_of(file: dict[str, str]) -> str | bytes:
    return bytes.fromhex(file["hex"]) if "hex" in file else file["text"]


def pieces_of(chunks: list[Any], cut: int | None) -> list[bytes]:
    """The pieces of a stream: its chunks, or all of it cut anew."""
    pieces = [_bytes_of(chunk) for chunk in chunks]
    if cut is None:
        return pieces
    whole = b"".join(pieces)
    return [whole[start : start + cut] for start in range(0, len(whole), cut)]


def _bytes_of(chunk: Any) -> bytes:
    if isinstance(chunk, list):
        return b"".join(map(_bytes_of, chunk))
    if isinstance(chunk, str):
        return chunk.encode()
    return bytes.fromhex(chunk["hex"]) if "hex" in chunk else expand(chunk).encode()


async def send_pieces(peer: Peer, pieces: list[bytes]) -> None:
    """Sends each piece when the one before it can have been read: both ends are in this loop."""
    for piece in pieces:
        peer.writer.write(piece)
        await peer.writer.drain()
        for _turn in range(3):
            await asyncio.sleep(0)


def expand(value: Any) -> Any:
    """An expected value, with `{repeat, times}` written out."""
    if isinstance(value, list):
        return [expand(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"repeat", "times"}:
        return value["repeat"] * value["times"]
    return {name: expand(member) for name, member in value.items()}
