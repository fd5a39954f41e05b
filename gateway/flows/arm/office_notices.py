"""Bookings of times at providers' offices, told to the providers' desks over ЭҮШ.

The State Corporation's halls call their tickets here; at a provider's office people are received at the desk, which the
channels know by messages alone. Each is stored in the transaction of the ticket that it is about.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from gateway.catalogue.office import Office
from gateway.courier.sending import Outgoing
from gateway.exchange.office_booking import BOOKING_SERVICE, OfficeBooking, build_booking, masked_name
from gateway.flows.arm.tickets import Ticket
from gateway.identity.accounts import Accounts
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from gateway.store.database import Connection

BOOKED: Final = "booked"
CANCELLED: Final = "cancelled"


def key_of(office: str, day: date, ticket: int, what: str) -> str:
    """Return under which key the message of a booking is put: what is said twice goes once."""
    return f"office booking {office} {day} {ticket} {what}"


class OfficeNotices:
    """Tells desks who is expected, and who is not any more."""

    def __init__(self, *, outgoing: Outgoing, accounts: Accounts, gateway: str) -> None:
        self._outgoing = outgoing
        self._accounts = accounts
        self._gateway = gateway

    async def holder(self, account: int) -> str:
        """Return the masked name of who books; asks the store, so it is called outside a transaction."""
        found = await self._accounts.by_id(account)
        return masked_name("" if found is None else found.name)

    async def tell(self, conn: Connection, ticket: Ticket, office: Office, *, at: datetime, holder: str | None) -> None:
        """Put the message of a booked ticket, or without a holder of one that was given up; twice the same is one."""
        assert ticket.service is not None
        assert ticket.booked_for is not None
        booking = OfficeBooking(office.id, ticket.service, ticket.booked_for, ticket.number, at, holder)
        message = AsyncMessage(
            service_id=BOOKING_SERVICE,
            message_type=MessageType.REQUEST,
            payload=Payload(PayloadForm.ESCAPED, build_booking(booking)),
            route_id=office.route_id,
        )
        key = key_of(office.id, ticket.day, ticket.number, CANCELLED if holder is None else BOOKED)
        await self._outgoing.put(conn, key=key, gateway=self._gateway, message=message)
