"""The way to a participant's database from the command line."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import AsyncIterator

import aiohttp

from gateway.clock import Clock, FollowedClock, RealClock
from gateway.command import Given
from gateway.settings import Participant, Settings
from gateway.store import Store


def participant_of(arguments: argparse.Namespace) -> tuple[Participant, Settings]:
    """Return the settings of `--participant`; raises `Given`."""
    settings = Settings()
    if arguments.participant is None:
        raise Given("say whose: --participant channels or desk")
    own: Participant | None = getattr(settings, arguments.participant)
    if own is None:
        raise Given(f"the settings have no part `{arguments.participant}`")
    return own, settings


@contextlib.asynccontextmanager
async def store_of(own: Participant, settings: Settings) -> AsyncIterator[Store]:
    """Open the participant's store; no job is worked on by that."""
    store = await Store.open(
        own.database_url.get_secret_value(),
        schema=own.database_schema,
        clock=await _clock(settings),
        max_size=4,
        heartbeat_timeout=own.heartbeat_timeout,
    )
    try:
        yield store
    finally:
        await store.close()


async def _clock(settings: Settings) -> Clock:
    """Return the clock as it stands now: a command is over before it is moved."""
    if settings.clock_url is None:
        return RealClock()
    async with aiohttp.ClientSession() as http:
        clock = FollowedClock(settings.clock_url, http)
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
            await clock.refresh()
        return clock
