"""Sessions of the web pages in PostgreSQL: the browser holds a random key, the table its SHA-256.

Expiry is cookies' time, so it is judged by the machine's clock and never by the simulated one. How long a session may
be idle and how long it may last is decided by who creates it (`gateway.web.sessions`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from gateway.clock import Clock, RealClock
from gateway.store import Database
from gateway.store.database import Connection

_FORGET = """
DELETE FROM session WHERE digest IN (
    SELECT digest FROM session WHERE expires_at <= $1 ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED
)
"""


class PostgresSessions:
    """The sessions of one participant's pages, shared by all its processes."""

    def __init__(self, database: Database, *, real_time: Clock | None = None) -> None:
        self._database = database
        self._real_time = real_time or RealClock()

    async def load(self, digest: str) -> Mapping[str, Any] | None:
        """Return the data of a session that has not expired, or None."""
        data: Mapping[str, Any] | None = await self._database.fetchval(
            "SELECT data FROM session WHERE digest = $1 AND expires_at > $2", digest, self._real_time.now()
        )
        return data

    async def create(self, digest: str, data: Mapping[str, Any], *, account: str | None, expires_at: datetime) -> None:
        """Insert a session, and remove some that have expired."""
        async with self._database.transaction() as conn:
            await conn.execute(_FORGET, self._real_time.now())
            await conn.execute(
                "INSERT INTO session (digest, account, data, expires_at) VALUES ($1, $2, $3, $4)",
                digest,
                account,
                dict(data),
                expires_at,
            )

    async def change(
        self, digest: str, changed: Mapping[str, Any], removed: Collection[str], *, expires_at: datetime
    ) -> None:
        """Write what a request changed and no other name; a session that was deleted meanwhile stays deleted."""
        await self._database.execute(
            "UPDATE session SET data = (data - $2::text[]) || $3::jsonb, expires_at = $4 WHERE digest = $1",
            digest,
            sorted(removed),
            dict(changed),
            expires_at,
        )

    async def delete(self, digest: str) -> None:
        """Forget a session; one that does not exist is no error."""
        await self._database.execute("DELETE FROM session WHERE digest = $1", digest)

    async def end_all(self, conn: Connection, account: str) -> None:
        """End every session of an account, as a new password does."""
        await conn.execute("DELETE FROM session WHERE account = $1", account)
