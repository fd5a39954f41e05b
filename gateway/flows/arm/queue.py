"""The electronic queue of a department: tickets taken in the hall, called by any window, shown on the call screen.

A ticket is no application: it holds neither who comes nor what becomes of it. Any window calls any ticket
("barrier-free", Almaty act, lines 194-196): no service is bound to an operator. Tickets belong to a day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.catalogue.terms import Body, Channel
from gateway.flows.arm.operators import Operator, OperatorRole
from gateway.flows.arm.queue_errors import QueueCode, QueueError
from gateway.flows.arm.queue_slots import day_of, is_open, longest_line
from gateway.flows.arm.tickets import (
    COLUMNS,
    MOST_CALLS,
    Ticket,
    TicketState,
    add_ticket,
    code_of,
    department_of,
    in_order,
    lock,
    read_ticket,
)
from gateway.store import Store

_ON_BOARD = 12
_NEXT = f"""
UPDATE ticket SET state = 'called', counter = $4, operator = $5, calls = 1, called_at = $3, last_called_at = $3
WHERE id = (
    SELECT id FROM ticket
    WHERE department = $1 AND day = $2 AND state = 'waiting' AND stands_since <= $3
    ORDER BY stands_since, issued_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING {COLUMNS}
"""  # noqa: S608 (a constant)
_IN_HAND = f"""
SELECT {COLUMNS} FROM ticket
WHERE department = $1 AND day = $2 AND counter = $3 AND state IN ('called', 'serving')
"""  # noqa: S608 (a constant)
_TAKE_OVER = f"UPDATE ticket SET operator = $2 WHERE id = $1 RETURNING {COLUMNS}"  # noqa: S608 (a constant)
_STANDING = f"""
SELECT {COLUMNS} FROM ticket WHERE department = $1 AND day = $2 AND state = 'waiting' AND stands_since <= $3
"""  # noqa: S608 (a constant)
_HOW_MANY = "SELECT count(*) FROM ticket WHERE department = $1 AND day = $2 AND state = 'waiting'"
_BOARD = """
SELECT number, counter, state, last_called_at FROM ticket
WHERE department = $1 AND day = $2 AND state IN ('called', 'serving')
ORDER BY state = 'serving', last_called_at DESC, id DESC LIMIT $3
"""
_OF_DEPARTMENT = f"SELECT {COLUMNS} FROM ticket WHERE id = $1 AND department = $2"  # noqa: S608 (a constant)

_CALLED_AGAIN = "calls = calls + 1, last_called_at = $2"
_SERVING = "state = 'serving', served_at = $2"
_NO_SHOW = "state = 'no-show', ended_at = $2"
_FINISHED = "state = 'finished', served_at = coalesce(served_at, $2), ended_at = $2"


@dataclass(frozen=True, slots=True)
class Called:
    """What the call screen shows of a ticket: its number and the window, nothing of the person."""

    code: str
    window: int
    serving: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class BoardView:
    """The call screen of a department."""

    department: str
    called: tuple[Called, ...]
    """Who is called before who is being served, the last called first."""
    waiting: int


class Queue:
    """The queues of all departments; every step is one transaction that happens as a whole or not at all."""

    def __init__(self, *, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._database = store.database
        self._clock = store.clock
        self._catalogue = catalogue

    def departments(self) -> tuple[Office, ...]:
        """Return the departments of the State Corporation, each with a hall."""
        return tuple(office for office in self._catalogue.offices.values() if office.body is Body.CORPORATION)

    def is_open(self, department_id: str) -> bool:
        """Tell whether a hall gives tickets now; raises `QueueError` NO_SUCH_HALL."""
        return is_open(department_of(self._catalogue, department_id), self._catalogue.calendar, self._clock.now())

    def services(self, department_id: str) -> tuple[Service, ...]:
        """Return the services for which one comes to a department; raises `QueueError` NO_SUCH_HALL."""
        department = department_of(self._catalogue, department_id)
        return tuple(
            service
            for service in self._catalogue.offered(Channel.CORPORATION)
            if department in self._catalogue.counters_of(service.id, Channel.CORPORATION)
        )

    # In the hall.

    async def issue(self, department_id: str, service_id: str | None = None) -> Ticket:
        """Give a ticket in the hall, for a service or for none named; raises `QueueError`."""
        department, now = department_of(self._catalogue, department_id), self._clock.now()
        if service_id is not None and service_id not in {one.id for one in self.services(department_id)}:
            raise QueueError(QueueCode.NOT_SERVED_HERE, reason=f"{service_id} at {department_id}")
        if not self.is_open(department_id):
            raise QueueError(QueueCode.HALL_CLOSED, reason=department_id)
        day = day_of(now)
        async with self._database.transaction() as conn:
            await lock(conn, department.id)
            if await conn.fetchval(_HOW_MANY, department.id, day) >= longest_line(department):
                raise QueueError(QueueCode.QUEUE_FULL, reason=department_id)
            return await add_ticket(self._store, conn, department, day=day, service=service_id)

    async def ticket(self, department_id: str, ticket_id: int) -> Ticket:
        """Return a ticket of a department; raises `QueueError` NO_SUCH_TICKET."""
        row = await self._database.fetchrow(_OF_DEPARTMENT, ticket_id, department_id)
        if row is None:
            raise QueueError(QueueCode.NO_SUCH_TICKET, reason=str(ticket_id))
        return read_ticket(row)

    async def waiting(self, department_id: str) -> tuple[Ticket, ...]:
        """Return who stands in the queue now, in the order in which they are called."""
        now = self._clock.now()
        rows = await self._database.fetch(_STANDING, department_id, day_of(now), now)
        return in_order((read_ticket(row) for row in rows), now)

    async def board(self, department_id: str) -> BoardView:
        """Return what the call screen shows; raises `QueueError` NO_SUCH_HALL."""
        department, now = department_of(self._catalogue, department_id), self._clock.now()
        rows = await self._database.fetch(_BOARD, department.id, day_of(now), _ON_BOARD)
        called = tuple(
            Called(code_of(row["number"]), row["counter"], row["state"] == "serving", row["last_called_at"])
            for row in rows
        )
        return BoardView(department.id, called, len(await self.waiting(department.id)))

    # At a window.

    async def current(self, operator: Operator, window: int) -> Ticket | None:
        """Return the ticket that a window of the operator's department has in hand; raises `QueueError`."""
        self._check_window(operator, window)
        row = await self._database.fetchrow(_IN_HAND, operator.department, day_of(self._clock.now()), window)
        return None if row is None else read_ticket(row)

    async def call_next(self, operator: Operator, window: int) -> Ticket | None:
        """Call who has stood longest to a window; None when nobody waits. Raises `QueueError` NO_SUCH_WINDOW.

        A window that has a ticket in hand gets that one again, taken over from the colleague who called it: a second
        press calls nobody.
        """
        self._check_window(operator, window)
        now = self._clock.now()
        day = day_of(now)
        async with self._database.transaction() as conn:
            await lock(conn, f"{operator.department} {window}")
            row = await conn.fetchrow(_IN_HAND, operator.department, day, window)
            if row is None:
                row = await conn.fetchrow(_NEXT, operator.department, day, now, window, operator.id)
            elif row["operator"] != operator.id:
                row = await conn.fetchrow(_TAKE_OVER, row["id"], operator.id)
            return None if row is None else read_ticket(row)

    # Who relieves a colleague at a window says which one it is: the ticket that this window has is taken over with
    # the first step, whoever called it.

    async def call_again(self, operator: Operator, ticket_id: int, *, window: int | None = None) -> Ticket:
        """Call once more who was called and has not come, three times at most; raises `QueueError`."""
        return await self._act(operator, ticket_id, window, {TicketState.CALLED}, _CALLED_AGAIN, _called_enough)

    async def serve(self, operator: Operator, ticket_id: int, *, window: int | None = None) -> Ticket:
        """Note that who was called has come to the window; raises `QueueError`."""
        return await self._act(operator, ticket_id, window, {TicketState.CALLED}, _SERVING)

    async def no_show(self, operator: Operator, ticket_id: int, *, window: int | None = None) -> Ticket:
        """Give up who has not come within two minutes of the last call; raises `QueueError` TOO_EARLY before."""
        return await self._act(operator, ticket_id, window, {TicketState.CALLED}, _NO_SHOW, _too_early)

    async def finish(self, operator: Operator, ticket_id: int, *, window: int | None = None) -> Ticket:
        """Note that who was called has been served: the window is free for the next; raises `QueueError`."""
        return await self._act(operator, ticket_id, window, {TicketState.CALLED, TicketState.SERVING}, _FINISHED)

    async def _act(  # noqa: PLR0917 - who moves which ticket, and how
        self,
        operator: Operator,
        ticket_id: int,
        window: int | None,
        states: set[TicketState],
        changes: str,
        hindrance: Callable[[Ticket, datetime], QueueCode | None] | None = None,
    ) -> Ticket:
        """Move a ticket of the operator's or of the window, for the supervisor any, as `changes` (SQL) says."""
        now = self._clock.now()
        async with self._database.transaction() as conn:
            row = await conn.fetchrow(f"{_OF_DEPARTMENT} FOR UPDATE", ticket_id, operator.department)
            if row is None:
                raise QueueError(QueueCode.NO_SUCH_TICKET, reason=str(ticket_id))
            ticket = read_ticket(row)
            if ticket.state not in states:
                raise QueueError(QueueCode.TICKET_MOVED, reason=ticket.state)
            relieved = window is not None and ticket.window == window
            if ticket.operator != operator.id and not relieved and operator.role is not OperatorRole.SUPERVISOR:
                raise QueueError(QueueCode.TICKET_OF_ANOTHER, reason=f"window {ticket.window}")
            code = hindrance(ticket, now) if hindrance is not None else None
            if code is not None:
                raise QueueError(code)
            moved = await conn.fetchrow(
                f"UPDATE ticket SET {changes}, operator = $3 WHERE id = $1 RETURNING {COLUMNS}",  # noqa: S608 (constants)
                ticket_id,
                now,
                operator.id if relieved else ticket.operator,
            )
            return read_ticket(moved)

    def _check_window(self, operator: Operator, window: int) -> None:
        department = department_of(self._catalogue, operator.department)
        if not 1 <= window <= (department.windows or 0):
            raise QueueError(QueueCode.NO_SUCH_WINDOW, reason=str(window))


def _called_enough(ticket: Ticket, _now: datetime) -> QueueCode | None:
    return QueueCode.CALLED_ENOUGH if ticket.calls >= MOST_CALLS else None


def _too_early(ticket: Ticket, now: datetime) -> QueueCode | None:
    return QueueCode.TOO_EARLY if ticket.no_show_from is None or now < ticket.no_show_from else None
