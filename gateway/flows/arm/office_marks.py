"""What a provider's office marked of the times booked there: taken into the ticket that the portal shows.

A mark comes over ЭҮШ in the chain of the booking itself. Who came is not made absent again by a mark that comes late,
and a booking that was given up stays so. What comes when the day has ended marks a ticket that is nobody's any more.
"""

from __future__ import annotations

import structlog

from gateway.exchange.errors import PayloadRefused, unread
from gateway.exchange.office_booking import BOOKING_SERVICE
from gateway.exchange.office_booking_mark import OfficeBookingMark, VisitMark, read_mark
from gateway.flows.arm.office_notices import BOOKED, key_of
from gateway.flows.arm.tickets import TicketState
from gateway.shep.chains import was_sent_in
from gateway.shep.inbox import Inbox, Received
from gateway.shep.messages import MessageType
from gateway.store import Store
from gateway.store.database import Connection

_MARK = """
UPDATE ticket SET state = $6, ended_at = $7
WHERE department = $1 AND day = $2 AND number = $3 AND service = $4 AND booked_for = $5 AND state = ANY($8)
"""
_STATES = {VisitMark.CAME: TicketState.FINISHED, VisitMark.NO_SHOW: TicketState.NO_SHOW}
_BEFORE = {
    VisitMark.CAME: (TicketState.WAITING, TicketState.NO_SHOW, TicketState.CLOSED),
    VisitMark.NO_SHOW: (TicketState.WAITING, TicketState.CLOSED),
}
"""In which states a ticket takes a mark."""

_log = structlog.get_logger(__name__)


class OfficeMarks:
    """Takes the marks of all offices."""

    def __init__(self, store: Store) -> None:
        self._database = store.database

    def listen(self, inbox: Inbox) -> None:
        """Take the offices' marks."""
        inbox.on(BOOKING_SERVICE, MessageType.NOTIFICATION, self.receive)

    async def receive(self, received: Received) -> None:
        """Handle a NOTIFICATION: a mark is taken once, from the chain of its booking alone; any other is reported.

        Raises `ChainUnknown` for a mark that overtakes the gateway's receipt of the booking.
        """
        try:
            mark = read_mark(received.message.payload.xml)
        except PayloadRefused as error:
            _log.error("booking-mark-refused", inbox=received.id, code=error.code.value, problem=unread(error))
            return
        key = key_of(mark.office, mark.day, mark.ticket, BOOKED)
        async with self._database.transaction() as conn:
            if not await was_sent_in(conn, key, gateway=received.gateway, correlation_id=received.correlation_id):
                _log.error("booking-mark-of-another", inbox=received.id, office=mark.office)
                return
            await _take(conn, mark)


async def _take(conn: Connection, mark: OfficeBookingMark) -> None:
    which = (mark.office, mark.day, mark.ticket, mark.service, mark.booked_for)
    await conn.execute(_MARK, *which, _STATES[mark.mark], mark.at, list(_BEFORE[mark.mark]))
