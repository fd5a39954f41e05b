"""Who is expected at the counter: the times booked through the portal, marked as come or not come.

Nothing is called here and no tickets are given: the act says nothing of that at a provider's office. Who came leads to
the counter's entry of the service.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from aiohttp import web

from gateway.desk import Desk, StaffMember
from gateway.desk.booking_errors import BookingCode, BookingError
from gateway.desk.bookings import BookedTime, BookingState
from gateway.desk.paper import CounterClosed
from gateway.web.dates import moment
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.refusals import Forbidden, NotFound
from gateway.web.sessions import session_of
from gateway.web.translation import said

PATH: Final = "/booked"
_ONE = rf"{PATH}/{{day:[0-9-]{{1,10}}}}/{{ticket:\d{{1,4}}}}"


@dataclass(frozen=True, slots=True)
class _Row:
    """A booked time as the page shows it, with what can be said of it now."""

    booked: BookedTime
    time: str
    may_come: bool
    may_miss: bool


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [web.get(PATH, expected), web.post(f"{_ONE}/came", came), web.post(f"{_ONE}/no-show", no_show)]


def has_bookings(desk: Desk, member: StaffMember) -> bool:
    """Tell whether times are booked at the member's counter at all."""
    return bool(desk.bookings.services(member))


async def expected(request: web.Request) -> web.StreamResponse:
    """Show today's booked times and those to come, day by day; raises `Forbidden` for whoever takes no papers in."""
    desk, member = desk_of(request), member_of(request)
    if not has_bookings(desk, member):
        raise Forbidden(CounterClosed.text)
    today, now = desk.bookings.today(), desk.now()
    booked = await desk.bookings.expected(member)
    days = [(day, list(_rows(rows, today, now))) for day, rows in groupby(booked, lambda one: one.day)]
    return render(request, "desk/booked.html", days=days, today=today)


@once
async def came(request: web.Request) -> web.StreamResponse:
    """Mark that the person came, and lead to the counter's entry of the service."""
    member, (day, ticket) = member_of(request), _asked(request)
    try:
        booked = await desk_of(request).bookings.came(member, day, ticket)
    except BookingError as error:
        return _refused(request, error)
    return redirect(f"/counter/{booked.service.id}")


@once
async def no_show(request: web.Request) -> web.StreamResponse:
    """Mark that the person did not come."""
    member, (day, ticket) = member_of(request), _asked(request)
    try:
        await desk_of(request).bookings.no_show(member, day, ticket)
    except BookingError as error:
        return _refused(request, error)
    return redirect(PATH)


def _refused(request: web.Request, error: BookingError) -> web.StreamResponse:
    """Say why on the list as it stands now, which a locked screen can come back to as well."""
    if error.code is BookingCode.NO_SUCH_BOOKING:
        raise NotFound.of(error, error.advice) from error
    session_of(request).flash(said(error.text, error.advice), "notice")
    return redirect(PATH)


def _rows(booked: Iterator[BookedTime], today: date, now: datetime) -> Iterator[_Row]:
    for one in booked:
        open_today = one.day == today and one.state in {BookingState.EXPECTED, BookingState.NO_SHOW}
        may_miss = open_today and one.state is BookingState.EXPECTED and one.booked_for <= now
        yield _Row(one, moment(one.booked_for).split()[1], open_today, may_miss)


def _asked(request: web.Request) -> tuple[date, int]:
    try:
        day = date.fromisoformat(request.match_info["day"])
    except ValueError as error:
        raise NotFound from error
    return day, int(request.match_info["ticket"])
