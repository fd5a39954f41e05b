"""How long things are kept: a job of the night that forgets what is too old, by the injected clock.

The timer is one row, so the job runs once whatever the number of processes. A run sets the next one first; a run that
dies is taken up by another process and goes on where the rows are. Each forgetting works in batches and may be
repeated.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog

from gateway.clock import ALMATY
from gateway.store import Store
from gateway.store.database import Connection

RETENTION: Final = "journal.retention"
_HOUR: Final = time(3)
_ZONE: Final = ZoneInfo(ALMATY)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Something that is kept for a time: `forget` removes what is from before a moment and says how much it was."""

    name: str
    keep: timedelta
    forget: Callable[[datetime], Awaitable[int]]


class Retention:
    """The nightly job of one participant. To be made before the store runs, and begun after the migrations."""

    def __init__(
        self, store: Store, rules: Sequence[Forgetting], *, also: Sequence[Callable[[], Awaitable[int]]] = ()
    ) -> None:
        self._store = store
        self._rules = list(rules)
        self._also = tuple(also)
        store.jobs.on(RETENTION, self._run)

    def add(self, rule: Forgetting) -> None:
        """Let the job forget something more."""
        self._rules.append(rule)

    async def begin(self) -> None:
        """Set the timer unless it is set: an overdue one from before a stop fires as it stands."""
        async with self._store.database.transaction() as conn:
            if await conn.fetchval("SELECT 1 FROM timer WHERE name = $1", RETENTION) is None:
                await self._schedule(conn, self._store.clock.now())

    async def _run(self, _payload: dict[str, Any]) -> None:
        now = self._store.clock.now()
        async with self._store.database.transaction() as conn:
            await self._schedule(conn, next_night(now))
        for rule in self._rules:
            forgotten = await rule.forget(now - rule.keep)
            if forgotten:
                _log.info("journal-forgot", what=rule.name, count=forgotten)
        for work in self._also:
            await work()

    async def _schedule(self, conn: Connection, due_at: datetime) -> None:
        await self._store.timers.schedule(conn, name=RETENTION, key="nightly", due_at=due_at, payload={})


def next_night(now: datetime) -> datetime:
    """Return the next three o'clock in the morning of Almaty."""
    local = now.astimezone(_ZONE)
    night = datetime.combine(local.date(), _HOUR, _ZONE)
    return night if night > local else night + timedelta(days=1)
