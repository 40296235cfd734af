"""Makes the params of requests."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Union

FileContent = Union[str, bytes]


def filter_params(template: str | None, user: str | None) -> dict[str, Any]:
    return _without_absent({"template": template, "user": user})


def credential_params(
    env: Mapping[str, str] | None, files: Mapping[str, FileContent] | None
) -> dict[str, Any]:
    encoded = None if files is None else {name: _file_param(files[name]) for name in files}
    return _without_absent({"env": None if env is None else dict(env), "files": encoded})


def _file_param(content: FileContent) -> dict[str, str]:
    # Text goes as text where JSON and the protocol let it (no NUL): a person can read the frame.
    if isinstance(content, str):
        if "\0" not in content:
            return {"text": content}
        content = content.encode()
    return {"base64": base64.b64encode(content).decode("ascii")}


def _without_absent(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}
