"""Waiting until somebody waits for a row that is locked."""

import asyncio

from gateway.store.database import Database

_WAITING = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock')
"""


async def somebody_waits(database: Database) -> None:
    """Return once a connection of this participant waits for a lock; the caller holds another in a transaction."""
    async with asyncio.timeout(10):
        while not await database.fetchval(_WAITING, f"qyzmet {database.schema}"):  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0.01)
