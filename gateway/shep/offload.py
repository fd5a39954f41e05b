"""Work on large messages leaves the event loop, which nothing may hold for more than a millisecond."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

LARGE_BYTES: Final = 128 * 1024
"""From this size on canonicalising, escaping or parsing a message takes more than a millisecond."""

_Value = TypeVar("_Value")


async def offloaded(size: int, work: Callable[[], _Value]) -> _Value:
    """Return what `work` returns: done in a thread for a message of that size, else at once."""
    return await asyncio.to_thread(work) if size > LARGE_BYTES else work()
