"""What a gateway tells of the messages that it took: to be believed once, in the order of the gateway's own dates.

Each sending of a message has a messageId of its own. A notification may come before the receipt is stored; it is kept
and counts then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.shep.errors import NotDelivered, ShepErrorCode
from gateway.shep.faults import WORTH_REPEATING
from gateway.shep.messages import MessageState, StatusNotification
from gateway.store.database import Connection

KEPT: Final = timedelta(days=30)
"""How long a notification is known by its id; an older one is known by its date."""

# Whoever stores the receipt and whoever stores a notification of it wait for each other, so that one sees the other.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_ADD: Final = """
INSERT INTO outbox_sending (gateway, message_id, outbox_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1
"""
_TELL: Final = """
INSERT INTO outbox_notice (gateway, notification_id, message_id, state, status, fault, notified_at, told_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (gateway, notification_id) DO NOTHING RETURNING 1
"""
_FORGET: Final = """
DELETE FROM outbox_notice WHERE id IN (SELECT id FROM outbox_notice WHERE told_at < $1 ORDER BY told_at LIMIT 100)
"""
_LATEST: Final = """
SELECT * FROM outbox_notice WHERE gateway = $1 AND message_id = $2 ORDER BY notified_at DESC, id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """The part of a status notification that something follows from."""

    state: MessageState
    at: datetime
    status: str
    fault: str | None

    @classmethod
    def of(cls, notification: StatusNotification) -> Notice:
        """Return the notice in a notification."""
        fault = None if notification.error is None else notification.error.code
        return cls(notification.state, notification.notification_date, notification.status_code, fault)

    @property
    def error(self) -> NotDelivered | None:
        """Why the message will not arrive by itself; None while it may."""
        facts = {"status": self.status} | ({} if self.fault is None else {"fault": self.fault})
        match self.state:
            case MessageState.DELIVERY_STOPPED:
                return NotDelivered(ShepErrorCode.DELIVERY_STOPPED, lasting=False, **facts)
            case MessageState.NOT_DELIVERED:
                lasting = self.fault is not None and self.fault not in WORTH_REPEATING
                return NotDelivered(ShepErrorCode.NOT_DELIVERED, lasting=lasting, **facts)
        return None


async def add_sending(conn: Connection, gateway: str, message_id: str, outbox_id: int) -> bool:
    """Note the messageId of a receipt; False when an earlier receipt of the gateway had it."""
    await conn.execute(_LOCK, f"{gateway} {message_id}")
    return await conn.fetchval(_ADD, gateway, message_id, outbox_id) is not None


async def add_notice(conn: Connection, gateway: str, notification: StatusNotification, now: datetime) -> bool:
    """Keep a notification; False when it is known already."""
    await conn.execute(_LOCK, f"{gateway} {notification.message_id}")
    notice = Notice.of(notification)
    added = await conn.fetchval(
        _TELL,
        gateway,
        notification.notification_id,
        notification.message_id,
        notice.state.value,
        notice.status,
        notice.fault,
        notice.at,
        now,
    )
    await conn.execute(_FORGET, now - KEPT)
    return added is not None


async def latest_notice(conn: Connection, gateway: str, message_id: str) -> Notice | None:
    """Return what was told last of a sending."""
    row = await conn.fetchrow(_LATEST, gateway, message_id)
    return None if row is None else Notice(MessageState(row["state"]), row["notified_at"], row["status"], row["fault"])
