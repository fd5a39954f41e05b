"""Deliveries: a stored message is pushed, or waits to be fetched, until it is taken, refused for good, or too old.

The job may run twice and a receiver may get a message twice; none is lost. Messages of one chain to one receiver are
handed over in the order in which they were accepted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from gateway.shep.async_channel import read_receipt, write_message
from gateway.shep.elements import Malformed
from gateway.shep.errors import GatewayError, ShepError, ShepErrorCode, TransportError, UnknownGatewayError
from gateway.shep.faults import Fault, FaultCode
from gateway.shep.messages import (
    AsyncMessage,
    MessageState,
    MessageType,
    Payload,
    PayloadForm,
    Property,
    Sender,
)
from gateway.shep.trusted import malformed
from simulators.shep.config import Demand, SystemEntry
from simulators.shep.faults import SPOILT, FaultKind, FaultPlan, Place
from simulators.shep.parts import Parts
from simulators.shep.registry import Party
from simulators.shep.settling import BY_GATEWAY, PUSH, Settling

_EARLIER: Final = """
SELECT 1 FROM message WHERE correlation_id = $1 AND target = $2 AND id < $3 AND state = 'ON_DELIVERY'
  AND id <> ALL($4::bigint[]) LIMIT 1 FOR SHARE
"""
_TRY: Final = "UPDATE message SET attempts = attempts + 1 WHERE id = $1 AND state = 'ON_DELIVERY' RETURNING attempts"
_TRIED: Final = "UPDATE message SET last_error = $2 WHERE id = $1 AND state = 'ON_DELIVERY' RETURNING attempts"
_GIVEN_BACK: Final = """
SELECT 1 FROM delivery_notification WHERE message = $1 AND attempt = $2 AND verdict = 'RESEND'
"""
NOT_FETCHED: Final = "not-fetched"


class Delivery:
    """The delivery jobs of one gateway."""

    def __init__(self, parts: Parts, settling: Settling) -> None:
        self._parts = parts
        self._settling = settling
        parts.store.jobs.on(PUSH, self._push)

    async def _push(self, payload: dict[str, Any]) -> None:
        row = await self._parts.store.database.fetchrow("SELECT * FROM message WHERE id = $1", payload["id"])
        if row is None or row["state"] != MessageState.ON_DELIVERY:
            self._settling.held.discard(payload["id"])
            return
        party = self._parts.registry.party(row["target"])
        if isinstance(party, SystemEntry) and party.pulls:
            await self._wait_to_be_fetched(row)
            return
        # The earlier message of the chain brings this one along when it is settled.
        held = sorted(self._settling.held)
        if await self._parts.store.database.fetchval(_EARLIER, row["correlation_id"], row["target"], row["id"], held):
            return
        plan = self._parts.faults.take(Place.PUSH, row["service_id"], without=self._unfit(row))
        if plan is not None and plan.kind is FaultKind.OUT_OF_ORDER:
            await self._hold_back(row, plan)
            return
        self._settling.held.discard(row["id"])
        attempt = await self._parts.store.database.fetchval(_TRY, row["id"])
        if attempt is None:
            return
        try:
            await self._hand_over(row, plan)
            if plan is not None and plan.kind is FaultKind.DUPLICATE:
                await self._note_spoilt(row, plan)
                await self._hand_over(row, None)
        except ShepError as error:
            await self._not_taken(row, error)
            return
        async with self._parts.store.database.transaction() as conn:
            # Who gave it back while it was being pushed has said so about this very attempt.
            if not await conn.fetchval(_GIVEN_BACK, row["id"], attempt):
                await self._settling.settle(conn, row, MessageState.DELIVERED, by=BY_GATEWAY)

    def _unfit(self, row: asyncpg.Record) -> frozenset[FaultKind]:
        """Return the faults that this message is not for: a NOTIFICATION alone is overtaken, and once."""
        overtaken = row["message_type"] == MessageType.NOTIFICATION and row["id"] not in self._settling.held
        return frozenset() if overtaken else frozenset({FaultKind.OUT_OF_ORDER})

    async def _hold_back(self, row: asyncpg.Record, plan: FaultPlan) -> None:
        """Let the next message of the chain pass first, or `plan.seconds` when none comes."""
        self._settling.held.add(row["id"])
        await self._note_spoilt(row, plan)
        async with self._parts.store.database.transaction() as conn:
            await self._settling.schedule(conn, row, self._parts.clock.now() + timedelta(seconds=plan.seconds))
            await self._settling.begin_next(conn, row)

    async def _note_spoilt(self, row: asyncpg.Record, plan: FaultPlan) -> None:
        async with self._parts.store.database.transaction() as conn:
            await self._settling.write_down(conn, row, SPOILT, {"code": plan.kind.value, "facts": {}})

    async def _wait_to_be_fetched(self, row: asyncpg.Record) -> None:
        now, ends = self._parts.clock.now(), row["deliver_from"] + self._parts.config.delivery.limit
        async with self._parts.store.database.transaction() as conn:
            if now < ends:
                await self._settling.schedule(conn, row, ends)
                return
            fault = Fault.of(FaultCode.SERVICE_UNAVAILABLE, now, NOT_FETCHED)
            error = row["last_error"] or {"code": NOT_FETCHED, "facts": {}}
            await self._settling.settle(
                conn, row, MessageState.DELIVERY_STOPPED, by=BY_GATEWAY, error=error, fault=fault
            )

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
            lambda: write_message(message_of(row)),
            seconds=self._parts.config.delivery.timeout_seconds,
            signature=Demand.REQUIRED if service is None else service.provider_signature,
        )
        try:
            receipt = read_receipt(called.content)
        except Malformed as error:
            raise malformed(error) from error
        if receipt.message_id != row["message_id"]:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_TO_ANOTHER, answered=receipt.message_id)

    async def _not_taken(self, row: asyncpg.Record, error: ShepError) -> None:
        now = self._parts.clock.now()
        over = self._settling.retry.is_over(put_at=row["deliver_from"], now=now)
        said = error.to_json()
        async with self._parts.store.database.transaction() as conn:
            if over or not error.retryable:
                state = MessageState.DELIVERY_STOPPED if error.retryable else MessageState.NOT_DELIVERED
                fault = _fault_of(error, now)
                await self._settling.settle(conn, row, state, by=BY_GATEWAY, error=said, fault=fault)
                return
            attempts = await conn.fetchval(_TRIED, row["id"], said)
            if attempts is None:
                return
            await self._settling.schedule(conn, row, now + self._settling.retry.delay(attempts))
            await self._settling.write_down(conn, row, "not-taken", said)


def _address(party: Party | None) -> str | None:
    if isinstance(party, SystemEntry):
        return party.push_url
    return None if party is None else party.async_url


def _fault_of(error: ShepError, now: datetime) -> Fault:
    """Return what the sender is told: the receiver's own fault, or that it was not reached or not understood."""
    if isinstance(error, GatewayError):
        return error.fault
    code = FaultCode.SERVICE_UNAVAILABLE if isinstance(error, TransportError) else FaultCode.INTERNAL
    return Fault.of(code, now, error.code.value)


def message_of(row: asyncpg.Record) -> AsyncMessage:
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
