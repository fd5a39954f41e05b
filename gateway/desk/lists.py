"""Lists of an office's cases by keyset pages: a page costs the same with ten thousand cases and with a million.

Every query names the acting member's office. A page is found by the place where the one before it ended, a count stops
at its bound, and a search that an index answers in part looks at so many cases at a time and says that there is more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import asyncpg

from gateway.catalogue import Role
from gateway.desk.case import CASE_COLUMNS, Case, CaseState, read_case
from gateway.desk.staff import StaffMember
from gateway.identity.numbers import Bin, Iin
from gateway.store import Database

PAGE: Final = 50
COUNTED: Final = 100
"""How far work is counted; more is told as «100+»."""
STRETCH: Final = 250
STRETCHES: Final = 4
"""How many cases a search looks at for one page where no index answers the whole of it: so many at a time, so often."""
_NUMBER_DIGITS: Final = 14
_YEARS: Final = range(2000, 2200)
"""Of deadlines; what lies far outside could not even be asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """Cases in their order; `after` asks for those that follow, and is None when there are none."""

    cases: tuple[Case, ...]
    after: str | None = None


class NumberPart(StrEnum):
    """Which part of an application's number is known."""

    BEGINNING = "beginning"
    END = "end"


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for in the office; everything given must hold. `name` is the name's beginning, in any case."""

    number: str = ""
    part: NumberPart = NumberPart.BEGINNING
    person: Iin | Bin | None = None
    name: str = ""
    state: CaseState | None = None
    service: str | None = None
    late: bool | None = None


_OPEN = "office = $1 AND state = 'open'"
_OF_ROLE = f"{_OPEN} AND awaits_role = $2"
_OF_EXECUTOR = f"{_OPEN} AND awaits_role = 'executor' AND executor = $2"
_OVERDUE = f"{_OPEN} AND due_at < $2"


@dataclass(frozen=True, slots=True)
class _Order:
    """The order of an index behind the office and what the index is asked for."""

    keys: tuple[str, ...]
    descending: bool = False

    def by(self, keys: tuple[str, ...]) -> str:
        return ", ".join(f"{key}{' DESC' if self.descending else ''}" for key in keys)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"key_{place}" for place in range(len(self.keys)))

    @property
    def named(self) -> str:
        return ", ".join(f"{key} AS {name}" for key, name in zip(self.keys, self.names, strict=True))


_BY_REGISTRATION = _Order(("registered_at", "number"), descending=True)
_BY_PERSON = _Order(("applicant_number", "registered_at", "number"), descending=True)
_BY_NUMBER = _Order(('number COLLATE "C"',))
_BY_NUMBER_END = _Order(('reverse(number) COLLATE "C"',))
_BY_NAME = _Order(("applicant_folded", "number"))


@dataclass(frozen=True, slots=True)
class _Condition:
    """A condition of a search; `{value}` in it stands for the value."""

    sql: str
    value: object


@dataclass(frozen=True, slots=True)
class _Lead:
    """A condition that a stretch of an index answers, in the index's order.

    One end of the stretch is compared by whole rows: of two plain comparisons PostgreSQL knows that they are a range,
    takes it for a short one, and would rather sort the whole of it.
    """

    order: _Order
    condition: _Condition


class _Where:
    """The conditions of a query with their values; the office is always the first of both."""

    def __init__(self, member: StaffMember) -> None:
        self.values: list[object] = [member.office]
        self.sql = "office = $1"

    def put(self, *values: object) -> list[str]:
        """Return the parameters that stand for the values."""
        self.values.extend(values)
        return [f"${place}" for place in range(len(self.values) - len(values) + 1, len(self.values) + 1)]

    def sql_of(self, condition: _Condition) -> str:
        (parameter,) = self.put(condition.value)
        return condition.sql.format(value=parameter)

    def add(self, condition: _Condition) -> None:
        self.sql += f" AND {self.sql_of(condition)}"


class Lists:
    """What waits in the office and what was searched for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def inbox(self, member: StaffMember, *, after: str = "") -> Page:
        """Return what waits for the member, the nearest deadline first: the role's work, an executor's own only."""
        condition, value = _waiting(member)
        return await self._by_deadline(condition, [member.office, value], after)

    async def overdue(self, member: StaffMember, now: datetime, *, after: str = "") -> Page:
        """Return the office's open cases whose step has run past its deadline, whoever they wait for."""
        return await self._by_deadline(_OVERDUE, [member.office, now], after)

    async def open(self, member: StaffMember, *, after: str = "") -> Page:
        """Return all open cases of the office, the nearest deadline first."""
        return await self._by_deadline(_OPEN, [member.office], after)

    async def closed(self, member: StaffMember, *, after: str = "") -> Page:
        """Return the closed cases of the office, the last registered first."""
        return await self.search(member, Search(state=CaseState.CLOSED), after=after)

    async def count_waiting(self, member: StaffMember) -> int:
        """Return how much waits for the member, COUNTED + 1 for anything above COUNTED."""
        condition, value = _waiting(member)
        return await self._count(condition, member.office, value)

    async def count_overdue(self, member: StaffMember, now: datetime) -> int:
        """Return how much of the office's work is overdue, COUNTED + 1 for anything above COUNTED."""
        return await self._count(_OVERDUE, member.office, now)

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

    async def _search(self, member: StaffMember, search: Search, after: str) -> Page:
        where, leads, others = _Where(member), _leads(search), _others(search)
        if not leads:
            return await self._by_standing(where, search, after)
        lead = leads[0]
        where.add(lead.condition)
        if not await self._continue(where, lead.order, after):
            return Page(())
        return await self._scan(where, lead.order, [*(other.condition for other in leads[1:]), *others])

    async def _by_deadline(self, condition: str, values: list[object], after: str) -> Page:
        place = _place(after)
        if place is not None:
            condition += f" AND (due_at, number) > (${len(values) + 1}, ${len(values) + 2})"
            values = [*values, *place]
        rows = await self._database.fetch(
            f"SELECT {CASE_COLUMNS} FROM casefile WHERE {condition} ORDER BY due_at, number LIMIT {PAGE + 1}",  # noqa: S608 (constants)
            *values,
        )
        found = tuple(read_case(row) for row in rows[:PAGE])
        last = found[-1] if len(rows) > PAGE else None
        return Page(found, None if last is None or last.due_at is None else deadline_place(last.due_at, last.number))

    async def _by_standing(self, where: _Where, search: Search, after: str) -> Page:
        """Search by state, service and lateness alone: each pair of state and lateness is a stretch of an index."""
        if search.service is not None:
            where.add(_Condition("service = {value}", search.service))
        if not await self._continue(where, _BY_REGISTRATION, after):
            return Page(())
        ordered = f"ORDER BY {_BY_REGISTRATION.by(_BY_REGISTRATION.keys)} LIMIT {PAGE + 1}"
        stretches = " UNION ALL ".join(
            f"(SELECT {CASE_COLUMNS} FROM casefile "  # noqa: S608 (constants)
            f"WHERE {where.sql} AND state = '{state.value}' AND late = {late} {ordered})"
            for state in (CaseState if search.state is None else (search.state,))
            for late in ((True, False) if search.late is None else (search.late,))
        )
        rows = await self._database.fetch(f"SELECT * FROM ({stretches}) AS stretches {ordered}", *where.values)  # noqa: S608 (constants)
        return _page(rows)

    async def _scan(self, where: _Where, order: _Order, others: list[_Condition]) -> Page:
        """Go through the stretch that leads, in its order, and keep the cases of which the others hold."""
        stretch = f"FROM casefile WHERE {where.sql} ORDER BY {order.by(order.keys)}"
        if not others:
            return _page(await self._database.fetch(f"SELECT {CASE_COLUMNS} {stretch} LIMIT {PAGE + 1}", *where.values))
        of_lead = list(where.values)
        holding = " AND ".join(where.sql_of(condition) for condition in others)
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

    async def _continue(self, where: _Where, order: _Order, after: str) -> bool:
        """Begin behind the case of this number; False when it is none of the office's."""
        if not after:
            return True
        row = await self._database.fetchrow(
            f"SELECT {order.named} FROM casefile WHERE office = $1 AND number = $2",  # noqa: S608 (constants)
            where.values[0],
            after,
        )
        if row is None:
            return False
        places = ", ".join(where.put(*row.values()))
        where.sql += f" AND ({', '.join(order.keys)}) {'<' if order.descending else '>'} ({places})"
        return True

    async def _count(self, condition: str, *values: object) -> int:
        counted: int = await self._database.fetchval(
            f"SELECT count(*) FROM (SELECT FROM casefile WHERE {condition} LIMIT {COUNTED + 1}) AS few",  # noqa: S608 (constants)
            *values,
        )
        return counted


def deadline_place(due_at: datetime, number: str = "") -> str:
    """Return the place in a list by deadline behind which a page begins; without a number, before all due then."""
    return f"{due_at.isoformat()}~{number}"


def digits_of(typed: str) -> str:
    """Return the digits of a number as it was typed, no more than a number has."""
    return "".join(letter for letter in typed if letter.isascii() and letter.isdecimal())[:_NUMBER_DIGITS]


def _waiting(member: StaffMember) -> tuple[str, object]:
    """Return the condition of a member's inbox, and its value beside the office."""
    if member.role is Role.EXECUTOR:
        return _OF_EXECUTOR, member.id
    return _OF_ROLE, member.role.value


def _leads(search: Search) -> list[_Lead]:
    """Return what indexes answer, the narrowest first."""
    leads = []
    if search.person is not None:
        person = "applicant_number >= {value} AND (applicant_number, registered_at) <= ({value}, 'infinity')"
        leads.append(_Lead(_BY_PERSON, _Condition(person, str(search.person))))
    if search.number:
        from_end = search.part is NumberPart.END
        order, digits = (_BY_NUMBER_END, search.number[::-1]) if from_end else (_BY_NUMBER, search.number)
        # ':' is the sign behind 9
        number = "({key}, number) >= ({value}::text, '') AND {key} < {value}::text || ':'"
        leads.append(_Lead(order, _Condition(number.replace("{key}", order.keys[0]), digits)))
    if name := " ".join(search.name.split()):
        # chr(1114111) is the last letter of Unicode
        folded = "(applicant_folded, number) >= (folded_name({value}), '') AND applicant_folded < "
        leads.append(_Lead(_BY_NAME, _Condition(folded + "folded_name({value}) || chr(1114111)", name)))
    return leads


def _others(search: Search) -> list[_Condition]:
    asked = {
        "state": None if search.state is None else search.state.value,
        "service": search.service,
        "late": search.late,
    }
    return [_Condition(f"{name} = {{value}}", value) for name, value in asked.items() if value is not None]


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
