"""Tickets of the electronic queue that a person books on the portal, for the services whose act lets him.

A booking is no application and no channel of one: services without the portal are booked there as well (Karaganda act,
lines 283-286, 545-548, 760-763, 951-953, 1180-1182, 3502-3504). Where an act has the booking at the provider's office
too (lines 1180-1182), its desk is told, and nobody calls the ticket here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from gateway.catalogue.errors import UnknownService
from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.catalogue.terms import Body, Channel
from gateway.flows.arm.office_notices import OfficeNotices
from gateway.flows.arm.queue_errors import QueueCode, QueueError
from gateway.flows.arm.queue_slots import day_of, days_open, places, slots_of
from gateway.flows.arm.tickets import (
    COLUMNS,
    DAY_ENDED,
    OPEN,
    Ticket,
    TicketState,
    add_ticket,
    close_days,
    lock,
    read_ticket,
)
from gateway.store import Store
from gateway.store.database import Connection

_MARKED_AT_OFFICE = "(state IN ('finished', 'no-show') AND counter IS NULL)"
"""A provider's office marked whether the person came: no window of a hall has called the ticket."""
_TAKEN = """
SELECT booked_for, count(*) AS taken FROM ticket
WHERE department = $1 AND booked_for > $2 AND state <> 'cancelled' GROUP BY booked_for
"""
_TAKEN_AT = "SELECT count(*) FROM ticket WHERE department = $1 AND booked_for = $2 AND state <> 'cancelled'"
_OF_PERSON = f"""
SELECT {COLUMNS} FROM ticket WHERE account = $1 AND ({OPEN} OR {_MARKED_AT_OFFICE}) AND day >= $2
ORDER BY stands_since, id
"""  # noqa: S608 (constants)
_CANCEL = f"""
UPDATE ticket SET state = 'cancelled', ended_at = $2 WHERE id = $1 RETURNING {COLUMNS}
"""  # noqa: S608 (a constant)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time for which a ticket may be booked, and how many places are left at it."""

    at: datetime
    free: int


class Bookings:
    """The bookings of all departments and offices; a step is one transaction that happens as a whole or not at all.

    Without `notices` no desk could be told, so that no provider's office is offered; without `halls` nobody would call
    the tickets of the State Corporation.
    """

    def __init__(
        self, *, store: Store, catalogue: Catalogue, notices: OfficeNotices | None = None, halls: bool = True
    ) -> None:
        self._store = store
        self._database = store.database
        self._clock = store.clock
        self._catalogue = catalogue
        self._notices = notices
        offered = {Channel.CORPORATION: halls, Channel.PROVIDER_OFFICE: notices is not None}
        self._offered = tuple(channel for channel, is_offered in offered.items() if is_offered)

    def listen(self) -> None:
        """Take the job of the day's end; to be called once of a participant's store."""
        self._store.jobs.on(DAY_ENDED, self.close_days)

    @property
    def is_offered(self) -> bool:
        """Tell whether anything is booked here at all."""
        return bool(self._offered)

    def channels(self, service: Service) -> tuple[Channel, ...]:
        """Return at which counters the act has a place booked through the portal, where there are such counters."""
        bookable = {one.channel for one in service.queues if one.bookable}
        return tuple(one for one in self._offered if one in bookable and self._catalogue.counters_of(service.id, one))

    def offices(self, service_id: str) -> tuple[Office, ...]:
        """Return where a ticket of a service may be booked, departments first; raises `QueueError` NOT_BOOKABLE."""
        try:
            service = self._catalogue.service(service_id)
        except UnknownService as error:
            raise QueueError(QueueCode.NOT_BOOKABLE, reason=service_id) from error
        if not any(one.bookable for one in service.queues):
            raise QueueError(QueueCode.NOT_BOOKABLE, reason=service_id)
        return tuple(
            office for one in self.channels(service) for office in self._catalogue.counters_of(service_id, one)
        )

    async def times(self, place_id: str) -> Mapping[date, tuple[Slot, ...]]:
        """Return the times to come, day by day, with what is left at each; raises `QueueError` NO_SUCH_HALL."""
        place, now = self._place(place_id), self._clock.now()
        rows = await self._database.fetch(_TAKEN, place.id, now)
        taken = {row["booked_for"]: row["taken"] for row in rows}
        days: dict[date, tuple[Slot, ...]] = {}
        for day in days_open(self._catalogue.calendar, now):
            to_come = [at for at in slots_of(place, day) if at > now]
            if to_come:
                days[day] = tuple(Slot(at, max(places(place) - taken.get(at, 0), 0)) for at in to_come)
        return days

    async def book(self, account: int, place_id: str, service_id: str, at: datetime) -> Ticket:
        """Book a ticket for one of the times; raises `QueueError`, also when the last place was just taken."""
        place, now = self._place(place_id), self._clock.now()
        if place not in self.offices(service_id):
            raise QueueError(QueueCode.NOT_SERVED_HERE, reason=f"{service_id} at {place_id}")
        day = day_of(at)
        if at <= now or day not in days_open(self._catalogue.calendar, now) or at not in slots_of(place, day):
            raise QueueError(QueueCode.SLOT_GONE, reason=at.isoformat())
        holder = await self._notices.holder(account) if self._notices is not None and place.is_provider else None
        try:
            async with self._database.transaction() as conn:
                await lock(conn, place.id)
                await close_days(conn, now)
                if await conn.fetchval(_TAKEN_AT, place.id, at) >= places(place):
                    raise QueueError(QueueCode.SLOT_GONE, reason=at.isoformat())
                ticket = await add_ticket(
                    self._store, conn, place, day=day, service=service_id, account=account, booked_for=at
                )
                await self._tell(conn, ticket, at=now, holder=holder)
                return ticket
        except asyncpg.UniqueViolationError as error:
            raise QueueError(QueueCode.ALREADY_BOOKED, reason=service_id) from error

    async def of_person(self, account: int) -> tuple[Ticket, ...]:
        """Return the open bookings of an account, and until the day's end what an office marked; the next first."""
        rows = await self._database.fetch(_OF_PERSON, account, day_of(self._clock.now()))
        return tuple(read_ticket(row) for row in rows)

    async def cancel(self, account: int, ticket_id: int) -> Ticket:
        """Give up a booking that was not called yet; raises `QueueError`, for another's as for one that never was."""
        async with self._database.transaction() as conn:
            row = await conn.fetchrow(
                "SELECT state FROM ticket WHERE id = $1 AND account = $2 FOR UPDATE", ticket_id, account
            )
            if row is None:
                raise QueueError(QueueCode.NO_SUCH_TICKET, reason=str(ticket_id))
            if row["state"] != TicketState.WAITING:
                raise QueueError(QueueCode.TICKET_MOVED, reason=row["state"])
            now = self._clock.now()
            ticket = read_ticket(await conn.fetchrow(_CANCEL, ticket_id, now))
            await self._tell(conn, ticket, at=now, holder=None)
            return ticket

    async def close_days(self, _payload: Mapping[str, Any] | None = None) -> None:
        """Close what is open of the days that have ended and forget who booked (a job)."""
        async with self._database.transaction() as conn:
            await close_days(conn, self._clock.now())

    async def _tell(self, conn: Connection, ticket: Ticket, *, at: datetime, holder: str | None) -> None:
        """Tell the desk of the provider whose office it is, if it is one's."""
        office = self._catalogue.office(ticket.department)
        if self._notices is not None and office.is_provider:
            await self._notices.tell(conn, ticket, office, at=at, holder=holder)

    def _place(self, place_id: str) -> Office:
        office = self._catalogue.offices.get(place_id)
        if office is None or not (office.is_provider or office.body is Body.CORPORATION):
            raise QueueError(QueueCode.NO_SUCH_HALL, reason=place_id)
        return office
