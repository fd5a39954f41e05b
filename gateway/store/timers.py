"""Timers: rows of ours with a due time that the injected clock judges.

A timer that is due becomes a job in the transaction that deletes it, so it fires once. Domain queries never ask SQL's
`now()`; simulated time moves every timer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import structlog

from gateway.clock import Clock
from gateway.store.database import Connection, Database, DatabaseAway
from gateway.store.jobs import Jobs

_log = structlog.get_logger(__name__)

_AT_ONCE = 100
_SCHEDULE = """
INSERT INTO timer (name, key, due_at, payload, again) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name, key) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload, again = excluded.again
"""
_ANY_DUE = "SELECT EXISTS (SELECT FROM timer WHERE due_at <= $1)"
_TAKE_DUE = """
DELETE FROM timer WHERE (name, key) IN (
    SELECT name, key FROM timer WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
) RETURNING name, payload, again
"""


class Timers:
    """The timers of one participant."""

    _POLL_SECONDS = 0.25

    def __init__(self, database: Database, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock
        jobs.postpone = self.postpone

    async def schedule(
        self, conn: Connection, *, name: str, key: str, due_at: datetime, payload: Mapping[str, Any]
    ) -> None:
        """Let the job `name` be enqueued once at `due_at`; an earlier timer of the same name and key is replaced."""
        await conn.execute(_SCHEDULE, name, key, due_at, dict(payload), False)

    async def cancel(self, conn: Connection, *, name: str, key: str) -> None:
        """Remove a timer that has not fired; one that has is no error."""
        await conn.execute("DELETE FROM timer WHERE name = $1 AND key = $2", name, key)

    async def postpone(self, name: str, payload: Mapping[str, Any], *, key: str, delay: timedelta) -> None:
        """Put a failed job off by `delay`; `payload` is the job's envelope with its next attempt."""
        async with self._database.transaction() as conn:
            await conn.execute(_SCHEDULE, name, key, self._clock.now() + delay, dict(payload), True)

    async def fire_due(self) -> int:
        """Turn every timer that is due now into its job and return how many there were.

        Most looks find none, and then there is no transaction.
        """
        fired = 0
        while await self._database.fetchval(_ANY_DUE, self._clock.now()):
            async with self._database.transaction() as conn:
                due = await conn.fetch(_TAKE_DUE, self._clock.now(), _AT_ONCE)
                for row in due:
                    if row["again"]:
                        await self._jobs.enqueue_attempt(conn, row["name"], row["payload"])
                    else:
                        await self._jobs.enqueue(conn, row["name"], row["payload"])
            fired += len(due)
            if len(due) < _AT_ONCE:
                break
        return fired

    async def run(self) -> None:
        """Fire due timers until cancelled; looks at the rows four times a second and at once when the clock moves."""
        waiting = False
        while True:
            try:
                await self.fire_due()
            except (DatabaseAway, asyncpg.PostgresError) as error:
                if not waiting:
                    _log.warning("timers-wait-for-the-database", schema=self._database.schema, error=str(error))
                waiting = True
            else:
                waiting = False
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._clock.changed(), self._POLL_SECONDS)
