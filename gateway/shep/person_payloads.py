"""The payloads of inbox and outbox that speak of a person, emptied at the person's erasure.

Rows name no persons, so every payload is opened and looked through, a few at a time and off the loop. A message that is
still on its way is not touched: an application that was made must arrive. It is counted, and so is what does not open.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from gateway.journal import PersonHash, Vault
from gateway.journal.erasure import LeftOver, Note
from gateway.journal.vault import VaultError
from gateway.shep.inbox import inbox_payload
from gateway.shep.outbox_rows import outbox_payload
from gateway.shep.persons import numbers_in
from gateway.store import Database

_AT_ONCE: Final = 8
_OVER: Final = ["done", "sent", "stopped"]

_INBOX = """
SELECT id, state, properties, payload, gateway, correlation_id, message_id FROM inbox
WHERE id > $1 AND octet_length(payload) > 0 ORDER BY id LIMIT $2
"""
_OUTBOX = """
SELECT id, state, properties, payload, key FROM outbox WHERE id > $1 AND octet_length(payload) > 0 ORDER BY id LIMIT $2
"""
_EMPTY_INBOX = """
UPDATE inbox SET payload = '', properties = '[]', last_error = NULL
FROM unnest($1::bigint[], $2::text[]) AS found (number, digest) WHERE id = number AND state = ANY($3) RETURNING id
"""
_EMPTY_OUTBOX = """
UPDATE outbox SET payload = '', properties = '[]', payload_sha256 = digest
FROM unnest($1::bigint[], $2::text[]) AS found (number, digest) WHERE id = number AND state = ANY($3) RETURNING id
"""


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    select: str
    empty: str
    content: Callable[[asyncpg.Record], bytes]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is in a batch: the digests of payloads to empty by their rows, and how many are not touched."""

    digests: dict[int, str]
    waiting: int
    unopened: int


class PersonsPayloads:
    """The payloads of one participant, looked through for a person."""

    def __init__(self, database: Database, vault: Vault, persons: PersonHash) -> None:
        self._database = database
        self._persons = persons
        inbox, outbox = inbox_payload(vault, database.schema), outbox_payload(vault, database.schema)

        def received(row: asyncpg.Record) -> bytes:
            return inbox.open_any(row["payload"], row["gateway"], row["correlation_id"], row["message_id"])

        def sent(row: asyncpg.Record) -> bytes:
            return outbox.open_any(row["payload"], row["key"])

        self._tables = (
            _Table("inbox", _INBOX, _EMPTY_INBOX, received),
            _Table("outbox", _OUTBOX, _EMPTY_OUTBOX, sent),
        )

    async def erase(self, person: str, note: Note) -> LeftOver:
        """Empty what is over and speaks of a person (a keyed hash), each batch noted; return what was left."""
        waiting = unopened = 0
        for table in self._tables:
            last, full = 0, True
            while full:
                rows = await self._database.fetch(table.select, last, _AT_ONCE)
                found = await asyncio.to_thread(self._look_through, table, rows, person)
                await self._empty(table, found, note)
                waiting += found.waiting
                unopened += found.unopened
                full = len(rows) == _AT_ONCE
                last = rows[-1]["id"] if rows else last
        return LeftOver(waiting, unopened)

    async def _empty(self, table: _Table, found: _Found, note: Note) -> None:
        if not found.digests:
            return
        async with self._database.transaction() as conn:
            rows = await conn.fetch(table.empty, list(found.digests), list(found.digests.values()), _OVER)
            await note(conn, {table.name: [row["id"] for row in rows]})

    def _look_through(self, table: _Table, rows: Sequence[asyncpg.Record], person: str) -> _Found:
        digests: dict[int, str] = {}
        waiting = unopened = 0
        for row in rows:
            try:
                content = table.content(row)
            except VaultError:
                unopened += 1
                continue
            if not self._speaks_of(person, content, json.dumps(row["properties"]).encode()):
                continue
            if row["state"] in _OVER:
                digests[row["id"]] = hashlib.sha256(content).hexdigest()
            else:
                waiting += 1
        return _Found(digests, waiting, unopened)

    def _speaks_of(self, person: str, *texts: bytes) -> bool:
        return any(self._persons.of(number) == person for text in texts for number in numbers_in(text, most=None))
