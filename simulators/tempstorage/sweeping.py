"""The sweeping of expired files, for as long as the store is served."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import asyncpg
import structlog
from aiohttp import web

from gateway.clock import Clock
from simulators.tempstorage.shelf import Shelf

SWEEP_SECONDS = 10.0
"""Of real time. Expiry does not wait for it: it is judged at every look, this only gives the space back."""
_log = structlog.get_logger(__name__)


def sweeping(
    shelf: Shelf, clock: Clock, *, every: float = SWEEP_SECONDS
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return the context of an application in which the shelf is swept, at once too when the clock is moved."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(_sweep(shelf, clock, every), name="sweeping of the temporary store")
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    return context


async def _sweep(shelf: Shelf, clock: Clock, every: float) -> None:
    while True:
        try:
            await shelf.sweep()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            _log.warning("sweeping-waits-for-the-database", error=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(clock.changed(), every)
