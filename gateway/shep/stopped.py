"""Messages that came to a stop, out or in: an operator sees them and lets them go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from gateway.shep.inbox import RECEIVED
from gateway.shep.outbox import DELIVER
from gateway.store import Store
from gateway.store.database import Connection

_OUT: Final = """
SELECT key AS name, gateway, service_id, message_type, put_at AS since, attempts, last_error ->> 'code' AS reason
FROM outbox WHERE state = 'stopped' ORDER BY id LIMIT $1
"""
_IN: Final = """
SELECT id::text AS name, gateway, service_id, message_type, received_at AS since, attempts, last_error AS reason
FROM inbox WHERE state = 'stopped' ORDER BY id LIMIT $1
"""
# A message whose payload was erased cannot go on.
_RESUME_OUT: Final = """
UPDATE outbox SET state = 'waiting', put_at = $2, attempts = 0
WHERE key = $1 AND state = 'stopped' AND octet_length(payload) > 0 RETURNING id
"""
_RESUME_IN: Final = """
UPDATE inbox SET state = 'received', received_at = $2, attempts = 0
WHERE id::text = $1 AND state = 'stopped' AND octet_length(payload) > 0 RETURNING id
"""


class Box(StrEnum):
    """Where a message stands: on its way to a gateway, or come from one."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stopped message; `reason` is the code or the kind of the last error, without anything of the payload."""

    box: Box
    name: str
    gateway: str
    service_id: str
    message_type: str
    since: datetime
    attempts: int
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the message for programs."""
        return {name: str(getattr(self, name)) for name in self.__slots__ if name != "attempts"} | {
            "attempts": self.attempts
        }


class StoppedMessages:
    """The stopped messages of one participant."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def listed(self, limit: int = 500) -> list[Stopped]:
        """Return the oldest of each box, those on their way out first."""
        found = []
        for box, sql in ((Box.OUT, _OUT), (Box.IN, _IN)):
            found += [Stopped(box, *row) for row in await self._store.database.fetch(sql, limit)]
        return found

    async def resume(self, conn: Connection, box: Box, name: str) -> bool:
        """Let a stopped message go on, its limit counted anew; False when none of this name is stopped and whole."""
        sql, job = (_RESUME_OUT, DELIVER) if box is Box.OUT else (_RESUME_IN, RECEIVED)
        row_id = await conn.fetchval(sql, name, self._store.clock.now())
        if row_id is None:
            return False
        await self._store.jobs.enqueue(conn, job, {"id": row_id})
        return True
