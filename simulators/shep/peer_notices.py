"""What a peer tells of a message that it took: `changeMassageStatusNotification` at the asynchronous door.

A gateway counts a message as delivered when a peer has taken it. Where the peer cannot deliver it after all, it says
so, and the sender here is told in turn. No public source says how real gateways do this.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import asyncpg

from gateway.shep.delivery_status import read_status_notification, write_status_acknowledgement
from gateway.shep.messages import MessageState, StatusNotification
from gateway.store.database import Connection
from simulators.shep.checks import Sealed
from simulators.shep.door import Answered
from simulators.shep.journal import Entry
from simulators.shep.parts import Parts, new_session_id
from simulators.shep.settling import BY_PEER, Settling
from simulators.shep.strangers import refuse_unknown

TOLD_BY_PEER: Final = "told-by-peer"

_HANDED_TO: Final = "SELECT * FROM message WHERE message_id = $1 AND target = $2 ORDER BY id DESC LIMIT 1 FOR UPDATE"
_TOLD: Final = "UPDATE message SET told_at = $2 WHERE id = $1"


class PeerNotices:
    """The notices that come to one gateway from others."""

    def __init__(self, parts: Parts, settling: Settling) -> None:
        self._parts = parts
        self._settling = settling

    async def take(self, sealed: Sealed, entry: Entry) -> Answered:
        """Take up what became of a message; an older notice, or one that comes again, is acknowledged only."""
        notice = read_status_notification(sealed.content)
        entry.message_id = notice.message_id
        entry.facts["state"] = notice.state.value
        checks = self._parts.checks
        checks.signed(sealed)
        peer = checks.peer(sealed, entry)
        now = self._parts.clock.now()
        async with self._parts.store.database.transaction() as conn:
            row = await conn.fetchrow(_HANDED_TO, notice.message_id, peer.name)
            if row is None:
                await refuse_unknown(conn, notice.message_id, anothers="the message was not handed to this gateway")
            entry.correlation_id, entry.service_id, entry.sender_id = (
                row[name] for name in ("correlation_id", "service_id", "sender_id")
            )
            entry.persons = frozenset(row["persons"])
            entry.event = "status-taken" if await self._take(conn, row, notice) else "repeated"
            await self._parts.journal.write(entry, now, conn)
        return Answered(partial(write_status_acknowledgement, now, entry.session_id or new_session_id()))

    async def _take(self, conn: Connection, row: asyncpg.Record, notice: StatusNotification) -> bool:
        older = row["told_at"] is not None and notice.status_date < row["told_at"]
        if older or notice.state in (row["state"], MessageState.ON_DELIVERY):
            return False
        await conn.execute(_TOLD, row["id"], notice.status_date)
        fault = notice.error
        error = None
        if notice.state is not MessageState.DELIVERED:
            facts = {} if fault is None else {"fault": fault.code, "message": fault.message[:500]}
            error = {"code": TOLD_BY_PEER, "facts": {**facts, "status": notice.status_code}}
        await self._settling.settle(conn, row, notice.state, by=BY_PEER, error=error, fault=fault)
        return True
