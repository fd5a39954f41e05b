"""What became of a message: written down in one place, told to its sender; the next of its chain is brought along."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import asyncpg

from gateway.shep.delivery_status import write_status_notification
from gateway.shep.faults import Fault
from gateway.shep.messages import MessageState, StatusNotification
from gateway.shep.retry import RetryRule
from gateway.store.database import Connection
from simulators.shep.config import Demand, SystemEntry
from simulators.shep.faults import Place
from simulators.shep.journal import Entry
from simulators.shep.parts import Parts, new_session_id

PUSH: Final = "push"
TELL: Final = "tell-status"

_SETTLE: Final = """
UPDATE message SET state = $2, settled_at = $3, last_error = $4, settled_by = $5
WHERE id = $1 AND state = ANY($6::text[]) RETURNING attempts
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
UPDATE message SET state = 'ON_DELIVERY', settled_at = NULL, settled_by = NULL, handed_out_at = NULL, deliver_from = $2
WHERE id = $1 AND state IN ('DELIVERY_STOPPED', 'NOT_DELIVERED') RETURNING *
"""
_WAITING: Final = "SELECT id FROM message WHERE target = $1 AND state = 'ON_DELIVERY' ORDER BY id"
_CHAIN_MESSAGES: Final = "SELECT id FROM message WHERE correlation_id = $1"
BY_GATEWAY: Final = "gateway"
BY_RECEIVER: Final = "receiver"
"""Who said what became of a message; what the receiver itself said stays."""
_STATUSES: Final = {
    MessageState.ON_DELIVERY: ("QYZMET-ON-DELIVERY", "В процессе доставки"),
    MessageState.DELIVERED: ("QYZMET-DELIVERED", "Доставлено"),
    MessageState.NOT_DELIVERED: ("QYZMET-NOT-DELIVERED", "Не доставлено"),
    MessageState.DELIVERY_STOPPED: ("QYZMET-DELIVERY-STOPPED", "Доставка остановлена"),
}


def status_of(state: MessageState) -> tuple[str, str]:
    """Return statusCode and statusMessage of a state; the codes are our invention, no public source has the real."""
    return _STATUSES[state]


class Settling:
    """The states of the messages of one gateway."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        rule = parts.config.delivery
        self.retry = RetryRule(rule.first, rule.longest, rule.limit)
        self.held: set[int] = set()
        """Messages that the fault kit holds back until a later one of their chain has passed."""
        parts.store.jobs.on(TELL, self._tell)

    async def begin(self, conn: Connection, row_id: int) -> None:
        """Have a stored message delivered, in the transaction that stores it."""
        await self._parts.store.jobs.enqueue(conn, PUSH, {"id": row_id})

    async def begin_all(self, target: str) -> None:
        """Have everything that waits for a party delivered: its address or its way has changed."""
        async with self._parts.store.database.transaction() as conn:
            for row in await conn.fetch(_WAITING, target):
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

        Does nothing for one that is settled already, unless it is the receiver who says otherwise.
        """
        before = list(MessageState) if by == BY_RECEIVER else [MessageState.ON_DELIVERY]
        now = self._parts.clock.now()
        attempts = await conn.fetchval(_SETTLE, row["id"], state.value, now, error, by, before)
        if attempts is None:
            return
        await self.write_down(conn, row, state.value.lower().replace("_", "-"), error)
        origin = self._parts.registry.party(row["origin"])
        if isinstance(origin, SystemEntry) and origin.status_notifications and origin.push_url is not None:
            told = {"message_id": row["message_id"], "origin": row["origin"], "state": state.value}
            await self._parts.store.jobs.enqueue(
                conn, TELL, {**told, "attempts": attempts, "fault": None if fault is None else _fault_json(fault)}
            )
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
        )
        if error is not None:
            entry.facts = {"error": error["code"], **error["facts"]}
        await self._parts.journal.write(entry, self._parts.clock.now(), conn)

    async def _tell(self, payload: dict[str, Any]) -> None:
        """Tell the system that sent a message what became of it; the queue repeats the job when this fails."""
        party = self._parts.registry.party(payload["origin"])
        if not isinstance(party, SystemEntry) or party.push_url is None:
            return
        now, state = self._parts.clock.now(), MessageState(payload["state"])
        code, text = status_of(state)
        fault = payload.get("fault")
        notification = StatusNotification(
            notification_id=f"{payload['message_id']}-{payload.get('attempts', 0)}-{state.value}",
            message_id=payload["message_id"],
            notification_date=now,
            state=state,
            status_code=code,
            status_message=text,
            status_date=now,
            request_date=now,
            session_id=new_session_id(),
            error=None if fault is None else Fault(**{**fault, "date": datetime.fromisoformat(fault["date"])}),
        )
        await self._parts.call(
            party,
            party.push_url,
            lambda: write_status_notification(notification),
            seconds=self._parts.config.delivery.timeout_seconds,
            signature=Demand.OPTIONAL,
        )


def _fault_json(fault: Fault) -> dict[str, Any]:
    return {"code": fault.code, "message": fault.message, "data": fault.data, "date": fault.date.isoformat()}
