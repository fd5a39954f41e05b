"""The asynchronous channel of a gateway: accepted means stored with its delivery job, and only then acknowledged.

`sendMessage` and `getMessageStatus` are the sender's half; the receiver's is in `receiving`, what a peer tells in
`peer_notices`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from gateway.shep.async_channel import read_message, write_receipt
from gateway.shep.delivery_status import read_status_question, write_status_answer
from gateway.shep.faults import FaultCode
from gateway.shep.first_answers import OTHER_CONTENT
from gateway.shep.messages import AsyncMessage, MessageState, MessageType, Receipt, StatusAnswer
from gateway.shep.names import Operation
from gateway.shep.offload import offloaded
from gateway.shep.persons import numbers_in
from gateway.shep.refusal import Refused
from gateway.store.database import Connection
from simulators.shep.checks import Identified, Sealed
from simulators.shep.config import Channel, Mode, PeerEntry
from simulators.shep.door import Answered, Work, serve
from simulators.shep.faults import Place
from simulators.shep.journal import Entry
from simulators.shep.parts import Parts, new_session_id
from simulators.shep.peer_notices import PeerNotices
from simulators.shep.receiving import Receiving
from simulators.shep.registry import name_of
from simulators.shep.settling import Settling
from simulators.shep.strangers import refuse_unknown
from simulators.shep.telling import status_of

_OPEN_CHAIN: Final = """
INSERT INTO chain (correlation_id, service_id, started_by, answered_by, opened_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (correlation_id) DO NOTHING
"""
_CHAIN: Final = "SELECT * FROM chain WHERE correlation_id = $1"
_STARTED_BY: Final = "SELECT started_by FROM chain WHERE correlation_id = $1"
_ACCEPT: Final = """
INSERT INTO message (message_id, correlation_id, session_id, origin, origin_message_id, sender_id, password_hash,
                     service_id, message_type, route_id, message_date, properties, payload_form, payload,
                     payload_sha256, target, state, accepted_at, deliver_from, persons)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'ON_DELIVERY', $17, $17, $18)
ON CONFLICT (origin, origin_message_id) DO NOTHING RETURNING id
"""
_FIRST: Final = "SELECT * FROM message WHERE origin = $1 AND origin_message_id = $2"
_SAME: Final = ("service_id", "message_type", "correlation_id", "payload_sha256")
"""What a repeated message has in common with the first."""
_STATUS: Final = "SELECT * FROM message WHERE message_id = $1 AND origin = $2 ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class _Routed:
    """A message with its numbers and where it goes."""

    message_id: str
    correlation_id: str
    origin_message_id: str | None
    target: str


class AsyncDoor:
    """The asynchronous channel at one gateway."""

    def __init__(self, parts: Parts, settling: Settling) -> None:
        self._parts = parts
        self._settling = settling
        receiving = Receiving(parts, settling)
        self._works: dict[Operation, Work] = {
            Operation.SEND_ASYNC: self._accept,
            Operation.GET_MESSAGE_STATUS: self._status,
            Operation.GET_MESSAGES: receiving.fetch,
            Operation.SEND_DELIVERY_NOTIFICATION: receiving.note,
            Operation.CHANGE_STATUS_NOTIFICATION: PeerNotices(parts, settling).take,
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one message."""
        return await serve(self._parts, request, place=Place.ASYNC, default=Operation.SEND_ASYNC, work=self._work)

    async def _work(self, sealed: Sealed, entry: Entry) -> Answered:
        work = self._works.get(sealed.operation)
        if work is None:
            raise Refused(FaultCode.WRONG_FORMAT, f"{sealed.operation.local_name} is not served here")
        return await work(sealed, entry)

    async def _accept(self, sealed: Sealed, entry: Entry) -> Answered:
        # Steps (6) and (7) of `checks`.
        message = await offloaded(sealed.size, partial(read_message, sealed.content))
        entry.message_id, entry.correlation_id = message.message_id, message.correlation_id
        entry.service_id = message.service_id
        entry.facts["type"] = message.message_type.value
        assert message.sender is not None
        identified = self._parts.checks.identified(sealed, message, message.sender, entry)
        if message.message_type is MessageType.REQUEST:
            routed = await self._start(sealed, identified, entry)
        else:
            routed = await self._continue(sealed, identified, entry)
        digest = await offloaded(sealed.size, lambda: hashlib.sha256(message.payload.xml).hexdigest())
        entry.persons = await offloaded(sealed.size, partial(numbers_in, entry.envelope))
        async with self._parts.store.database.transaction() as conn:
            if message.message_type is MessageType.REQUEST:
                await self._open_chain(conn, identified, routed)
            receipt = await self._store(conn, identified, routed, digest, entry)
        return Answered(partial(write_receipt, receipt))

    async def _start(self, sealed: Sealed, identified: Identified[AsyncMessage], entry: Entry) -> _Routed:
        """Begin a chain: steps (8) to (11), then the numbers, which a peer has issued already."""
        checks, message, origin = self._parts.checks, identified.message, identified.origin
        checks.right(origin, message.service_id)
        service = checks.service(sealed, message.service_id, Channel.ASYNC)
        target = checks.target(origin, service, message.route_id)
        await checks.business_signature(service, message.payload, entry)
        if isinstance(origin, PeerEntry):
            if message.message_id is None or message.correlation_id is None:
                raise Refused(FaultCode.WRONG_FORMAT, "a message of a peer has messageId and correlationId")
            return _Routed(message.message_id, message.correlation_id, message.message_id, name_of(target))
        if self._parts.config.mode is Mode.STRICT and (message.message_id or message.correlation_id):
            raise Refused(FaultCode.WRONG_FORMAT, "the gateway issues the numbers of a REQUEST")
        numbers = await self._number("message_number"), await self._number("correlation_number")
        return _Routed(*numbers, None, name_of(target))

    async def _open_chain(self, conn: Connection, identified: Identified[AsyncMessage], routed: _Routed) -> None:
        origin, service_id = name_of(identified.origin), identified.message.service_id
        now = self._parts.clock.now()
        await conn.execute(_OPEN_CHAIN, routed.correlation_id, service_id, origin, routed.target, now)
        if await conn.fetchval(_STARTED_BY, routed.correlation_id) != origin:
            raise Refused(FaultCode.WRONG_FORMAT, "the correlationId belongs to another chain")

    async def _continue(self, sealed: Sealed, identified: Identified[AsyncMessage], entry: Entry) -> _Routed:
        """Go on in a chain: its two parties alone may, and a message of one goes to the other (steps 8 to 10)."""
        message, origin = identified.message, name_of(identified.origin)
        if message.correlation_id is None:
            raise Refused(FaultCode.WRONG_FORMAT, f"a {message.message_type} has a correlationId")
        chain = await self._parts.store.database.fetchrow(_CHAIN, message.correlation_id)
        if chain is None or origin not in (chain["started_by"], chain["answered_by"]):
            raise Refused(FaultCode.NO_RIGHT, "no chain of the sender has this correlationId")
        if message.service_id != chain["service_id"]:
            raise Refused(FaultCode.WRONG_FORMAT, f"the chain is of {chain['service_id']}")
        service = self._parts.checks.service(sealed, message.service_id, Channel.ASYNC)
        await self._parts.checks.business_signature(service, message.payload, entry)
        target = chain["started_by"] if origin == chain["answered_by"] else chain["answered_by"]
        if isinstance(identified.origin, PeerEntry) and message.message_id is not None:
            return _Routed(message.message_id, message.correlation_id, message.message_id, target)
        number = await self._number("message_number")
        return _Routed(number, message.correlation_id, message.message_id, target)

    async def _store(
        self, conn: Connection, identified: Identified[AsyncMessage], routed: _Routed, digest: str, entry: Entry
    ) -> Receipt:
        """Store the message with its journal line and its job; a repeated one gets the receipt of the first."""
        message, origin, now = identified.message, name_of(identified.origin), self._parts.clock.now()
        session_id = entry.session_id or new_session_id()
        row_id = await conn.fetchval(
            _ACCEPT,
            routed.message_id,
            routed.correlation_id,
            session_id,
            origin,
            routed.origin_message_id,
            identified.sender.sender_id,
            identified.sender.password or "",
            message.service_id,
            message.message_type.value,
            message.route_id,
            message.message_date,
            [[each.key, each.value] for each in message.properties],
            message.payload.form.value,
            message.payload.xml,
            digest,
            routed.target,
            now,
            sorted(entry.persons or ()),
        )
        if row_id is None:
            return await self._repeated(conn, identified, routed, digest, entry)
        entry.event, entry.message_id, entry.correlation_id = "accepted", routed.message_id, routed.correlation_id
        entry.facts["target"] = routed.target
        await self._parts.journal.write(entry, now, conn)
        await self._settling.begin(conn, row_id)
        return Receipt(routed.message_id, routed.correlation_id, now, session_id)

    async def _repeated(
        self, conn: Connection, identified: Identified[AsyncMessage], routed: _Routed, digest: str, entry: Entry
    ) -> Receipt:
        first = await conn.fetchrow(_FIRST, name_of(identified.origin), routed.origin_message_id)
        message = identified.message
        same = (message.service_id, message.message_type.value, routed.correlation_id, digest)
        if tuple(first[name] for name in _SAME) != same:
            raise Refused(FaultCode.WRONG_FORMAT, OTHER_CONTENT)
        await self._settling.telling.again(conn, first)
        entry.event, entry.session_id = "repeated", first["session_id"]
        await self._parts.journal.write(entry, self._parts.clock.now(), conn)
        return Receipt(first["message_id"], first["correlation_id"], first["accepted_at"], first["session_id"])

    async def _status(self, sealed: Sealed, entry: Entry) -> Answered:
        question = read_status_question(sealed.content)
        entry.message_id = question.message_id
        self._parts.checks.signed(sealed)
        identified = self._parts.checks.identified(sealed, question, question.sender, entry)
        row = await self._parts.store.database.fetchrow(_STATUS, question.message_id, name_of(identified.origin))
        if row is None:
            await refuse_unknown(
                self._parts.store.database, question.message_id, anothers="the message is not the sender's"
            )
        now = self._parts.clock.now()
        code, text = status_of(MessageState(row["state"]))
        since = row["settled_at"] or row["accepted_at"]
        answer = StatusAnswer(MessageState(row["state"]), code, text, since, now, entry.session_id)
        entry.event, entry.correlation_id, entry.service_id = "status-told", row["correlation_id"], row["service_id"]
        entry.persons = frozenset(row["persons"])
        await self._parts.journal.write(entry, now)
        return Answered(partial(write_status_answer, answer))

    async def _number(self, sequence: str) -> str:
        number: int = await self._parts.store.database.fetchval("SELECT nextval($1::text::regclass)", sequence)
        return str(self._parts.config.number_base + number)
