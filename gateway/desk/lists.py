"""Lists of an office's cases by keyset pages: a page costs the same with ten thousand cases and with a million.

Every query names the acting member's office. What waits goes by the office whose staff must act; all cases, what is
overdue and search go by the office that decides, at a rural akim's by the counter that took them in, and at another
body's by what waits there. A page is found by the place where the one before it ended, a count stops at its bound, and
a search that an index answers in part looks at so many cases at a time and says that there is more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from gateway.catalogue import Body, Role
from gateway.desk.case import CASE_COLUMNS, Case, CaseState, read_case
from gateway.desk.search import BY_REGISTRATION, Criterion, Order, Search, Where, digits_of, leads_of, others_of
from gateway.desk.staff import StaffMember
from gateway.store import Database

PAGE: Final = 50
COUNTED: Final = 100
"""How far work is counted; more is told as «100+»."""
STRETCH: Final = 250
STRETCHES: Final = 4
"""How many cases a search looks at for one page where no index answers the whole of it: so many at a time, so often."""
_YEARS: Final = range(2000, 2200)
"""Of deadlines; what lies far outside could not even be asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """Cases in their order; `after` asks for those that follow, and is None when there are none."""

    cases: tuple[Case, ...]
    after: str | None = None


_WAITS = "awaits_office = $1 AND state = 'open'"
_OF_ROLE = f"{_WAITS} AND awaits_role = $2"
_OF_EXECUTOR = f"{_WAITS} AND awaits_role = 'executor' AND executor = $2"
_UNASSIGNED = f"{_WAITS} AND awaits_role = 'executor' AND executor IS NULL"
_OF_THE_GONE = (
    f"{_WAITS} AND awaits_role = 'executor' AND executor = ANY ($2::bigint[])",
    f"{_WAITS} AND awaits_role = 'applicant' AND executor = ANY ($2::bigint[])",
)
_ASSIGNED = f"{_WAITS} AND awaits_role = 'executor' AND executor IS NOT NULL"
_GONE = f"""
WITH RECURSIVE held AS (
    (SELECT executor FROM casefile WHERE {_ASSIGNED} ORDER BY executor LIMIT 1)
    UNION ALL
    SELECT (SELECT executor FROM casefile WHERE {_ASSIGNED} AND executor > held.executor ORDER BY executor LIMIT 1)
    FROM held WHERE held.executor IS NOT NULL
)
SELECT executor FROM held WHERE executor IS NOT NULL
UNION SELECT executor FROM casefile WHERE {_WAITS} AND awaits_role = 'applicant' AND executor IS NOT NULL
EXCEPT SELECT id FROM staff WHERE office = $1 AND role = 'executor' AND active
"""  # noqa: S608 (constants)
"""Whose work an office's executors' work is, without those who are its executors: one look at the index a person."""
_OVERDUE = "state = 'open' AND due_at < $2 AND step_kind = 'step'"
_OF_OFFICE = {
    Body.PROVIDER: "office = $1",
    Body.RURAL_AKIM: "counter = $1 AND channel = 'rural-akim'",
}
"""Which cases are a body's own, by the predicate of its indexes."""
_PASSING = _WAITS
"""Which cases are those of a body that neither decides nor takes in."""


class Lists:
    """What waits in the office and what was searched for."""

    def __init__(self, database: Database, body_of: Callable[[str], Body]) -> None:
        self._database = database
        self._body_of = body_of

    async def inbox(self, member: StaffMember, *, after: str = "") -> Page:
        """Return what waits for the member, the nearest deadline first.

        The role's work; for an executor their own, and what is assigned to nobody.
        """
        return await self._by_deadline(_waiting(member), [member.office, _whose(member)], after)

    async def overdue(self, member: StaffMember, now: datetime, *, after: str = "") -> Page:
        """Return what has run past the deadline of its step, whoever it waits for.

        The provider that decides sees it at whatever body it stands; another body, what stands there.
        """
        return await self._by_deadline((self._overdue(member),), [member.office, now], after)

    async def to_give(self, member: StaffMember, *, after: str = "") -> Page:
        """Return the executors' work of the office whose executor is none of the office any more.

        Its head gives it to another (`gateway.desk.moves.Moves.assign`). The nearest deadline first.
        """
        gone = await self._gone(member)
        return await self._by_deadline(_OF_THE_GONE, [member.office, gone], after) if gone else Page(())

    async def open(self, member: StaffMember, *, after: str = "") -> Page:
        """Return all open cases of the office, the nearest deadline first."""
        return await self._by_deadline((f"{self._of_office(member)} AND state = 'open'",), [member.office], after)

    async def closed(self, member: StaffMember, *, after: str = "") -> Page:
        """Return the closed cases of the office, the last registered first."""
        return await self.search(member, Search(state=CaseState.CLOSED), after=after)

    async def count_waiting(self, member: StaffMember) -> int:
        """Return how much waits for the member, COUNTED + 1 for anything above COUNTED."""
        return await self._count(_waiting(member), member.office, _whose(member))

    async def count_overdue(self, member: StaffMember, now: datetime) -> int:
        """Return how much of the office's work is overdue, COUNTED + 1 for anything above COUNTED."""
        return await self._count((self._overdue(member),), member.office, now)

    async def count_to_give(self, member: StaffMember) -> int:
        """Return how much of the executors' work is to be given to others, COUNTED + 1 for anything above COUNTED."""
        gone = await self._gone(member)
        return await self._count(_OF_THE_GONE, member.office, gone) if gone else 0

    async def search(self, member: StaffMember, search: Search, *, after: str = "") -> Page:
        """Return cases of the member's office; a page may be short of PAGE and still have more after it."""
        found: list[Case] = []
        after = digits_of(after)
        for _ in range(STRETCHES):
            page = await self._search(member, search, after)
            found += page.cases
            if page.after is None or len(found) >= PAGE:
                break
            after = page.after
        if len(found) > PAGE:
            return Page(tuple(found[:PAGE]), found[PAGE - 1].number)
        return Page(tuple(found), page.after)

    async def _gone(self, member: StaffMember) -> list[int]:
        return [row["executor"] for row in await self._database.fetch(_GONE, member.office)]

    async def _search(self, member: StaffMember, search: Search, after: str) -> Page:
        where, leads, others = Where(member, self._of_office(member)), leads_of(search), others_of(search)
        if not leads:
            return await self._by_standing(where, search, after)
        lead = leads[0]
        where.add(lead.criterion)
        if not await self._continue(where, lead.order, after):
            return Page(())
        return await self._scan(where, lead.order, [*(other.criterion for other in leads[1:]), *others])

    async def _by_deadline(self, conditions: tuple[str, ...], values: list[object], after: str) -> Page:
        """Page through what one or several stretches of indexes hold, in the order of deadlines."""
        place, behind = _place(after), ""
        if place is not None:
            behind = f" AND (due_at, number) > (${len(values) + 1}, ${len(values) + 2})"
            values = [*values, *place]
        ordered = f"ORDER BY due_at, number LIMIT {PAGE + 1}"
        stretches = [
            f"SELECT {CASE_COLUMNS} FROM casefile WHERE {condition}{behind} {ordered}"  # noqa: S608 (constants)
            for condition in conditions
        ]
        query = stretches[0]
        if len(stretches) > 1:
            union = " UNION ALL ".join(f"({stretch})" for stretch in stretches)
            query = f"SELECT * FROM ({union}) AS stretches {ordered}"  # noqa: S608 (constants)
        rows = await self._database.fetch(query, *values)
        found = tuple(read_case(row) for row in rows[:PAGE])
        last = found[-1] if len(rows) > PAGE else None
        return Page(found, None if last is None or last.due_at is None else deadline_place(last.due_at, last.number))

    async def _by_standing(self, where: Where, search: Search, after: str) -> Page:
        """Search by state, service and lateness alone: each pair of state and lateness is a stretch of an index."""
        if search.service is not None:
            where.add(Criterion("service = {value}", search.service))
        if not await self._continue(where, BY_REGISTRATION, after):
            return Page(())
        ordered = f"ORDER BY {BY_REGISTRATION.by(BY_REGISTRATION.keys)} LIMIT {PAGE + 1}"
        stretches = " UNION ALL ".join(
            f"(SELECT {CASE_COLUMNS} FROM casefile "  # noqa: S608 (constants)
            f"WHERE {where.sql} AND state = '{state.value}' AND late = {late} {ordered})"
            for state in (CaseState if search.state is None else (search.state,))
            for late in ((True, False) if search.late is None else (search.late,))
        )
        rows = await self._database.fetch(f"SELECT * FROM ({stretches}) AS stretches {ordered}", *where.values)  # noqa: S608 (constants)
        return _page(rows)

    async def _scan(self, where: Where, order: Order, others: list[Criterion]) -> Page:
        """Go through the stretch that leads, in its order, and keep the cases of which the others hold."""
        stretch = f"FROM casefile WHERE {where.sql} ORDER BY {order.by(order.keys)}"
        if not others:
            return _page(await self._database.fetch(f"SELECT {CASE_COLUMNS} {stretch} LIMIT {PAGE + 1}", *where.values))
        of_lead = list(where.values)
        holding = " AND ".join(where.sql_of(other) for other in others)
        rows = await self._database.fetch(
            f"SELECT {CASE_COLUMNS} FROM (SELECT *, {order.named} {stretch} LIMIT {STRETCH}) AS stretch "  # noqa: S608 (constants)
            f"WHERE {holding} ORDER BY {order.by(order.names)} LIMIT {PAGE + 1}",
            *where.values,
        )
        page = _page(rows)
        if page.after is not None:
            return page
        last = await self._database.fetchval(f"SELECT number {stretch} OFFSET {STRETCH - 1} LIMIT 1", *of_lead)
        return Page(page.cases, last)

    async def _continue(self, where: Where, order: Order, after: str) -> bool:
        """Begin behind the case of this number; False when it is none of the office's."""
        if not after:
            return True
        row = await self._database.fetchrow(
            f"SELECT {order.named} FROM casefile WHERE {where.of_office} AND number = $2",  # noqa: S608 (constants)
            where.values[0],
            after,
        )
        if row is None:
            return False
        places = ", ".join(where.put(*row.values()))
        where.sql += f" AND ({', '.join(order.keys)}) {'<' if order.descending else '>'} ({places})"
        return True

    async def _count(self, conditions: tuple[str, ...], *values: object) -> int:
        few = " UNION ALL ".join(
            f"(SELECT FROM casefile WHERE {condition} LIMIT {COUNTED + 1})" for condition in conditions
        )
        counted: int = await self._database.fetchval(f"SELECT count(*) FROM ({few}) AS few", *values)  # noqa: S608 (constants)
        return min(counted, COUNTED + 1)

    def _overdue(self, member: StaffMember) -> str:
        decides = self._body_of(member.office) is Body.PROVIDER
        return f"{_OF_OFFICE[Body.PROVIDER] if decides else 'awaits_office = $1'} AND {_OVERDUE}"

    def _of_office(self, member: StaffMember) -> str:
        return _OF_OFFICE.get(self._body_of(member.office), _PASSING)


def deadline_place(due_at: datetime, number: str = "") -> str:
    """Return the place in a list by deadline behind which a page begins; without a number, before all due then."""
    return f"{due_at.isoformat()}~{number}"


def _waiting(member: StaffMember) -> tuple[str, ...]:
    """Return the conditions of a member's inbox, each a stretch of an index."""
    return (_OF_EXECUTOR, _UNASSIGNED) if member.role is Role.EXECUTOR else (_OF_ROLE,)


def _whose(member: StaffMember) -> object:
    """Return the value that the conditions of a member's inbox have beside the office."""
    return member.id if member.role is Role.EXECUTOR else member.role.value


def _place(after: str) -> tuple[datetime, str] | None:
    """Read a place in a list by deadline; what is none begins the list anew."""
    moment, _, number = after.partition("~")
    try:
        due_at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (due_at, digits_of(number)) if due_at.tzinfo is not None and due_at.year in _YEARS else None


def _page(rows: list[asyncpg.Record]) -> Page:
    found = tuple(read_case(row) for row in rows[:PAGE])
    return Page(found, found[-1].number if len(rows) > PAGE else None)
