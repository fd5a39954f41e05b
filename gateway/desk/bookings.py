"""Who is expected at an office's counter: times that were booked through the portal, and whether the person came.

The act lets applicants book the electronic queue where documents are taken in (Karaganda act, lines 1180-1182). It says
nothing of a hall, tickets taken there or a call screen at a provider's office, so there is a list here and nothing is
called. A booking is no application: it opens no case and has no deadline; who came hands the papers in at the counter.
What the clerk marks goes back to the portal in the booking's own chain, in the transaction of the mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg
import structlog

from gateway.catalogue import Catalogue, Channel, Service
from gateway.clock import ALMATY
from gateway.desk.booking_errors import BookingCode, BookingError
from gateway.desk.counter_rights import CounterRights
from gateway.desk.ports import Outgoing
from gateway.desk.staff import StaffMember
from gateway.exchange.errors import PayloadRefused, unread
from gateway.exchange.office_booking import BOOKING_SERVICE, OfficeBooking, read_booking
from gateway.exchange.office_booking_mark import OfficeBookingMark, VisitMark, build_mark
from gateway.shep.inbox import Inbox, Received
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from gateway.store import Store
from gateway.store.database import Connection

OFFICE_BOOKINGS: Final = Path(__file__).with_name("sql") / "office_booking.sql"
OFFICE_BOOKINGS_BACK: Final = OFFICE_BOOKINGS.with_name("office_booking_back.sql")
"""The table, which revision 0012 of the desk's schema brings, and what takes it back."""
BOOKING_CHAIN: Final = OFFICE_BOOKINGS.with_name("office_booking_chain.sql")
"""What revision 0013 adds."""
DAY_ENDED: Final = "desk.booked-day-ended"
"""The job that forgets who was expected on the days that have ended."""
LISTED: Final = 500
"""How many booked times a page shows."""

_ZONE = ZoneInfo(ALMATY)
_ADD = """
INSERT INTO office_booking (office, day, ticket, service, booked_for, holder, state, gateway, correlation_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (office, day, ticket) DO NOTHING RETURNING true
"""
_ADOPT = """
UPDATE office_booking SET correlation_id = $5
WHERE office = $1 AND day = $2 AND ticket = $3 AND gateway = $4 AND correlation_id <> $5
RETURNING office, service, booked_for, ticket, state, marked_at, gateway, correlation_id
"""
_GIVE_UP = """
UPDATE office_booking SET state = 'cancelled', holder = '', marked_at = NULL, marked_by = NULL
WHERE office = $1 AND day = $2 AND ticket = $3 AND state IN ('expected', 'no-show')
"""
_OF_OFFICE = """
SELECT day, ticket, service, booked_for, holder, state FROM office_booking
WHERE office = $1 AND day >= $2 AND service = ANY($3::text[]) AND state <> 'cancelled'
ORDER BY day, booked_for, ticket LIMIT $4
"""
_LOCK = """
SELECT day, ticket, service, booked_for, holder, state, gateway, correlation_id FROM office_booking
WHERE office = $1 AND day = $2 AND ticket = $3 FOR UPDATE
"""
_MARK = """
UPDATE office_booking SET state = $4, marked_at = $5, marked_by = $6 WHERE office = $1 AND day = $2 AND ticket = $3
RETURNING office, service, booked_for, ticket, state, marked_at, gateway, correlation_id
"""
_FORGET = "UPDATE office_booking SET holder = '' WHERE holder <> '' AND day < $1"

_log = structlog.get_logger(__name__)


class BookingState(StrEnum):
    """What became of a booked time."""

    EXPECTED = "expected"
    CAME = "came"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"
    """By who booked it."""


_MARKS: Final = {BookingState.CAME: VisitMark.CAME, BookingState.NO_SHOW: VisitMark.NO_SHOW}


@dataclass(frozen=True, slots=True)
class BookedTime:
    """A time at which somebody is expected; `ticket` counts within the day."""

    day: date
    ticket: int
    service: Service
    booked_for: datetime
    holder: str
    state: BookingState

    @property
    def code(self) -> str:
        """Return the number as the portal shows it, such as 007."""
        return f"{self.ticket:03d}"


class OfficeBookings:
    """The booked times of all offices of one desk; a member sees those of the own counter."""

    def __init__(self, *, store: Store, catalogue: Catalogue, outgoing: Outgoing) -> None:
        self._store = store
        self._outgoing = outgoing
        self._database = store.database
        self._catalogue = catalogue
        self._rights = CounterRights(catalogue)
        store.jobs.on(DAY_ENDED, self.forget)

    def listen(self, inbox: Inbox) -> None:
        """Take bookings and their cancellations."""
        inbox.on(BOOKING_SERVICE, MessageType.REQUEST, self.receive)

    def services(self, member: StaffMember) -> tuple[Service, ...]:
        """Return the services whose papers the member takes in and for which times are booked at the office."""
        return tuple(one for one in self._rights.services(member) if self._is_booked_at(member.office, one))

    async def receive(self, received: Received) -> None:
        """Handle a REQUEST: a booking or a cancellation is applied once, in whatever order they come.

        What no office here can have is reported and dropped.
        """
        try:
            booking = read_booking(received.message.payload.xml)
        except PayloadRefused as error:
            _log.error("booking-refused", inbox=received.id, code=error.code.value, problem=unread(error))
            return
        service = self._catalogue.services.get(booking.service)
        if service is None or not self._is_booked_at(booking.office, service):
            _log.error("booking-unfit", inbox=received.id, office=booking.office, service=booking.service)
            return
        async with self._database.transaction() as conn:
            await self._apply(conn, booking, received)

    async def expected(self, member: StaffMember) -> tuple[BookedTime, ...]:
        """Return the booked times of today and of the days to come, in their order, without those given up."""
        services = {one.id: one for one in self.services(member)}
        rows = await self._database.fetch(_OF_OFFICE, member.office, self.today(), sorted(services), LISTED)
        return tuple(_read(row, services[row["service"]]) for row in rows)

    async def came(self, member: StaffMember, day: date, ticket: int) -> BookedTime:
        """Mark that the person came, though late; marked twice is marked and told once. Raises `BookingError`."""
        return await self._mark(member, day, ticket, BookingState.CAME)

    async def no_show(self, member: StaffMember, day: date, ticket: int) -> BookedTime:
        """Mark that the person did not come, from the booked time on; raises `BookingError`."""
        return await self._mark(member, day, ticket, BookingState.NO_SHOW)

    async def forget(self, _payload: Mapping[str, Any] | None = None) -> None:
        """Forget who was expected on days that have ended (a job)."""
        await self._database.execute(_FORGET, self.today())

    def today(self) -> date:
        """Return the day in Almaty."""
        return self._store.clock.now().astimezone(_ZONE).date()

    async def _apply(self, conn: Connection, booking: OfficeBooking, received: Received) -> None:
        key = (booking.office, booking.day, booking.ticket)
        what = (booking.service, booking.booked_for)
        if booking.holder is None:
            added = await conn.fetchval(_ADD, *key, *what, "", BookingState.CANCELLED, None, None)
            if added is None:
                await conn.execute(_GIVE_UP, *key)
            return
        chain = (received.gateway, received.correlation_id)
        holder = booking.holder if booking.day >= self.today() else ""
        if await conn.fetchval(_ADD, *key, *what, holder, BookingState.EXPECTED, *chain) is None:
            # It came again in another chain, as the receipt of the first was lost: the portal knows the last one alone.
            again = await conn.fetchrow(_ADOPT, *key, *chain)
            if again is not None and again["marked_at"] is not None:
                await self._tell(conn, again, again=f" in {received.correlation_id}")
            return
        ended = datetime.combine(booking.day + timedelta(days=1), time(), _ZONE)
        await self._store.timers.schedule(conn, name=DAY_ENDED, key=booking.day.isoformat(), due_at=ended, payload={})

    async def _mark(self, member: StaffMember, day: date, ticket: int, mark: BookingState) -> BookedTime:
        services, now = {one.id: one for one in self.services(member)}, self._store.clock.now()
        async with self._database.transaction() as conn:
            row = await conn.fetchrow(_LOCK, member.office, day, ticket)
            if row is None or row["service"] not in services:
                raise BookingError(BookingCode.NO_SUCH_BOOKING)
            booked = _read(row, services[row["service"]])
            if booked.state is mark:
                return booked
            self._check(booked, mark, now)
            await self._tell(conn, await conn.fetchrow(_MARK, member.office, day, ticket, mark, now, member.id))
            return _read({**row, "state": mark}, booked.service)

    async def _tell(self, conn: Connection, marked: asyncpg.Record, *, again: str = "") -> None:
        """Send a mark to the portal; nothing of a booking whose chain is not known."""
        if marked["gateway"] is None:
            return
        state = BookingState(marked["state"])
        told = OfficeBookingMark(
            office=marked["office"],
            service=marked["service"],
            booked_for=marked["booked_for"],
            ticket=marked["ticket"],
            mark=_MARKS[state],
            at=marked["marked_at"],
        )
        message = AsyncMessage(
            service_id=BOOKING_SERVICE,
            message_type=MessageType.NOTIFICATION,
            payload=Payload(PayloadForm.ESCAPED, build_mark(told)),
            correlation_id=marked["correlation_id"],
        )
        key = f"office booking {told.office} {told.day} {told.ticket} {state}{again}"
        await self._outgoing.put(conn, key=key, gateway=marked["gateway"], message=message)

    def _check(self, booked: BookedTime, mark: BookingState, now: datetime) -> None:
        if booked.state is BookingState.CANCELLED:
            raise BookingError(BookingCode.CANCELLED)
        if booked.state is BookingState.CAME:
            raise BookingError(BookingCode.CAME)
        if booked.day != self.today():
            raise BookingError(BookingCode.OTHER_DAY)
        if mark is BookingState.NO_SHOW and now < booked.booked_for:
            raise BookingError(BookingCode.TOO_EARLY)

    def _is_booked_at(self, office: str, service: Service) -> bool:
        """Tell whether the act has times booked at a provider's office, and this office is one that takes papers in."""
        bookable = any(one.channel is Channel.PROVIDER_OFFICE and one.bookable for one in service.queues)
        counters = self._catalogue.counters_of(service.id, Channel.PROVIDER_OFFICE) if bookable else ()
        return any(one.id == office for one in counters)


def _read(row: asyncpg.Record | Mapping[str, Any], service: Service) -> BookedTime:
    return BookedTime(row["day"], row["ticket"], service, row["booked_for"], row["holder"], BookingState(row["state"]))
