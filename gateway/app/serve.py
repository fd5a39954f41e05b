"""Participants served by name, until a signal ends them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Sequence

from gateway.app.checks_site import checks
from gateway.app.desk_site import desk
from gateway.app.portal_site import channels
from gateway.serving import settle
from gateway.settings import Settings


async def serve(settings: Settings, participants: Sequence[str]) -> None:
    """Serve participants by name until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        for participant in participants:
            site = {"channels": channels, "desk": desk, "checks": checks}[participant]
            await stack.enter_async_context(site(settings))
        settle()
        await stop.wait()
