"""Who sent a message is told what became of it: a system at its `push_url`, another gateway at its asynchronous door.

Between gateways `changeMassageStatusNotification` is our invention. A peer has counted the message as delivered when it
handed it over, so that it is told only of one that was not delivered here, and what came of that one later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import asyncpg

from gateway.shep.delivery_status import write_status_notification
from gateway.shep.errors import ShepError
from gateway.shep.faults import Fault
from gateway.shep.messages import MessageState, StatusNotification
from gateway.store.database import Connection
from simulators.shep.config import Demand, PeerEntry
from simulators.shep.faults import Place
from simulators.shep.journal import Entry
from simulators.shep.parts import Parts, new_session_id
from simulators.shep.registry import Party

TELL: Final = "tell-status"

_MESSAGE: Final = "SELECT * FROM message WHERE message_id = $1 AND origin = $2 ORDER BY id DESC LIMIT 1"
_STATUSES: Final = {
    MessageState.ON_DELIVERY: ("QYZMET-ON-DELIVERY", "В процессе доставки"),
    MessageState.DELIVERED: ("QYZMET-DELIVERED", "Доставлено"),
    MessageState.NOT_DELIVERED: ("QYZMET-NOT-DELIVERED", "Не доставлено"),
    MessageState.DELIVERY_STOPPED: ("QYZMET-DELIVERY-STOPPED", "Доставка остановлена"),
}


def status_of(state: MessageState) -> tuple[str, str]:
    """Return statusCode and statusMessage of a state; the codes are our invention, no public source has the real."""
    return _STATUSES[state]


class Telling:
    """The status notifications of one gateway."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        parts.store.jobs.on(TELL, self._tell)

    async def plan(self, conn: Connection, row: asyncpg.Record, fault: Fault | None = None) -> None:
        """Have the sender told of the state of a settled message, in the transaction that settles it."""
        origin = self._parts.registry.party(row["origin"])
        if _address(origin) is None or (isinstance(origin, PeerEntry) and not row["ended_badly"]):
            return
        told = {name: row[name] for name in ("message_id", "origin", "state", "attempts")}
        said = {"at": row["settled_at"].isoformat(), "fault": None if fault is None else _fault_json(fault)}
        await self._parts.store.jobs.enqueue(conn, TELL, told | said)

    async def again(self, conn: Connection, row: asyncpg.Record) -> None:
        """Tell a peer once more that hands over anew what ended badly here: it takes the receipt for a delivery."""
        if row["settled_at"] is not None and isinstance(self._parts.registry.party(row["origin"]), PeerEntry):
            await self.plan(conn, row)

    async def _tell(self, payload: dict[str, Any]) -> None:
        """Tell the sender; the queue repeats the job while that may help."""
        party = self._parts.registry.party(payload["origin"])
        url = _address(party)
        if party is None or url is None:
            return
        row = await self._parts.store.database.fetchrow(_MESSAGE, payload["message_id"], payload["origin"])
        notification = self._notification(payload)
        try:
            await self._parts.call(
                party,
                url,
                lambda: write_status_notification(notification),
                seconds=self._parts.config.delivery.timeout_seconds,
                signature=Demand.REQUIRED if isinstance(party, PeerEntry) else Demand.OPTIONAL,
            )
        except ShepError as error:
            said = error.to_json()
            await self._write_down(row, notification, "status-not-taken", {"error": said["code"], **said["facts"]})
            if error.retryable:
                raise
            return
        await self._write_down(row, notification, "status-notified", {})

    def _notification(self, payload: dict[str, Any]) -> StatusNotification:
        now, state = self._parts.clock.now(), MessageState(payload["state"])
        code, text = status_of(state)
        fault = payload.get("fault")
        return StatusNotification(
            notification_id=f"{payload['message_id']}-{payload.get('attempts', 0)}-{state.value}",
            message_id=payload["message_id"],
            notification_date=now,
            state=state,
            status_code=code,
            status_message=text,
            status_date=datetime.fromisoformat(payload["at"]) if "at" in payload else now,
            request_date=now,
            session_id=new_session_id(),
            error=None if fault is None else Fault(**{**fault, "date": datetime.fromisoformat(fault["date"])}),
        )

    async def _write_down(
        self, row: asyncpg.Record | None, notification: StatusNotification, event: str, facts: dict[str, Any]
    ) -> None:
        entry = Entry(
            channel=Place.PUSH.value,
            event=event,
            session_id=notification.session_id,
            message_id=notification.message_id,
            facts={"state": notification.state.value, **facts},
        )
        if row is not None:
            entry.correlation_id, entry.service_id = row["correlation_id"], row["service_id"]
            entry.sender_id, entry.party = row["sender_id"], row["origin"]
            entry.persons = frozenset(row["persons"])
        await self._parts.journal.write(entry, self._parts.clock.now())


def _address(origin: Party | None) -> str | None:
    if isinstance(origin, PeerEntry):
        return origin.async_url
    return origin.push_url if origin is not None and origin.status_notifications else None


def _fault_json(fault: Fault) -> dict[str, Any]:
    return {"code": fault.code, "message": fault.message, "data": fault.data, "date": fault.date.isoformat()}
