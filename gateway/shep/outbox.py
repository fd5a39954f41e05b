"""Messages on their way to a gateway: put with the state that causes them, handed over by a job that may run twice.

A message is done when the gateway has taken it, until the gateway says that it gave it up.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

import asyncpg
import structlog

from gateway.journal.vault import Vault, VaultError
from gateway.shep.client import ShepClient
from gateway.shep.errors import ShepError, ShepErrorCode, UnknownGatewayError
from gateway.shep.messages import (
    AsyncMessage,
    MessageType,
    Payload,
    Receipt,
    StatusNotification,
)
from gateway.shep.offload import offloaded
from gateway.shep.outbox_rows import facts_of, message_of, outbox_payload
from gateway.shep.payload import check_payload
from gateway.shep.retry import RetryRule
from gateway.shep.sendings import Notice, add_notice, add_sending, latest_notice
from gateway.store import Store
from gateway.store.database import Connection

DELIVER: Final = "shep.deliver"
AT_ONCE: Final = 8
"""How many messages go to one gateway at once: it bounds the memory, and leaves room in its client for questions."""
_IDS: Final = uuid.UUID("5b7a3b0e-2f0c-5d0d-9a55-1f6a2f3f6c11")

_log = structlog.get_logger(__name__)

_PUT = """
INSERT INTO outbox (key, chain, gateway, service_id, message_type, message_id, correlation_id, route_id, properties,
                    payload_form, payload, put_at, on_sent, on_stopped)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (key) DO NOTHING RETURNING id
"""
# FOR SHARE waits for a transaction that is just finishing the earlier message, so that neither leaves this one behind.
_EARLIER = "SELECT 1 FROM outbox WHERE chain = $1 AND id < $2 AND state = 'waiting' LIMIT 1 FOR SHARE"
_NEXT = "SELECT id FROM outbox WHERE chain = $1 AND id > $2 AND state = 'waiting' ORDER BY id LIMIT 1"
_SENT = """
UPDATE outbox SET state = 'sent', attempts = attempts + 1, tried_at = $2, receipt = $3, last_error = NULL,
                  delivery_state = NULL, delivery_at = NULL
WHERE id = $1 AND state = 'waiting' RETURNING *
"""
_STOPPED = """
UPDATE outbox SET state = 'stopped', attempts = attempts + (state = 'waiting')::integer, tried_at = $2, last_error = $3,
                  message_id = $4
WHERE id = $1 AND state = $5 RETURNING on_stopped
"""
_TRIED = """
UPDATE outbox SET attempts = attempts + 1, tried_at = $2, last_error = $3
WHERE id = $1 AND state = 'waiting' RETURNING attempts
"""
_SENT_AS = """
SELECT * FROM outbox WHERE state = 'sent' AND receipt ->> 'message_id' = $2
  AND id = (SELECT outbox_id FROM outbox_sending WHERE gateway = $1 AND message_id = $2) FOR UPDATE
"""
_NOTE = """
UPDATE outbox SET delivery_state = $2, delivery_at = $3 WHERE id = $1 AND (delivery_at IS NULL OR delivery_at <= $3)
RETURNING 1
"""
_PUT_AGAIN = "UPDATE outbox SET state = 'waiting', last_error = $2, message_id = $3 WHERE id = $1 AND state = 'sent'"


@dataclass(frozen=True, slots=True)
class Call:
    """A job to enqueue; facts about the message are added to its payload under `shep`."""

    job: str
    payload: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the call as it is kept in a row."""
        return {"job": self.job, "payload": dict(self.payload)}


class Outbox:
    """The outgoing messages of one participant to all its gateways."""

    def __init__(
        self,
        store: Store,
        clients: Mapping[str, ShepClient],
        *,
        retry: RetryRule | None = None,
        vault: Vault | None = None,
    ) -> None:
        self._store = store
        self._clients = clients
        self._retry = retry or RetryRule()
        self._slots = {name: asyncio.Semaphore(AT_ONCE) for name in clients}
        self._payload = outbox_payload(vault, store.database.schema)
        store.jobs.on(DELIVER, self._deliver)

    async def put(
        self,
        conn: Connection,
        *,
        key: str,
        gateway: str,
        message: AsyncMessage,
        on_sent: Call | None = None,
        on_stopped: Call | None = None,
    ) -> bool:
        """Store a message and its delivery job in the caller's transaction; False when the key was put before.

        `on_sent` is enqueued with the gateway's receipt when the message is handed over, `on_stopped` with the error
        when it is refused for good or the limit of `RetryRule` has passed. A message that the gateway took and then
        gave up is put again within that limit, and both may follow. A message of a chain waits for the earlier ones of
        its chain. Raises `ValueError` for a message that could never be sent.
        """
        if gateway not in self._clients:
            raise KeyError(f"no client for the gateway {gateway!r}")
        if message.message_type is not MessageType.REQUEST and message.correlation_id is None:
            raise ValueError(f"a {message.message_type} names its chain by correlation_id")
        sealed = await offloaded(len(message.payload.xml), partial(self._sealed, key, message.payload))
        own_id = None
        if message.message_type is not MessageType.REQUEST:
            own_id = message.message_id or str(uuid.uuid5(_IDS, f"{self._store.database.schema} {key}"))
        row_id = await conn.fetchval(
            _PUT,
            key,
            f"{gateway} {message.correlation_id}" if message.correlation_id else f"request {key}",
            gateway,
            message.service_id,
            message.message_type.value,
            own_id,
            message.correlation_id,
            message.route_id,
            [[each.key, each.value] for each in message.properties],
            message.payload.form.value,
            sealed,
            message.message_date or self._store.clock.now(),
            on_sent and on_sent.to_json(),
            on_stopped and on_stopped.to_json(),
        )
        if row_id is None:
            return False
        await self._store.jobs.enqueue(conn, DELIVER, {"id": row_id})
        return True

    async def note_status(self, notification: StatusNotification, gateway: str) -> None:
        """Act on what the gateway told of the delivery of a message; for `Participant(on_status=...)`."""
        async with self._store.database.transaction() as conn:
            if not await add_notice(conn, gateway, notification, self._store.clock.now()):
                return
            row = await conn.fetchrow(_SENT_AS, gateway, notification.message_id)
            if row is not None:
                await self._told(conn, row, Notice.of(notification))

    async def _deliver(self, payload: dict[str, Any]) -> None:
        """Hand one message over; acts once however often the job runs, except that the gateway may see it twice."""
        row = await self._store.database.fetchrow("SELECT * FROM outbox WHERE id = $1", payload["id"])
        if row is None or row["state"] != "waiting":
            return
        # The earlier message of the chain brings this one along when it is done.
        if _has_neighbours(row) and await self._store.database.fetchval(_EARLIER, row["chain"], row["id"]):
            return
        try:
            async with self._slots[row["gateway"]]:
                message = await offloaded(len(row["payload"]), partial(message_of, row, self._payload))
                receipt = await self._clients[row["gateway"]].send(message)
            await self._sent(row, receipt)
        except VaultError as error:
            await self._not_opened(row, error)
        except ShepError as error:
            await self._failed(row, error)

    def _sealed(self, key: str, payload: Payload) -> bytes:
        check_payload(payload)
        return self._payload.seal(payload.xml, key)

    async def _sent(self, row: asyncpg.Record, receipt: Receipt) -> None:
        facts = {
            "message_id": receipt.message_id,
            "correlation_id": receipt.correlation_id,
            "session_id": receipt.session_id,
            "response_date": receipt.response_date.isoformat(),
        }
        now = self._store.clock.now()
        async with self._store.database.transaction() as conn:
            if not await add_sending(conn, row["gateway"], receipt.message_id, row["id"]):
                raise UnknownGatewayError(ShepErrorCode.ANSWER_TO_ANOTHER, answered=receipt.message_id)
            done = await conn.fetchrow(_SENT, row["id"], now, facts)
            if done is None:
                return
            facts |= {"key": row["key"], "gateway": row["gateway"], "sent_at": now.isoformat()}
            await self._call(conn, done["on_sent"], facts)
            notice = await latest_notice(conn, row["gateway"], receipt.message_id)
            if notice is not None:
                await self._told(conn, done, notice)
            await self._bring_next(conn, row)

    async def _told(self, conn: Connection, row: asyncpg.Record, notice: Notice) -> None:
        """Note how the delivery of a message stands; one that was given up is put again, or stopped."""
        if await conn.fetchval(_NOTE, row["id"], notice.state.value, notice.at) is None:
            return
        error = notice.error
        if error is None:
            return
        if error.retryable and row["payload"] and not self._is_over(row):
            _log.warning("shep-message-put-again", key=row["key"], gateway=row["gateway"], **facts_of(error))
            await conn.execute(_PUT_AGAIN, row["id"], facts_of(error), self._next_id(row))
            await self._look_again(conn, row, self._retry.delay(row["attempts"]))
        else:
            await self._stop(conn, row, error)

    def _next_id(self, row: asyncpg.Record) -> str | None:
        """Return our messageId for the next sending: under a used one the gateway would repeat its first receipt."""
        if row["message_id"] is None or row["state"] != "sent":
            own_id: str | None = row["message_id"]
            return own_id
        return str(uuid.uuid5(_IDS, f"{row['message_id']} again"))

    def _is_over(self, row: asyncpg.Record) -> bool:
        return self._retry.is_over(put_at=row["put_at"], now=self._store.clock.now())

    async def _failed(self, row: asyncpg.Record, error: ShepError) -> None:
        if not error.retryable or self._is_over(row):
            async with self._store.database.transaction() as conn:
                await self._stop(conn, row, error)
        elif error.retry_after is not None:
            # Not sent at all: the gateway or the service is left alone for a while.
            async with self._store.database.transaction() as conn:
                await self._look_again(conn, row, error.retry_after + self._retry.delay(1))
        else:
            await self._try_later(row, error)

    async def _not_opened(self, row: asyncpg.Record, error: VaultError) -> None:
        """Wait for the operator's key however long it takes; stop a message that no key will open."""
        _log.error("shep-payload-not-opened", key=row["key"], **error.to_json())
        if error.mends_itself:
            await self._try_later(row, error)
            return
        async with self._store.database.transaction() as conn:
            await self._stop(conn, row, error)

    async def _try_later(self, row: asyncpg.Record, error: ShepError | VaultError) -> None:
        now = self._store.clock.now()
        async with self._store.database.transaction() as conn:
            attempts = await conn.fetchval(_TRIED, row["id"], now, facts_of(error))
            if attempts is not None:
                await self._look_again(conn, row, self._retry.delay(attempts))

    async def _stop(self, conn: Connection, row: asyncpg.Record, error: ShepError | VaultError) -> None:
        now, told = self._store.clock.now(), facts_of(error)
        _log.error("shep-message-stopped", key=row["key"], gateway=row["gateway"], **told)
        done = await conn.fetchrow(_STOPPED, row["id"], now, told, self._next_id(row), row["state"])
        if done is None:
            return
        facts = {"key": row["key"], "gateway": row["gateway"], "error": told, "stopped_at": now.isoformat()}
        await self._call(conn, done["on_stopped"], facts)
        await self._bring_next(conn, row)

    async def _look_again(self, conn: Connection, row: asyncpg.Record, after: timedelta) -> None:
        due_at = self._store.clock.now() + after
        await self._store.timers.schedule(
            conn, name=DELIVER, key=str(row["id"]), due_at=due_at, payload={"id": row["id"]}
        )

    async def _call(self, conn: Connection, call: dict[str, Any] | None, facts: dict[str, Any]) -> None:
        if call is not None:
            await self._store.jobs.enqueue(conn, call["job"], {**call["payload"], "shep": facts})

    async def _bring_next(self, conn: Connection, row: asyncpg.Record) -> None:
        if not _has_neighbours(row):
            return
        following = await conn.fetchval(_NEXT, row["chain"], row["id"])
        if following is not None:
            await self._store.jobs.enqueue(conn, DELIVER, {"id": following})


def _has_neighbours(row: asyncpg.Record) -> bool:
    """Tell whether the chain may hold other messages: a message that names no chain is alone in its own."""
    return row["correlation_id"] is not None
