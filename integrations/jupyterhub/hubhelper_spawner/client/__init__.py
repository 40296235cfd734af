"""The client of hub-helper's protocol, for asyncio."""

from .client import HelperClient
from .errors import HelperError
from .types import Target, WatchEvent

__all__ = ["HelperClient", "HelperError", "Target", "WatchEvent"]
