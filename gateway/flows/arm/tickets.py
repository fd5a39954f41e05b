"""Tickets of the electronic queue as rows, and the order in which they are called; nobody else writes this table.

Everybody stands in the queue from a moment on: who took a ticket in the hall from then, who booked one from the time
that was booked. Who has stood longer is called first, so that a booking is no accelerated service (Karaganda act, lines
1180-1182: in the order of the electronic queue, without appointment and without accelerated service, and it may be
booked).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import asyncpg

from gateway.catalogue.load import Catalogue
from gateway.catalogue.office import Office
from gateway.catalogue.terms import Body
from gateway.flows.arm.queue_errors import QueueCode, QueueError
from gateway.flows.arm.queue_slots import day_of, end_of
from gateway.store import Store
from gateway.store.database import Connection

TICKETS = Path(__file__).with_name("sql") / "queue.sql"
"""The table, which revision 0007 of the channels' schema brings."""
DAY_ENDED = "queue-day-ended"
"""The job that closes the days which have ended."""
NO_SHOW_AFTER = timedelta(minutes=2)
"""How long one who was called is waited for; assumed, as the acts are silent."""
MOST_CALLS = 3
COLUMNS = (
    "id, department, day, number, service, account, booked_for, issued_at, stands_since, state, counter, operator, "
    "calls, called_at, last_called_at, served_at, ended_at"
)
OPEN = "state IN ('waiting', 'called', 'serving')"
_ADD = f"""
INSERT INTO ticket (department, day, number, service, account, booked_for, issued_at, stands_since, state)
SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5::timestamptz, $6::timestamptz, coalesce($5, $6), 'waiting'
FROM ticket WHERE department = $1 AND day = $2
RETURNING {COLUMNS}
"""  # noqa: S608 (a constant)
_CLOSE_DAYS = f"""
UPDATE ticket SET state = CASE WHEN {OPEN} THEN 'closed' ELSE state END,
    ended_at = CASE WHEN {OPEN} THEN $2 ELSE ended_at END, account = NULL
WHERE day < $1 AND ({OPEN} OR account IS NOT NULL)
"""  # noqa: S608 (a constant)


class TicketState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    """Taken or booked, not called yet."""
    CALLED = "called"
    SERVING = "serving"
    FINISHED = "finished"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"
    """By who booked it."""
    CLOSED = "closed"
    """Its day ended before it was served."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in a department's queue of one day; `window` is the one that called it."""

    id: int
    department: str
    day: date
    number: int
    service: str | None
    account: int | None
    booked_for: datetime | None
    issued_at: datetime
    stands_since: datetime
    state: TicketState
    window: int | None
    operator: int | None
    calls: int
    called_at: datetime | None
    last_called_at: datetime | None
    served_at: datetime | None
    ended_at: datetime | None

    @property
    def code(self) -> str:
        """Return the number as the hall shows it, such as 007."""
        return code_of(self.number)

    @property
    def no_show_from(self) -> datetime | None:
        """Return from when one who was called and did not come may be given up."""
        return None if self.last_called_at is None else self.last_called_at + NO_SHOW_AFTER


def code_of(number: int) -> str:
    """Return a ticket's number as the hall shows it."""
    return f"{number:03d}"


def in_order(tickets: Iterable[Ticket], now: datetime) -> tuple[Ticket, ...]:
    """Return the tickets that may be called now in the order in which they are; a booked one not before its time."""
    standing = (one for one in tickets if one.state is TicketState.WAITING and one.stands_since <= now)
    return tuple(sorted(standing, key=lambda one: (one.stands_since, one.issued_at, one.id)))


def read_ticket(row: asyncpg.Record) -> Ticket:
    """Return the ticket that a row of the table describes."""
    values = dict(row)
    window, state = values.pop("counter"), TicketState(values.pop("state"))
    return Ticket(**values, window=window, state=state)


def department_of(catalogue: Catalogue, department_id: str) -> Office:
    """Return a department of the State Corporation; raises `QueueError` NO_SUCH_HALL."""
    office = catalogue.offices.get(department_id)
    if office is None or office.body is not Body.CORPORATION:
        raise QueueError(QueueCode.NO_SUCH_HALL, reason=department_id)
    return office


async def lock(conn: Connection, subject: str) -> None:
    """Let one transaction at a time go on for a department, or for a window of it."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"queue {subject}")


async def add_ticket(
    store: Store,
    conn: Connection,
    department: Office,
    *,
    day: date,
    service: str | None,
    account: int | None = None,
    booked_for: datetime | None = None,
) -> Ticket:
    """Add a ticket with the day's next number; the department is locked. The day's first sets the timer of its end."""
    row = await conn.fetchrow(_ADD, department.id, day, service, account, booked_for, store.clock.now())
    ticket = read_ticket(row)
    if ticket.number == 1:
        await store.timers.schedule(conn, name=DAY_ENDED, key=day.isoformat(), due_at=end_of(day), payload={})
    return ticket


async def close_days(conn: Connection, now: datetime) -> None:
    """Close what is still open of the days that have ended, and forget who booked."""
    await conn.execute(_CLOSE_DAYS, day_of(now), now)
