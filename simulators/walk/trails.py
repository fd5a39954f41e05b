"""Trails that no cabinet shows, read off the country's database as its administrator could."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg

from simulators.installation import Installation

Trail = list[dict[str, Any]]
_EVENTS = "SELECT flow, kind, number, outcome, at, actor, facts FROM {schema}.event"


async def last_login_event(installation: Installation) -> int:
    """Return the id of the last event of the channels; 0 before the first."""
    async with _database(installation) as connection:
        return int(await connection.fetchval("SELECT coalesce(max(id), 0) FROM channels.event"))


async def login_trail(installation: Installation, *, after: int) -> Trail:
    """Return the events of a refused authorisation, which belong to no application."""
    async with _database(installation) as connection:
        asked = f"{_EVENTS.format(schema='channels')} WHERE application IS NULL AND id > $1 ORDER BY id"
        return [_event(row) for row in await connection.fetch(asked, after)]


async def desk_trail(installation: Installation, number: str) -> tuple[str, Trail]:
    """Return the state and the events of a paper's case, as the desk keeps them."""
    return await _kept(installation, "desk", "casefile", number)


async def window_trail(installation: Installation, number: str) -> tuple[str, Trail]:
    """Return the state and the events of an application of a window, as the channels keep them."""
    return await _kept(installation, "channels", "application", number)


async def _kept(installation: Installation, schema: str, table: str, number: str) -> tuple[str, Trail]:
    async with _database(installation) as connection:
        state = await connection.fetchval(f"SELECT state FROM {schema}.{table} WHERE number = $1", number)  # noqa: S608
        asked = f"{_EVENTS.format(schema=schema)} WHERE application = $1 ORDER BY at, place, id"
        return str(state), [_event(row) for row in await connection.fetch(asked, number)]


@contextlib.asynccontextmanager
async def _database(installation: Installation) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(installation.admin_url)
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    try:
        yield connection
    finally:
        await connection.close()


def _event(row: asyncpg.Record) -> dict[str, Any]:
    return {**dict(row), "at": row["at"].isoformat()}
