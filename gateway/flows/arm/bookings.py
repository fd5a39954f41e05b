"""Tickets of the electronic queue that a person books on the portal, for the services whose act lets him.

A booking is no application and no channel of one: services without the portal are booked there as well (Karaganda act,
lines 283-286, 545-548, 760-763, 951-953, 1180-1182, 3502-3504).
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
from gateway.catalogue.terms import Channel
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
    department_of,
    lock,
    read_ticket,
)
from gateway.store import Store

_TAKEN = """
SELECT booked_for, count(*) AS taken FROM ticket
WHERE department = $1 AND booked_for > $2 AND state <> 'cancelled' GROUP BY booked_for
"""
_TAKEN_AT = "SELECT count(*) FROM ticket WHERE department = $1 AND booked_for = $2 AND state <> 'cancelled'"
_OF_PERSON = f"""
SELECT {COLUMNS} FROM ticket WHERE account = $1 AND {OPEN} AND day >= $2 ORDER BY stands_since, id
"""  # noqa: S608 (a constant)
_CANCEL = f"""
UPDATE ticket SET state = 'cancelled', ended_at = $2 WHERE id = $1 RETURNING {COLUMNS}
"""  # noqa: S608 (a constant)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time for which a ticket may be booked, and how many places are left at it."""

    at: datetime
    free: int


def is_bookable(service: Service) -> bool:
    """Tell whether the act lets an applicant book a place in the State Corporation's queue through the portal."""
    return any(one.channel is Channel.CORPORATION and one.bookable for one in service.queues)


class Bookings:
    """The bookings of all departments; every step is one transaction that happens as a whole or not at all."""

    def __init__(self, *, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._database = store.database
        self._clock = store.clock
        self._catalogue = catalogue

    def listen(self) -> None:
        """Take the job of the day's end; to be called once of a participant's store."""
        self._store.jobs.on(DAY_ENDED, self.close_days)

    def departments(self, service_id: str) -> tuple[Office, ...]:
        """Return where a ticket of a service may be booked; raises `QueueError` NOT_BOOKABLE."""
        try:
            bookable = is_bookable(self._catalogue.service(service_id))
        except UnknownService as error:
            raise QueueError(QueueCode.NOT_BOOKABLE, reason=service_id) from error
        if not bookable:
            raise QueueError(QueueCode.NOT_BOOKABLE, reason=service_id)
        return self._catalogue.counters_of(service_id, Channel.CORPORATION)

    async def times(self, department_id: str) -> Mapping[date, tuple[Slot, ...]]:
        """Return the times to come, day by day, with the places left at each; raises `QueueError` NO_SUCH_HALL."""
        department, now = department_of(self._catalogue, department_id), self._clock.now()
        rows = await self._database.fetch(_TAKEN, department.id, now)
        taken = {row["booked_for"]: row["taken"] for row in rows}
        days: dict[date, tuple[Slot, ...]] = {}
        for day in days_open(self._catalogue.calendar, now):
            to_come = [at for at in slots_of(department, day) if at > now]
            if to_come:
                days[day] = tuple(Slot(at, max(places(department) - taken.get(at, 0), 0)) for at in to_come)
        return days

    async def book(self, account: int, department_id: str, service_id: str, at: datetime) -> Ticket:
        """Book a ticket for one of the times; raises `QueueError`, also when the last place was just taken."""
        department, now = department_of(self._catalogue, department_id), self._clock.now()
        if department not in self.departments(service_id):
            raise QueueError(QueueCode.NOT_SERVED_HERE, reason=f"{service_id} at {department_id}")
        day = day_of(at)
        if at <= now or day not in days_open(self._catalogue.calendar, now) or at not in slots_of(department, day):
            raise QueueError(QueueCode.SLOT_GONE, reason=at.isoformat())
        try:
            async with self._database.transaction() as conn:
                await lock(conn, department.id)
                await close_days(conn, now)
                if await conn.fetchval(_TAKEN_AT, department.id, at) >= places(department):
                    raise QueueError(QueueCode.SLOT_GONE, reason=at.isoformat())
                return await add_ticket(
                    self._store, conn, department, day=day, service=service_id, account=account, booked_for=at
                )
        except asyncpg.UniqueViolationError as error:
            raise QueueError(QueueCode.ALREADY_BOOKED, reason=service_id) from error

    async def of_person(self, account: int) -> tuple[Ticket, ...]:
        """Return the open bookings of an account, the next first."""
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
            return read_ticket(await conn.fetchrow(_CANCEL, ticket_id, self._clock.now()))

    async def close_days(self, _payload: Mapping[str, Any] | None = None) -> None:
        """Close what is open of the days that have ended and forget who booked (a job)."""
        async with self._database.transaction() as conn:
            await close_days(conn, self._clock.now())
