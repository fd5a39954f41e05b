"""The receiver's half of the asynchronous channel: `getMessages` and `sendDeliveryNotification`.

What waits is handed out oldest first, so that a later message of a chain comes together with the earlier ones or after
them. A message stays until its receiver has said what became of it: it is handed out again at the next question.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import asyncpg
from lxml import etree

from gateway.shep.async_channel import write_content
from gateway.shep.faults import Fault, FaultCode
from gateway.shep.messages import (
    AsyncMessage,
    DeliveryAcknowledgement,
    DeliveryNotification,
    MessagesAnswer,
    MessagesQuestion,
    MessageState,
    ReceiveStatus,
    Resend,
)
from gateway.shep.names import MAX_MESSAGE_BYTES
from gateway.shep.offload import offloaded
from gateway.shep.persons import numbers_in
from gateway.shep.pulling import (
    read_delivery_notification,
    read_messages_question,
    write_delivery_acknowledgement,
    write_messages_answer,
)
from gateway.shep.refusal import Refused
from gateway.store.database import Connection
from simulators.shep.checks import Sealed
from simulators.shep.config import MOST_FETCHED, Channel, SystemEntry
from simulators.shep.delivery import message_of
from simulators.shep.door import Answered
from simulators.shep.journal import Entry
from simulators.shep.parts import Parts
from simulators.shep.registry import name_of
from simulators.shep.settling import BY_RECEIVER, Settling
from simulators.shep.strangers import refuse_unknown

NOT_ACCEPTED: Final = "not-accepted"

# Asked for by its id, a message still does not come before an earlier one of its chain.
_WAITING: Final = """
SELECT id, octet_length(payload) AS size FROM message AS one
WHERE target = $1 AND service_id = $2 AND state = 'ON_DELIVERY'
  AND ($3::text IS NULL OR correlation_id = $3)
  AND ($4::text IS NULL OR (message_id = $4 AND NOT EXISTS (
      SELECT 1 FROM message AS earlier
      WHERE earlier.correlation_id = one.correlation_id AND earlier.target = one.target AND earlier.id < one.id
        AND earlier.state = 'ON_DELIVERY' AND earlier.handed_out_at IS NULL)))
ORDER BY id LIMIT $5 FOR UPDATE
"""
_ROWS: Final = "SELECT * FROM message WHERE id = ANY($1::bigint[]) ORDER BY id"
_HAND_OUT: Final = "UPDATE message SET handed_out_at = $2, attempts = attempts + 1 WHERE id = ANY($1::bigint[])"
_ITS_OWN: Final = "SELECT * FROM message WHERE message_id = $1 AND target = $2 ORDER BY id DESC LIMIT 1 FOR UPDATE"
# Said again is what has the receiver's own date of the first, at whatever hand-out, or is said of the same hand-out.
_NOTED: Final = """
SELECT * FROM delivery_notification
WHERE message = $1 AND verdict = $2 AND (notification_date = $3 OR attempt = $4) ORDER BY attempt LIMIT 1
"""
_NOTE: Final = """
INSERT INTO delivery_notification (message, verdict, notification_date, attempt, notification_id, session_id, noted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *
"""
_NUMBER: Final = "SELECT nextval('message_number')"


class Receiving:
    """What a receiver may ask of one gateway."""

    def __init__(self, parts: Parts, settling: Settling) -> None:
        self._parts = parts
        self._settling = settling

    async def fetch(self, sealed: Sealed, entry: Entry) -> Answered:
        """Hand out what waits for the sender."""
        question = read_messages_question(sealed.content)
        entry.service_id, entry.message_id = question.service_id, question.message_id
        entry.correlation_id = question.correlation_id
        checks = self._parts.checks
        checks.signed(sealed)
        identified = checks.identified(sealed, question, question.sender, entry)
        if not isinstance(identified.origin, SystemEntry):
            raise Refused(FaultCode.NO_RIGHT, "messages are pushed to another gateway")
        checks.receiver(identified.origin, question.service_id)
        checks.service(sealed, question.service_id, Channel.ASYNC)
        receiver, now = identified.origin.sender_id, self._parts.clock.now()
        async with self._parts.store.database.transaction() as conn:
            rows = await self._waiting(conn, receiver, question)
            await conn.execute(_HAND_OUT, [row["id"] for row in rows], now)
            entry.event, entry.facts["messages"] = "fetched", len(rows)
            await self._parts.journal.write(entry, now, conn)
            for row in rows:
                await self._parts.journal.write(_handed_out(row, entry), now, conn)
        messages = tuple(message_of(row) for row in rows)
        return Answered(partial(write_messages_answer, MessagesAnswer(now, entry.session_id or "", messages)))

    async def _waiting(self, conn: Connection, receiver: str, question: MessagesQuestion) -> list[asyncpg.Record]:
        most = min(question.amount or self._parts.config.delivery.fetch_amount, MOST_FETCHED)
        asked = (receiver, question.service_id, question.correlation_id, question.message_id, most)
        chosen = _within(await conn.fetch(_WAITING, *asked), [])
        rows: list[asyncpg.Record] = await conn.fetch(_ROWS, chosen)
        size = sum(len(row["payload"]) for row in rows)
        sizes = await offloaded(size, lambda: [_size_on_the_wire(message_of(row)) for row in rows])
        return rows[: len(_within(rows, sizes))]

    async def note(self, sealed: Sealed, entry: Entry) -> Answered:
        """Take what the receiver says of a message; said again, it has the same acknowledgement and no effect."""
        notification = read_delivery_notification(sealed.content)
        entry.message_id, entry.service_id = notification.message_id, notification.service_id
        entry.facts["verdict"] = _verdict(notification)
        checks = self._parts.checks
        checks.signed(sealed)
        identified = checks.identified(sealed, notification, notification.sender, entry)
        spoken_of = await offloaded(sealed.size, partial(numbers_in, entry.envelope))
        async with self._parts.store.database.transaction() as conn:
            row = await conn.fetchrow(_ITS_OWN, notification.message_id, name_of(identified.origin))
            if row is None:
                await refuse_unknown(conn, notification.message_id, anothers="the message is not for the sender")
            if row["service_id"] != notification.service_id:
                raise Refused(FaultCode.WRONG_FORMAT, f"the message is of {row['service_id']}")
            entry.correlation_id = row["correlation_id"]
            entry.persons = frozenset(row["persons"]) | spoken_of
            noted = await conn.fetchrow(_NOTED, *_said(row, notification))
            entry.event = "notified" if noted is None else "repeated"
            if noted is None:
                noted = await self._take(conn, row, notification, entry)
            entry.session_id = noted["session_id"]
            await self._parts.journal.write(entry, self._parts.clock.now(), conn)
        acknowledgement = DeliveryAcknowledgement(noted["notification_id"], noted["noted_at"], noted["session_id"])
        return Answered(partial(write_delivery_acknowledgement, acknowledgement))

    async def _take(
        self, conn: Connection, row: asyncpg.Record, notification: DeliveryNotification, entry: Entry
    ) -> asyncpg.Record:
        if row["settled_by"] == BY_RECEIVER:
            raise Refused(FaultCode.WRONG_FORMAT, f"the receiver has said already: {row['state']}")
        target = self._parts.registry.party(row["target"])
        if isinstance(target, SystemEntry) and target.pulls and row["attempts"] == 0:
            raise Refused(FaultCode.WRONG_FORMAT, "the message was not fetched yet")
        number = str(self._parts.config.number_base + await conn.fetchval(_NUMBER))
        now = self._parts.clock.now()
        noted = await conn.fetchrow(_NOTE, *_said(row, notification), number, entry.session_id, now)
        if notification.receive_status is ReceiveStatus.ACCEPTED:
            await self._settling.settle(conn, row, MessageState.DELIVERED, by=BY_RECEIVER)
        else:
            await self._given_back(conn, row, notification)
        return noted

    async def _given_back(self, conn: Connection, row: asyncpg.Record, notification: DeliveryNotification) -> None:
        given = notification.error
        fault = given or Fault.of(FaultCode.SERVICE_UNAVAILABLE, self._parts.clock.now(), NOT_ACCEPTED)
        error: dict[str, Any] = {"code": NOT_ACCEPTED, "facts": {}}
        if given is not None:
            error["facts"] = {"fault": given.code, "message": given.message[:500], "data": (given.data or "")[:2000]}
        if notification.resend is Resend.RESEND:
            await self._settling.again(conn, row, error, fault)
        else:
            await self._settling.settle(conn, row, MessageState.NOT_DELIVERED, by=BY_RECEIVER, error=error, fault=fault)


def _said(row: asyncpg.Record, notification: DeliveryNotification) -> tuple[Any, ...]:
    return row["id"], _verdict(notification), notification.notification_date, row["attempts"]


def _verdict(notification: DeliveryNotification) -> str:
    accepted = notification.receive_status is ReceiveStatus.ACCEPTED
    return notification.receive_status.value if accepted else notification.resend.value


def _within(rows: Sequence[asyncpg.Record], sizes: Sequence[int]) -> list[int]:
    """Return the ids of the first rows that one answer holds: as many as fit, and one at least."""
    chosen: list[int] = []
    total = 0
    for place, row in enumerate(rows):
        total += sizes[place] if sizes else row["size"]
        if chosen and total > MAX_MESSAGE_BYTES:
            break
        chosen.append(row["id"])
    return chosen


def _size_on_the_wire(message: AsyncMessage) -> int:
    """Return the size of a message as it is written: escaping may make a payload several times as large."""
    parent = etree.Element("messages")
    write_content(parent, message)
    return len(etree.tostring(parent, encoding="utf-8"))


def _handed_out(row: asyncpg.Record, entry: Entry) -> Entry:
    return Entry(
        channel=entry.channel,
        event="handed-out",
        session_id=row["session_id"],
        message_id=row["message_id"],
        correlation_id=row["correlation_id"],
        service_id=row["service_id"],
        sender_id=row["sender_id"],
        party=row["target"],
        facts={"attempt": row["attempts"] + 1},
        persons=frozenset(row["persons"]),
    )
