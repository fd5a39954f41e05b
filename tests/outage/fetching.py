"""A desk that fetches what ЭҮӨШ has for it, and the moments of a fetch, held for as long as a test needs them.

A moment is held by a lock on the table that is written next: whoever comes to write waits there, and is seen waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Any

import asyncpg
import yaml

from simulators.gateways import applications
from simulators.population.cast import SYSTEMS
from tests.outage.land import Land

PULL_INTERVAL = "PT0.2S"
_IN_ITS_WAY = "SELECT count(*) FROM pg_locks WHERE relation = $1::regclass AND NOT granted"


class Before(StrEnum):
    """What a fetched message is kept from, by the table that is written then."""

    STORED = "desk.inbox"
    CONFIRMED = "rshep.delivery_notification"
    REGISTERED = "desk.casefile"


class Hold:
    """A table that others may read and nobody may write."""

    def __init__(self, land: Land, before: Before, connection: asyncpg.Connection) -> None:
        self._land = land
        self._before = before
        self._connection = connection

    async def reached(self) -> None:
        """Wait until somebody waits to write."""
        await self._land.until(_IN_ITS_WAY, self._before.value)

    async def end(self) -> None:
        """Let everybody write; what a killed process had begun comes to nothing, since it cannot commit."""
        await self._connection.execute("ROLLBACK")


@contextlib.asynccontextmanager
async def hold(land: Land, before: Before) -> AsyncIterator[Hold]:
    """Hold everybody before a moment until the hold is ended, or the context."""
    connection = await asyncpg.connect(land.installation.admin_url)
    try:
        await connection.execute(f"BEGIN; LOCK TABLE {before.value} IN SHARE ROW EXCLUSIVE MODE")
        yield Hold(land, before, connection)
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def fetching(land: Land) -> AsyncIterator[Land]:
    """Let the desk fetch from ЭҮӨШ, which has no address to push to, until the context is left."""
    file = land.installation.folder / "settings.yaml"
    before = await asyncio.to_thread(file.read_text, "utf-8")
    settings = yaml.safe_load(before)
    settings["desk"]["gateways"]["rshep"] |= {"pull": list(applications()), "pull_interval": PULL_INTERVAL}
    await land.kill("desk")
    await _change(land, "PATCH", f"systems/{SYSTEMS['desk'].sender_id}", {"delivery": "pull", "push_url": None})
    await asyncio.to_thread(file.write_text, yaml.safe_dump(settings, allow_unicode=True), "utf-8")
    await land.start("desk")
    try:
        yield land
    finally:
        await land.recover()
        await land.kill("desk")
        await _change(land, "DELETE", "registry/changes")
        await asyncio.to_thread(file.write_text, before, "utf-8")
        await land.start("desk")


async def _change(land: Land, method: str, what: str, body: dict[str, Any] | None = None) -> None:
    """Change the registry of ЭҮӨШ by its admin API; the change outlives the gateway."""
    address = f"{land.installation.address('rshep')}/admin/{what}"
    async with land.http.request(method, address, json=body) as answer:
        assert answer.status < 300, await answer.text()
