"""Messages that gateways pushed: stored and acknowledged in one transaction, then given to their handlers by a job.

The payload is sealed where it is stored. Of an error a row keeps the kind only: what it says may quote the payload.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import asyncpg
import structlog

from gateway.journal.column import SealedColumn
from gateway.journal.vault import Vault, VaultError
from gateway.shep.faults import FaultCode
from gateway.shep.first_answers import OTHER_CONTENT
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Property, Receipt, Sender
from gateway.shep.offload import offloaded
from gateway.shep.refusal import Refused
from gateway.shep.retry import RetryRule
from gateway.store import Store
from gateway.store.database import Connection

RECEIVED: Final = "shep.received"

_log = structlog.get_logger(__name__)

_RECEIVE = """
INSERT INTO inbox (gateway, message_id, correlation_id, service_id, message_type, route_id, message_date, sender_id,
                   properties, session_id, payload_form, payload, payload_sha256, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (gateway, correlation_id, message_id) DO NOTHING RETURNING id
"""
_REPEATED = """
UPDATE inbox SET deliveries = deliveries + 1 WHERE gateway = $1 AND correlation_id = $2 AND message_id = $3
RETURNING payload_sha256
"""
# FOR SHARE waits for a transaction that is just finishing the earlier message, so that neither leaves this one behind.
_EARLIER = """
SELECT 1 FROM inbox WHERE gateway = $1 AND correlation_id = $2 AND id < $3 AND state = 'received' LIMIT 1
FOR SHARE
"""
_NEXT = """
SELECT id FROM inbox WHERE gateway = $1 AND correlation_id = $2 AND id > $3 AND state = 'received' ORDER BY id LIMIT 1
"""
_FINISH = "UPDATE inbox SET state = $2, last_error = $3 WHERE id = $1 AND state = 'received' RETURNING id"
_TRIED = "UPDATE inbox SET attempts = attempts + 1, last_error = $2 WHERE id = $1 RETURNING attempts"


@dataclass(frozen=True, slots=True)
class Received:
    """A stored message; `id` is the inbox's own number, `gateway` is where it came from and where answers go."""

    id: int
    gateway: str
    message: AsyncMessage
    received_at: datetime

    @property
    def correlation_id(self) -> str:
        """The chain that the message belongs to."""
        assert self.message.correlation_id is not None
        return self.message.correlation_id


@dataclass(frozen=True, slots=True)
class _Content:
    """What is stored of a payload."""

    sealed: bytes
    sha256: str


Handler = Callable[[Received], Awaitable[None]]
"""Does what a message asks for. It may be called twice for one message and must act once."""


class Inbox:
    """The incoming messages of one participant. Register handlers by `on` before the store runs."""

    def __init__(self, store: Store, *, retry: RetryRule | None = None, vault: Vault | None = None) -> None:
        self._store = store
        self._payload = inbox_payload(vault, store.database.schema)
        self._retry = retry or RetryRule()
        self._handlers: dict[tuple[str, MessageType], Handler] = {}
        store.jobs.on(RECEIVED, self._handle)

    def on(self, service_id: str, message_type: MessageType, handler: Handler) -> None:
        """Give the messages of a service and type to `handler`; what nobody takes is refused at the door."""
        if (service_id, message_type) in self._handlers:
            raise ValueError(f"two handlers for {service_id} {message_type}")
        self._handlers[service_id, message_type] = handler

    async def receive(self, message: AsyncMessage, *, gateway: str) -> Receipt:
        """Store a message with its job and return the receipt; a repeated delivery gets the same and acts no more.

        Raises `Refused` for a service that nobody takes (SCE004), a message without ids (SCE001), and other content
        under an id that was used before (SCE001).
        """
        if (message.service_id, message.message_type) not in self._handlers:
            raise Refused(
                FaultCode.SERVICE_UNAVAILABLE, f"{message.service_id} {message.message_type} is not taken here"
            )
        if message.message_id is None or message.correlation_id is None:
            raise Refused(FaultCode.WRONG_FORMAT, "a pushed message has messageId and correlationId")
        now = self._store.clock.now()
        content = await offloaded(len(message.payload.xml), partial(self._sealed, message, gateway))
        async with self._store.database.transaction() as conn:
            await self._store_once(conn, message, content, gateway, now)
        return Receipt(message.message_id, message.correlation_id, now, message.session_id)

    async def _store_once(
        self, conn: Connection, message: AsyncMessage, content: _Content, gateway: str, now: datetime
    ) -> None:
        assert message.sender is not None
        row_id = await conn.fetchval(
            _RECEIVE,
            gateway,
            message.message_id,
            message.correlation_id,
            message.service_id,
            message.message_type.value,
            message.route_id,
            message.message_date,
            message.sender.sender_id,
            [[each.key, each.value] for each in message.properties],
            message.session_id,
            message.payload.form.value,
            content.sealed,
            content.sha256,
            now,
        )
        if row_id is not None:
            await self._store.jobs.enqueue(conn, RECEIVED, {"id": row_id})
            return
        stored = await conn.fetchval(_REPEATED, gateway, message.correlation_id, message.message_id)
        if stored != content.sha256:
            raise Refused(FaultCode.WRONG_FORMAT, OTHER_CONTENT)

    async def _handle(self, payload: dict[str, Any]) -> None:
        """Give one message to its handler, after the earlier ones of its chain."""
        row = await self._store.database.fetchrow("SELECT * FROM inbox WHERE id = $1", payload["id"])
        if row is None or row["state"] != "received":
            return
        if await self._store.database.fetchval(_EARLIER, row["gateway"], row["correlation_id"], row["id"]):
            return
        try:
            received = await offloaded(len(row["payload"]), partial(self._received, row))
        except VaultError as error:
            _log.error("shep-payload-not-opened", inbox=row["id"], **error.to_json())
            await self._failed(row, error.code.value, for_good=not error.mends_itself, waits=error.mends_itself)
            return
        try:
            await self._handlers[received.message.service_id, received.message.message_type](received)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is kept and tried again
            _log.exception("shep-handler-failed", inbox=row["id"], service=row["service_id"])
            await self._failed(row, type(error).__name__)
            return
        await self._finish(row, "done", None)

    def _sealed(self, message: AsyncMessage, gateway: str) -> _Content:
        assert message.correlation_id is not None
        assert message.message_id is not None
        content = message.payload.xml
        sealed = self._payload.seal(content, gateway, message.correlation_id, message.message_id)
        return _Content(sealed, hashlib.sha256(content).hexdigest())

    def _received(self, row: asyncpg.Record) -> Received:
        content = self._payload.open(row["payload"], row["gateway"], row["correlation_id"], row["message_id"])
        message = AsyncMessage(
            service_id=row["service_id"],
            message_type=MessageType(row["message_type"]),
            payload=Payload(PayloadForm(row["payload_form"]), content),
            message_id=row["message_id"],
            correlation_id=row["correlation_id"],
            route_id=row["route_id"],
            message_date=row["message_date"],
            sender=Sender(row["sender_id"]),
            properties=tuple(Property(key, value) for key, value in row["properties"]),
            session_id=row["session_id"],
        )
        return Received(row["id"], row["gateway"], message, row["received_at"])

    async def _finish(self, row: asyncpg.Record, state: str, error: str | None) -> None:
        async with self._store.database.transaction() as conn:
            if await conn.fetchval(_FINISH, row["id"], state, error) is None:
                return
            following = await conn.fetchval(_NEXT, row["gateway"], row["correlation_id"], row["id"])
            if following is not None:
                await self._store.jobs.enqueue(conn, RECEIVED, {"id": following})

    async def _failed(self, row: asyncpg.Record, error: str, *, for_good: bool = False, waits: bool = False) -> None:
        """Try again later, or stop: `for_good`, or when the limit has passed, unless the message `waits` for a key."""
        now = self._store.clock.now()
        if for_good or (not waits and self._retry.is_over(put_at=row["received_at"], now=now)):
            await self._finish(row, "stopped", error)
            return
        async with self._store.database.transaction() as conn:
            attempts = await conn.fetchval(_TRIED, row["id"], error)
            await self._store.timers.schedule(
                conn,
                name=RECEIVED,
                key=str(row["id"]),
                due_at=now + self._retry.delay(attempts),
                payload={"id": row["id"]},
            )


def inbox_payload(vault: Vault | None, schema: str) -> SealedColumn:
    """Return the column of the payloads; a row's key there is gateway, correlationId, messageId."""
    return SealedColumn(vault, schema, "inbox")
