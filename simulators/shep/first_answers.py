"""The first answers of the synchronous channel, kept in PostgreSQL: who asks again under a messageId gets them.

What is kept is answers alone. A question that is being asked is known to this process only, so that one whose process
died is asked anew; a gateway's doors are served by one process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg

from gateway.shep.answer_rows import answer_fields, answer_of
from gateway.shep.faults import FaultCode
from gateway.shep.first_answers import OTHER_CONTENT
from gateway.shep.messages import SyncAnswer
from gateway.shep.refusal import Refused
from gateway.store import Store
from simulators.shep.gathering import Gathered

FORGET: Final = "forget-answers"
_EVERY: Final = timedelta(hours=1)

_FIRST: Final = """
SELECT first_answer.* FROM first_answer JOIN unnest($1::text[], $2::text[]) AS asked (origin, message_id)
USING (origin, message_id) WHERE answered_at > $3
"""
_KEEP: Final = """
INSERT INTO first_answer (origin, message_id, digest, answered_at, answer_id, correlation_id, session_id,
                          response_date, status_code, status_message, payload_form, payload)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
                     $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::bytea[])
ON CONFLICT (origin, message_id) DO UPDATE
SET digest = excluded.digest, answered_at = excluded.answered_at, answer_id = excluded.answer_id,
    correlation_id = excluded.correlation_id, session_id = excluded.session_id, response_date = excluded.response_date,
    status_code = excluded.status_code, status_message = excluded.status_message,
    payload_form = excluded.payload_form, payload = excluded.payload
"""

_Key = tuple[str, str]
_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Asking:
    digest: str
    task: asyncio.Task[tuple[SyncAnswer, bool]]


class StoredAnswers:
    """The table `first_answer` of one gateway; `gateway.shep.first_answers.FirstAnswers`, with a note beside."""

    def __init__(self, store: Store, *, kept: timedelta) -> None:
        self._store = store
        self._kept = kept
        self._asking: dict[_Key, _Asking] = {}
        self._finding = Gathered(self._find)
        self._keeping = Gathered(self._keep)
        store.jobs.on(FORGET, self._forget)

    def __repr__(self) -> str:
        return f"<StoredAnswers, {len(self._asking)} being asked>"

    async def prepare(self) -> None:
        """Plan the cleaning."""
        await self._forget({})

    async def once(
        self,
        key: _Key,
        digest: str,
        work: Callable[[], Awaitable[SyncAnswer]],
        note: Callable[[], Awaitable[None]],
    ) -> tuple[SyncAnswer, bool]:
        """Return the answer and whether it is a repeated one; `work` is done once, for all who ask meanwhile.

        `note` writes down what `work` did, while its answer is kept.
        What `work` raises goes to all of them, and the next who asks has it tried anew. It goes on when the first one
        hangs up. Raises `Refused` with SCE001 when the key was used with another digest.
        """
        asking = self._asking.get(key)
        if asking is not None:
            _same(asking.digest, digest)
            answer, _ = await asyncio.shield(asking.task)
            return answer, True
        task = asyncio.create_task(self._first(key, digest, work, note), name=f"asking {key[1]}")
        self._asking[key] = _Asking(digest, task)
        task.add_done_callback(lambda _: self._asking.pop(key))
        return await asyncio.shield(task)

    async def _first(
        self,
        key: _Key,
        digest: str,
        work: Callable[[], Awaitable[SyncAnswer]],
        note: Callable[[], Awaitable[None]],
    ) -> tuple[SyncAnswer, bool]:
        row = await self._finding.do(key)
        if row is not None:
            _same(row["digest"], digest)
            return answer_of(row), True
        answer = await work()
        keeping = self._keeping.do((*key, digest, self._store.clock.now(), *answer_fields(answer)))
        await asyncio.gather(keeping, note())
        return answer, False

    async def _find(self, keys: Sequence[_Key]) -> Sequence[asyncpg.Record | None]:
        """Return the row of each key; the keys differ, since a question is asked once at a time."""
        since = self._store.clock.now() - self._kept
        rows = await self._store.database.fetch(_FIRST, *zip(*keys, strict=True), since)
        found = {(row["origin"], row["message_id"]): row for row in rows}
        return [found.get(key) for key in keys]

    async def _keep(self, rows: Sequence[_Row]) -> Sequence[None]:
        await self._store.database.execute(_KEEP, *zip(*rows, strict=True))
        return [None] * len(rows)

    async def _forget(self, _payload: dict[str, Any]) -> None:
        now = self._store.clock.now()
        async with self._store.database.transaction() as conn:
            await conn.execute("DELETE FROM first_answer WHERE answered_at <= $1", now - self._kept)
            await self._store.timers.schedule(conn, name=FORGET, key="all", due_at=now + _EVERY, payload={})


def _same(first: str, digest: str) -> None:
    if first != digest:
        raise Refused(FaultCode.WRONG_FORMAT, OTHER_CONTENT)
