"""What readers did with the message log, and what they were refused: written down where it is done, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.clock import Clock
from gateway.journal.readers import Act, LogCode, LogRefused, Reader, Reading
from gateway.store import Database
from gateway.store.database import Connection

_LONGEST_REFUSED: Final = 200
_COLUMNS: Final = "id, at, reader, role, act, allowed, line, person, reason, facts"
_READ = """
INSERT INTO message_reading (at, reader, role, act, allowed, line, person, reason, facts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
"""
_SINCE: Final = f"SELECT {_COLUMNS} FROM message_reading WHERE at >= $1 ORDER BY id DESC LIMIT $2"  # noqa: S608 (constants)
_ONE: Final = f"SELECT {_COLUMNS} FROM message_reading WHERE id = $1 FOR UPDATE"  # noqa: S608 (constants)
_FOLLOWING: Final = f"""
SELECT {_COLUMNS} FROM message_reading WHERE id > $1 AND act = 'erase' AND facts ->> 'request' = $1::text ORDER BY id
"""  # noqa: S608 (constants)


class Readings:
    """The readings of one participant."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def check(self, reader: Reader, act: Act, **about: Any) -> None:
        """Write down what the role does not allow, and refuse it; raises `LogRefused`."""
        if reader.may(act):
            return
        async with self._database.transaction() as conn:
            reason = " ".join(str(about.pop("reason", "")).replace("\0", "").split())[:_LONGEST_REFUSED]
            await self.note(conn, reader, act, allowed=False, reason=reason, **about)
        raise LogRefused(LogCode.NOT_ALLOWED, role=reader.role.value, act=act.value)

    async def note(
        self,
        conn: Connection,
        reader: Reader,
        act: Act,
        *,
        allowed: bool = True,
        line: UUID | None = None,
        person: str | None = None,
        reason: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> int:
        """Add a reading in the caller's transaction; return its number."""
        now, role = self._clock.now(), reader.role.value
        written: int = await conn.fetchval(
            _READ, now, reader.name, role, act.value, allowed, line, person, reason, dict(facts or {})
        )
        return written

    async def since(self, conn: Connection, moment: datetime, limit: int) -> tuple[Reading, ...]:
        """Return the readings since a moment, the newest first."""
        return tuple(_reading(row) for row in await conn.fetch(_SINCE, moment, limit))

    async def locked(self, conn: Connection, number: int) -> Reading | None:
        """Return a reading that nobody else holds until the transaction ends."""
        row = await conn.fetchrow(_ONE, number)
        return None if row is None else _reading(row)

    async def of_request(self, conn: Connection, number: int) -> tuple[Reading, ...]:
        """Return what was written down for an erasure that was asked for by the reading of this number, in order."""
        return tuple(_reading(row) for row in await conn.fetch(_FOLLOWING, number))


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(**{**row, "act": Act(row["act"])})
