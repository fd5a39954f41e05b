"""A person's erasure: asked for by a custodian, done by a job that another process carries on when one dies.

The request is a reading of its own, with the person's hash, the reader and the reason; the job is put in the same
transaction. What each batch emptied is written down in the batch's transaction, and the end in a last reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from gateway.journal.readers import Act, Reader, ReaderRole, Reading, checked_reason
from gateway.journal.readings import Readings
from gateway.store import Store
from gateway.store.database import Connection

ERASURE: Final = "journal.erasure"
_BATCH: Final = 500
_LOOK_SECONDS: Final = 0.2

# A batch of a person's lines: taken one after another, so that a process that dies leaves whole batches behind.
_ERASE = """
UPDATE message_log SET body = NULL, sealed_by = NULL, erased_at = coalesce(erased_at, $2),
                       persons = array_remove(persons, $1)
WHERE id IN (SELECT id FROM message_log WHERE persons @> ARRAY[$1] LIMIT $3 FOR UPDATE) RETURNING id
"""

Note = Callable[[Connection, Mapping[str, Any]], Awaitable[None]]
"""Writes down, in the transaction that empties, what was emptied: lists of names by the table's."""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What an emptying did not touch: messages still on their way, and payloads whose key is not known."""

    waiting: int = 0
    unopened: int = 0


Emptying = Callable[[str, Note], Awaitable[LeftOver]]
"""Empties what is kept of a person (a keyed hash) beside the log, in batches that may be repeated."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure has emptied so far, and what it left."""

    request: int
    finished: bool
    lines: int = 0
    inbox: int = 0
    outbox: int = 0
    waiting: int = 0
    unopened: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as a row for programs."""
        return asdict(self)


class Erasure:
    """The erasures of one participant. To be made before the store runs."""

    def __init__(self, store: Store, *, also: Sequence[Emptying] = ()) -> None:
        self._store = store
        self._readings = Readings(store.database, store.clock)
        self._also = tuple(also)
        store.jobs.on(ERASURE, self._run)

    async def ask(self, reader: Reader, person: str, *, reason: str) -> int:
        """Ask for the erasure of a person (a keyed hash); return the request's number. Raises `LogRefused`.

        The bodies of the person's lines are emptied and the person is taken out of them; lines and digests stay until
        their time is over. So are the payloads of messages that are over. One that is on its way still arrives.
        """
        await self._readings.check(reader, Act.ERASE, person=person, reason=reason)
        reason = checked_reason(reason)
        async with self._store.database.transaction() as conn:
            request = await self._readings.note(conn, reader, Act.ERASE, person=person, reason=reason)
            await self._store.jobs.enqueue(conn, ERASURE, {"request": request})
        return request

    async def state(self, request: int) -> Erased:
        """Return how far an erasure has come."""
        async with self._store.database.transaction() as conn:
            return _summed(request, await self._readings.of_request(conn, request))

    async def waited(self, request: int, *, seconds: float) -> Erased:
        """Return how far an erasure has come when it is finished, or when so much real time has passed."""
        found = await self.state(request)
        try:
            async with asyncio.timeout(seconds):
                while not found.finished:
                    await asyncio.sleep(_LOOK_SECONDS)
                    found = await self.state(request)
        except TimeoutError:
            pass
        return found

    async def _run(self, payload: dict[str, Any]) -> None:
        """Carry a request through; what an earlier run has emptied it finds empty."""
        async with self._store.database.transaction() as conn:
            asked = await self._readings.locked(conn, payload["request"])
            if asked is None or asked.person is None or await self._is_finished(conn, asked):
                return
        while await self._erase_lines(asked, asked.person) == _BATCH:
            pass
        left = [await empty(asked.person, _noting(self._readings, asked)) for empty in self._also]
        facts = {
            "finished": True,
            "waiting": sum(each.waiting for each in left),
            "unopened": sum(each.unopened for each in left),
        }
        async with self._store.database.transaction() as conn:
            await self._readings.locked(conn, asked.id)
            if not await self._is_finished(conn, asked):
                await _noting(self._readings, asked)(conn, facts)

    async def _erase_lines(self, asked: Reading, person: str) -> int:
        async with self._store.database.transaction() as conn:
            rows = await conn.fetch(_ERASE, person, self._store.clock.now(), _BATCH)
            if rows:
                await _noting(self._readings, asked)(conn, {"lines": [str(row["id"]) for row in rows]})
        return len(rows)

    async def _is_finished(self, conn: Connection, asked: Reading) -> bool:
        return _summed(asked.id, await self._readings.of_request(conn, asked.id)).finished


def _noting(readings: Readings, asked: Reading) -> Note:
    """Return what writes down a batch in the name of who asked for it."""
    reader = Reader(asked.reader, ReaderRole(asked.role))

    async def note(conn: Connection, facts: Mapping[str, Any]) -> None:
        named = {"request": asked.id, **facts}
        await readings.note(conn, reader, Act.ERASE, person=asked.person, reason=asked.reason, facts=named)

    return note


def _summed(request: int, readings: Sequence[Reading]) -> Erased:
    facts = [reading.facts for reading in readings]
    last = next((each for each in facts if each.get("finished")), {})
    return Erased(
        request,
        finished=bool(last),
        lines=sum(len(each.get("lines", ())) for each in facts),
        inbox=sum(len(each.get("inbox", ())) for each in facts),
        outbox=sum(len(each.get("outbox", ())) for each in facts),
        waiting=last.get("waiting", 0),
        unopened=last.get("unopened", 0),
    )
