"""What a call fails with."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

from hubhelper_spawner.client import HelperError


async def failure_of(call: Awaitable[object]) -> HelperError:
    with pytest.raises(HelperError) as raised:
        await call
    return raised.value
