"""The payloads that inbox and outbox keep: removed when their time is over, sealed anew when the key changes.

A message that is not done keeps its payload. One that was stopped keeps it as long as the journal keeps its lines, for
a person may let it go on. What lies in clear is sealed by an operator alone: a job that did it would bless whatever
somebody put there.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import asyncpg
import structlog

from gateway.journal.resealing import reseal
from gateway.journal.vault import Vault, VaultError, sealed_head
from gateway.shep.inbox import inbox_payload
from gateway.shep.outbox_rows import outbox_payload
from gateway.store import Database

_log = structlog.get_logger(__name__)
_BATCH: Final = 200
_BODIES_AT_ONCE: Final = 8

_CLEAR_INBOX = """
UPDATE inbox SET payload = '', properties = '[]', last_error = NULL WHERE id IN (
    SELECT id FROM inbox WHERE octet_length(payload) > 0 AND received_at < $1 AND state = ANY($2)
    ORDER BY received_at LIMIT $3)
"""
_OLD_OUTBOX = """
SELECT id, key, payload FROM outbox
WHERE octet_length(payload) > 0 AND coalesce(tried_at, put_at) < $1 AND put_at < $1 AND state = ANY($2)
ORDER BY put_at LIMIT $3 FOR UPDATE SKIP LOCKED
"""
_CLEAR_OUTBOX = "UPDATE outbox SET payload = '', properties = '[]', payload_sha256 = $2 WHERE id = $1"
_OLDER = "substring(payload from 1 for 5) = ANY($1)"
_IN_CLEAR = "get_byte(payload, 0) <> 1 AND cardinality($1::bytea[]) = 0"
_INBOX_TO_SEAL = """
SELECT id, gateway, correlation_id, message_id, payload FROM inbox
WHERE octet_length(payload) > 0 AND {which} AND id <> ALL($2) LIMIT $3 FOR UPDATE SKIP LOCKED
"""
_OUTBOX_TO_SEAL = """
SELECT id, key, payload FROM outbox
WHERE octet_length(payload) > 0 AND {which} AND id <> ALL($2) LIMIT $3 FOR UPDATE SKIP LOCKED
"""
_SEAL_INBOX = "UPDATE inbox SET payload = $2 WHERE id = $1"
_SEAL_OUTBOX = "UPDATE outbox SET payload = $2 WHERE id = $1"
_KEYS = """
SELECT encode(substring(payload from 2 for 4), 'hex') AS key, count(*) AS count FROM (
    SELECT payload FROM inbox WHERE octet_length(payload) > 0
    UNION ALL SELECT payload FROM outbox WHERE octet_length(payload) > 0) AS kept
WHERE get_byte(payload, 0) = 1 GROUP BY 1 ORDER BY 1
"""
_COUNT_CLEAR = """
SELECT (SELECT count(*) FROM inbox WHERE octet_length(payload) > 0 AND get_byte(payload, 0) <> 1)
     + (SELECT count(*) FROM outbox WHERE octet_length(payload) > 0 AND get_byte(payload, 0) <> 1)
"""


class StoredPayloads:
    """The payloads of one participant."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._inbox = inbox_payload(vault, database.schema)
        self._outbox = outbox_payload(vault, database.schema)

    async def forget_done(self, before: datetime) -> int:
        """Remove the payloads of messages that were handled or handed over before a moment; return how many."""
        return await self._forget(before, inbox=["done"], outbox=["sent"])

    async def forget_stopped(self, before: datetime) -> int:
        """Remove also the payloads of messages that were stopped before a moment."""
        return await self._forget(before, inbox=["done", "stopped"], outbox=["sent", "stopped"])

    async def reseal(self) -> int:
        """Seal what lies under an older key with the newest; return how many.

        A payload that does not open is left as it is, and so is one in clear, of which the log tells.
        """
        plain = await self.in_clear()
        if plain:
            _log.error("journal-payloads-in-clear", count=plain)
        older = [sealed_head(name) for name in self._vault.older]
        return await self._reseal_both(_OLDER, older) if older else 0

    async def seal_plain(self) -> int:
        """Seal what lies in clear, at the word of an operator who knows where it comes from; return how many."""
        return await self._reseal_both(_IN_CLEAR, [])

    async def in_clear(self) -> int:
        """Return how many payloads lie in clear: from before there were keys, or put there by somebody."""
        count: int = await self._database.fetchval(_COUNT_CLEAR)
        return count

    async def keys_in_use(self) -> dict[str, int]:
        """Return how many payloads each key has sealed, by the keys' names."""
        return {row["key"]: row["count"] for row in await self._database.fetch(_KEYS)}

    async def _forget(self, before: datetime, *, inbox: Sequence[str], outbox: Sequence[str]) -> int:
        forgotten, cleared = 0, _BATCH
        while cleared == _BATCH:
            tag = await self._database.execute(_CLEAR_INBOX, before, inbox, _BATCH)
            cleared = int(tag.rpartition(" ")[2])
            forgotten += cleared
        cleared = _BODIES_AT_ONCE
        while cleared == _BODIES_AT_ONCE:
            async with self._database.transaction() as conn:
                rows = await conn.fetch(_OLD_OUTBOX, before, outbox, _BODIES_AT_ONCE)
                digests = await asyncio.to_thread(self._digests, rows)
                await conn.executemany(_CLEAR_OUTBOX, digests)
            cleared = len(rows)
            forgotten += cleared
        return forgotten

    async def _reseal_both(self, which: str, heads: Sequence[bytes]) -> int:
        inbox = await self._reseal(_INBOX_TO_SEAL.format(which=which), heads, _SEAL_INBOX, self._in_inbox)
        return inbox + await self._reseal(_OUTBOX_TO_SEAL.format(which=which), heads, _SEAL_OUTBOX, self._in_outbox)

    async def _reseal(
        self, select: str, heads: Sequence[bytes], update: str, renewed: Callable[[asyncpg.Record], tuple[int, bytes]]
    ) -> int:
        sealed, broken = await reseal(self._database, select, heads, update, renewed)
        if broken:
            _log.error("journal-payloads-not-opened", rows=broken[:20], count=len(broken))
        return sealed

    def _in_inbox(self, row: asyncpg.Record) -> tuple[int, bytes]:
        key = row["gateway"], row["correlation_id"], row["message_id"]
        return row["id"], self._inbox.seal(self._inbox.open_any(row["payload"], *key), *key)

    def _in_outbox(self, row: asyncpg.Record) -> tuple[int, bytes]:
        return row["id"], self._outbox.seal(self._outbox.open_any(row["payload"], row["key"]), row["key"])

    def _digests(self, rows: Sequence[asyncpg.Record]) -> list[tuple[int, str | None]]:
        """Return the digest of each payload; none for one whose key is lost, which is removed all the same."""
        found: list[tuple[int, str | None]] = []
        for row in rows:
            digest = None
            with contextlib.suppress(VaultError):
                digest = hashlib.sha256(self._outbox.open_any(row["payload"], row["key"])).hexdigest()
            found.append((row["id"], digest))
        return found
