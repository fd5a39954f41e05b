"""First answers in PostgreSQL, for a participant that has a store: known after a restart, bounded by the disk's share.

What is kept is answers. A question whose process died before its answer was stored is asked anew, and acts once only if
the service knows it again by itself. One process at a time serves a table. Payloads lie as they are.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg

from gateway.clock import Clock
from gateway.shep.answer_rows import answer_fields, answer_of
from gateway.shep.faults import FaultCode
from gateway.shep.first_answers import NOT_KEPT, OTHER_CONTENT
from gateway.shep.messages import SyncAnswer
from gateway.shep.names import MAX_MESSAGE_BYTES
from gateway.shep.refusal import Refused
from gateway.store import Database

SQL_FILE: Final = Path(__file__).with_name("sql") / "first_answer.sql"
"""For a migration of the participant's schema."""
AGE: Final = timedelta(hours=24)
MOST_BYTES: Final = 64 * MAX_MESSAGE_BYTES
"""Of payloads together; the oldest go first."""
_PARTS: Final = 16
_EVERY: Final = timedelta(hours=1)

_FIRST: Final = "SELECT * FROM first_answer WHERE origin = $1 AND message_id = $2 AND answered_at > $3"
_KEEP: Final = """
INSERT INTO first_answer (origin, message_id, digest, answered_at, size, answer_id, correlation_id, session_id,
                          response_date, status_code, status_message, payload_form, payload)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
_FORGET: Final = "DELETE FROM first_answer WHERE answered_at <= $1"
_FORGET_ONE: Final = f"{_FORGET} AND origin = $2 AND message_id = $3"
_MAKE_ROOM: Final = """
UPDATE first_answer SET kept = false, payload = NULL WHERE kept AND (origin, message_id) IN (
    SELECT origin, message_id FROM (
        SELECT origin, message_id, sum(size) OVER (ORDER BY answered_at DESC, origin, message_id) AS together
        FROM first_answer WHERE kept) AS newest
    WHERE together > $1)
"""

_LONGEST: Final = 200

_Key = tuple[str, str]


class StoredFirstAnswers:
    """The table `first_answer` of one participant; the port is `FirstAnswers`."""

    def __init__(self, database: Database, clock: Clock, *, age: timedelta = AGE, most_bytes: int = MOST_BYTES) -> None:
        self._database = database
        self._clock = clock
        self._age = age
        self._most_bytes = most_bytes
        self._at_work: dict[_Key, asyncio.Event] = {}
        self._clean_at: datetime | None = None
        self._written = most_bytes

    def __repr__(self) -> str:
        return f"<StoredFirstAnswers of {self._database.schema}, {len(self._at_work)} at work>"

    async def once(self, key: _Key, digest: str, work: Callable[[], Awaitable[SyncAnswer]]) -> tuple[SyncAnswer, bool]:
        """Return the answer and whether it is repeated; see `FirstAnswers.once`."""
        key = _indexed(key[0]), _indexed(key[1])
        while (finished := self._at_work.get(key)) is not None:
            await finished.wait()
        finished = self._at_work[key] = asyncio.Event()
        try:
            now = self._clock.now()
            row = await self._database.fetchrow(_FIRST, *key, now - self._age)
            if row is not None:
                return _repeated(row, digest), True
            answer = await work()
            await self._keep(key, digest, answer)
            return answer, False
        finally:
            del self._at_work[key]
            finished.set()

    async def _keep(self, key: _Key, digest: str, answer: SyncAnswer) -> None:
        now, payload = self._clock.now(), answer.payload
        size = 0 if payload is None else len(payload.xml)
        async with self._database.transaction() as conn:
            await conn.execute(_FORGET_ONE, now - self._age, *key)
            await conn.execute(
                _KEEP,
                *key,
                digest,
                now,
                size,
                *answer_fields(answer),
            )
            self._written += size
            if self._clean_at is None or now >= self._clean_at:
                await conn.execute(_FORGET, now - self._age)
                self._clean_at = now + _EVERY
            if self._written * _PARTS >= self._most_bytes:
                await conn.execute(_MAKE_ROOM, self._most_bytes)
                self._written = 0


def _indexed(name: str) -> str:
    """Return what stands in the index for a name that a stranger may have made as long as a message."""
    return name if len(name) <= _LONGEST else f"sha256 {hashlib.sha256(name.encode()).hexdigest()}"


def _repeated(row: asyncpg.Record, digest: str) -> SyncAnswer:
    if row["digest"] != digest:
        raise Refused(FaultCode.WRONG_FORMAT, OTHER_CONTENT)
    if not row["kept"]:
        raise Refused(FaultCode.WRONG_FORMAT, NOT_KEPT)
    return answer_of(row)
