"""What became of a message: written down in one place, from where its sender is told (`telling`).

The next message of the chain is brought along.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import asyncpg

from gateway.shep.faults import Fault
from gateway.shep.messages import MessageState
from gateway.shep.retry import RetryRule
from gateway.store.database import Connection
from simulators.shep.config import SystemEntry
from simulators.shep.faults import Place
from simulators.shep.journal import Entry
from simulators.shep.parts import Parts
from simulators.shep.telling import Telling

PUSH: Final = "push"

_SETTLE: Final = """
UPDATE message SET state = $2, settled_at = $3, last_error = $4, settled_by = $5,
                   ended_badly = ended_badly OR $2 <> 'DELIVERED'
WHERE id = $1 AND state = ANY($6::text[]) RETURNING *
"""
_NEXT: Final = """
SELECT id FROM message WHERE correlation_id = $1 AND target = $2 AND id > $3 AND state = 'ON_DELIVERY'
ORDER BY id LIMIT 1
"""
_AGAIN: Final = """
UPDATE message SET state = 'ON_DELIVERY', settled_at = NULL, settled_by = NULL, handed_out_at = NULL, last_error = $2
WHERE id = $1 RETURNING attempts
"""
_RESUME: Final = """
UPDATE message SET state = 'ON_DELIVERY', settled_at = NULL, settled_by = NULL, handed_out_at = NULL,
                   told_at = NULL, deliver_from = $2
WHERE id = $1 AND state IN ('DELIVERY_STOPPED', 'NOT_DELIVERED') RETURNING *
"""
_WAITING: Final = "SELECT id FROM message WHERE target = $1 AND state = 'ON_DELIVERY' ORDER BY id"
# No message that is pushed waits longer than `longest`: what does, waits to be fetched.
_STRANDED: Final = """
SELECT message.id, message.target FROM message JOIN timer ON timer.name = $1 AND timer.key = message.id::text
WHERE message.state = 'ON_DELIVERY' AND timer.due_at > $2 ORDER BY message.id
"""
_CHAIN_MESSAGES: Final = "SELECT id FROM message WHERE correlation_id = $1"

BY_GATEWAY: Final = "gateway"
BY_RECEIVER: Final = "receiver"
BY_PEER: Final = "peer"
"""Who said what became of a message; what the receiver itself said stays."""


class Settling:
    """The states of the messages of one gateway."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        rule = parts.config.delivery
        self.retry = RetryRule(rule.first, rule.longest, rule.limit)
        self.held: set[int] = set()
        """Messages that the fault kit holds back until a later one of their chain has passed."""
        self.telling = Telling(parts)

    async def begin(self, conn: Connection, row_id: int) -> None:
        """Have a stored message delivered, in the transaction that stores it."""
        await self._parts.store.jobs.enqueue(conn, PUSH, {"id": row_id})

    async def begin_all(self, target: str) -> None:
        """Have everything that waits for a party delivered: its address or its way has changed."""
        async with self._parts.store.database.transaction() as conn:
            for row in await conn.fetch(_WAITING, target):
                await self.begin(conn, row["id"])

    async def begin_stranded(self) -> None:
        """Have delivered what waits to be fetched by who is pushed to: the file was edited since."""
        latest = self._parts.clock.now() + self.retry.longest
        async with self._parts.store.database.transaction() as conn:
            for row in await conn.fetch(_STRANDED, PUSH, latest):
                party = self._parts.registry.party(row["target"])
                if not (isinstance(party, SystemEntry) and party.pulls):
                    await self.begin(conn, row["id"])

    async def resume(self, row_id: int) -> asyncpg.Record | None:
        """Take a message up again whose delivery had ended without success; None when there is no such message."""
        now = self._parts.clock.now()
        async with self._parts.store.database.transaction() as conn:
            row = await conn.fetchrow(_RESUME, row_id, now)
            if row is not None:
                await self.write_down(conn, row, "resumed", None)
                await self.begin(conn, row_id)
        return row

    async def settle(
        self,
        conn: Connection,
        row: asyncpg.Record,
        state: MessageState,
        *,
        by: str,
        error: dict[str, Any] | None = None,
        fault: Fault | None = None,
    ) -> None:
        """Write down what became of a message, tell its sender, and bring the next one of the chain along.

        Does nothing for one that is settled already, unless it is the receiver or the peer who says otherwise.
        """
        before = [MessageState.ON_DELIVERY] if by == BY_GATEWAY else list(MessageState)
        now = self._parts.clock.now()
        settled = await conn.fetchrow(_SETTLE, row["id"], state.value, now, error, by, before)
        if settled is None:
            return
        await self.write_down(conn, row, state.value.lower().replace("_", "-"), error)
        await self.telling.plan(conn, settled, fault)
        for held in self.held & {each["id"] for each in await conn.fetch(_CHAIN_MESSAGES, row["correlation_id"])}:
            self.held.discard(held)
            await self.begin(conn, held)
        await self.begin_next(conn, row)

    async def again(self, conn: Connection, row: asyncpg.Record, error: dict[str, Any], fault: Fault) -> None:
        """Deliver a message once more that its receiver gave back, until the limit."""
        now = self._parts.clock.now()
        if self.retry.is_over(put_at=row["deliver_from"], now=now):
            await self.settle(conn, row, MessageState.DELIVERY_STOPPED, by=BY_RECEIVER, error=error, fault=fault)
            return
        attempts = await conn.fetchval(_AGAIN, row["id"], error)
        await self.schedule(conn, row, now + self.retry.delay(max(attempts, 1)))
        await self.write_down(conn, row, "given-back", error)

    async def begin_next(self, conn: Connection, row: asyncpg.Record) -> None:
        """Have the next message of the chain delivered, if one waits."""
        following = await conn.fetchval(_NEXT, row["correlation_id"], row["target"], row["id"])
        if following is not None:
            await self.begin(conn, following)

    async def schedule(self, conn: Connection, row: asyncpg.Record, due_at: datetime) -> None:
        """Look after the message at that moment, once."""
        await self._parts.store.timers.schedule(
            conn, name=PUSH, key=str(row["id"]), due_at=due_at, payload={"id": row["id"]}
        )

    async def write_down(self, conn: Connection, row: asyncpg.Record, event: str, error: dict[str, Any] | None) -> None:
        """Write a line about a message into the journal."""
        entry = Entry(
            channel=Place.PUSH.value,
            event=event,
            session_id=row["session_id"],
            message_id=row["message_id"],
            correlation_id=row["correlation_id"],
            service_id=row["service_id"],
            sender_id=row["sender_id"],
            party=row["target"],
            persons=frozenset(row["persons"]),
        )
        if error is not None:
            entry.facts = {"error": error["code"], **error["facts"]}
        await self._parts.journal.write(entry, self._parts.clock.now(), conn)
