"""Deliveries: a stored message is pushed until it is taken, refused for good, or the limit has passed.

The job may run twice and a receiver may get a message twice; none is lost. Messages of one chain to one receiver are
pushed in the order in which they were accepted.
"""

from __future__ import annotations

from typing import Any, Final

import asyncpg

from gateway.shep.async_channel import read_receipt, write_message
from gateway.shep.delivery_status import write_status_notification
from gateway.shep.elements import Malformed
from gateway.shep.errors import ShepError, ShepErrorCode, TransportError, UnknownGatewayError
from gateway.shep.messages import (
    AsyncMessage,
    MessageState,
    MessageType,
    Payload,
    PayloadForm,
    Property,
    Sender,
    StatusNotification,
)
from gateway.shep.retry import RetryRule
from gateway.store.database import Connection
from simulators.shep.config import Demand, SystemEntry
from simulators.shep.faults import FaultKind, FaultPlan, Place
from simulators.shep.journal import Entry
from simulators.shep.parts import Parts, new_session_id
from simulators.shep.registry import Party

PUSH: Final = "push"
TELL: Final = "tell-status"

_EARLIER: Final = """
SELECT 1 FROM message WHERE correlation_id = $1 AND target = $2 AND id < $3 AND state = 'ON_DELIVERY' LIMIT 1 FOR SHARE
"""
_NEXT: Final = """
SELECT id FROM message WHERE correlation_id = $1 AND target = $2 AND id > $3 AND state = 'ON_DELIVERY'
ORDER BY id LIMIT 1
"""
_SETTLE: Final = """
UPDATE message SET state = $2, settled_at = $3, attempts = attempts + 1, last_error = $4
WHERE id = $1 AND state = 'ON_DELIVERY' RETURNING id
"""
_TRIED: Final = """
UPDATE message SET attempts = attempts + 1, last_error = $2 WHERE id = $1 AND state = 'ON_DELIVERY' RETURNING attempts
"""
_STATUSES: Final = {
    MessageState.ON_DELIVERY: ("QYZMET-ON-DELIVERY", "В процессе доставки"),
    MessageState.DELIVERED: ("QYZMET-DELIVERED", "Доставлено"),
    MessageState.NOT_DELIVERED: ("QYZMET-NOT-DELIVERED", "Не доставлено"),
    MessageState.DELIVERY_STOPPED: ("QYZMET-DELIVERY-STOPPED", "Доставка остановлена"),
}


def status_of(state: MessageState) -> tuple[str, str]:
    """Return statusCode and statusMessage of a state; the codes are our invention, no public source has the real."""
    return _STATUSES[state]


class Delivery:
    """The delivery jobs of one gateway."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        rule = parts.config.delivery
        self._retry = RetryRule(rule.first, rule.longest, rule.limit)
        parts.store.jobs.on(PUSH, self._push)
        parts.store.jobs.on(TELL, self._tell)

    async def _push(self, payload: dict[str, Any]) -> None:
        row = await self._parts.store.database.fetchrow("SELECT * FROM message WHERE id = $1", payload["id"])
        if row is None or row["state"] != MessageState.ON_DELIVERY:
            return
        # The earlier message of the chain brings this one along when it is settled.
        if await self._parts.store.database.fetchval(_EARLIER, row["correlation_id"], row["target"], row["id"]):
            return
        plan = self._parts.faults.take(Place.PUSH, row["service_id"])
        try:
            await self._hand_over(row, plan)
            if plan is not None and plan.kind is FaultKind.DUPLICATE:
                await self._hand_over(row, None)
        except ShepError as error:
            await self._not_taken(row, error)
            return
        await self._settle(row, MessageState.DELIVERED, None)

    async def _hand_over(self, row: asyncpg.Record, plan: FaultPlan | None) -> None:
        if plan is not None and plan.kind is FaultKind.DOWN:
            raise TransportError(ShepErrorCode.UNREACHABLE, reason="the fault kit says so")
        party = self._parts.registry.party(row["target"])
        url = _address(party)
        if party is None or url is None:
            raise TransportError(ShepErrorCode.UNREACHABLE, target=row["target"], reason="no address")
        service = self._parts.registry.service(row["service_id"])
        called = await self._parts.call(
            party,
            url,
            lambda: write_message(_message(row)),
            seconds=self._parts.config.delivery.timeout_seconds,
            signature=Demand.REQUIRED if service is None else service.provider_signature,
        )
        try:
            receipt = read_receipt(called.content)
        except Malformed as error:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_MALFORMED, path=error.path, reason=error.reason) from error
        if receipt.message_id != row["message_id"]:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_TO_ANOTHER, answered=receipt.message_id)

    async def _not_taken(self, row: asyncpg.Record, error: ShepError) -> None:
        now = self._parts.clock.now()
        if not error.retryable:
            await self._settle(row, MessageState.NOT_DELIVERED, error)
            return
        if self._retry.is_over(put_at=row["accepted_at"], now=now):
            await self._settle(row, MessageState.DELIVERY_STOPPED, error)
            return
        async with self._parts.store.database.transaction() as conn:
            attempts = await conn.fetchval(_TRIED, row["id"], error.to_json())
            if attempts is None:
                return
            await self._parts.store.timers.schedule(
                conn,
                name=PUSH,
                key=str(row["id"]),
                due_at=now + self._retry.delay(attempts),
                payload={"id": row["id"]},
            )
            await self._write_down(conn, row, "not-taken", error)

    async def _settle(self, row: asyncpg.Record, state: MessageState, error: ShepError | None) -> None:
        async with self._parts.store.database.transaction() as conn:
            facts = None if error is None else error.to_json()
            settled = await conn.fetchval(_SETTLE, row["id"], state.value, self._parts.clock.now(), facts)
            if settled is None:
                return
            await self._write_down(conn, row, state.value.lower().replace("_", "-"), error)
            origin = self._parts.registry.party(row["origin"])
            if isinstance(origin, SystemEntry) and origin.status_notifications and origin.push_url is not None:
                told = {"message_id": row["message_id"], "origin": row["origin"], "state": state.value}
                await self._parts.store.jobs.enqueue(conn, TELL, told)
            following = await conn.fetchval(_NEXT, row["correlation_id"], row["target"], row["id"])
            if following is not None:
                await self._parts.store.jobs.enqueue(conn, PUSH, {"id": following})

    async def _write_down(self, conn: Connection, row: asyncpg.Record, event: str, error: ShepError | None) -> None:
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
            entry.facts = {"error": error.code.value, **error.facts}
        await self._parts.journal.write(entry, self._parts.clock.now(), conn)

    async def _tell(self, payload: dict[str, Any]) -> None:
        """Tell the system that sent a message what became of it; the queue repeats the job when this fails."""
        party = self._parts.registry.party(payload["origin"])
        if not isinstance(party, SystemEntry) or party.push_url is None:
            return
        now, state = self._parts.clock.now(), MessageState(payload["state"])
        code, text = status_of(state)
        notification = StatusNotification(
            notification_id=f"{payload['message_id']}-{state.value}",
            message_id=payload["message_id"],
            notification_date=now,
            state=state,
            status_code=code,
            status_message=text,
            status_date=now,
            request_date=now,
            session_id=new_session_id(),
        )
        await self._parts.call(
            party,
            party.push_url,
            lambda: write_status_notification(notification),
            seconds=self._parts.config.delivery.timeout_seconds,
            signature=Demand.OPTIONAL,
        )


def _address(party: Party | None) -> str | None:
    if isinstance(party, SystemEntry):
        return party.push_url
    return None if party is None else party.async_url


def _message(row: asyncpg.Record) -> AsyncMessage:
    """Return the message as the receiver gets it: the gateway's numbers and session, a hash for the password."""
    return AsyncMessage(
        service_id=row["service_id"],
        message_type=MessageType(row["message_type"]),
        payload=Payload(PayloadForm(row["payload_form"]), row["payload"]),
        message_id=row["message_id"],
        correlation_id=row["correlation_id"],
        route_id=row["route_id"],
        message_date=row["message_date"],
        sender=Sender(row["sender_id"], row["password_hash"]),
        properties=tuple(Property(key, value) for key, value in row["properties"]),
        session_id=row["session_id"],
    )
