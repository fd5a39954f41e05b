"""Booking a place in the electronic queue of the State Corporation or a time at a provider's office, and own tickets.

A ticket is no application: it is booked also for services that the act does not open on the portal (Karaganda act,
lines 283-286, 545-548, 760-763, 951-953, 1180-1182, 3502-3504).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from babel.dates import get_day_names

from gateway.catalogue.errors import UnknownService
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.clock import ALMATY
from gateway.flows.arm.bookings import Slot
from gateway.flows.arm.queue_errors import QueueCode, QueueError
from gateway.flows.arm.tickets import Ticket
from gateway.flows.rooms import PortalRooms
from gateway.web.csrf import form_of
from gateway.web.dates import day as day_words
from gateway.web.dates import moment
from gateway.web.forms import FormErrors
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.portal.guards import StepNotPossible, applicant_of
from gateway.web.refusals import NotFound
from gateway.web.sessions import session_of
from gateway.web.translation import gettext as _
from gateway.web.translation import language, said

TICKET = "/services/{service}/ticket"
_ZONE = ZoneInfo(ALMATY)
_LONGEST_ID = 18
_AT_OFFICE = "office"
_ON_THE_PAGE = frozenset({QueueCode.SLOT_GONE, QueueCode.ALREADY_BOOKED})


def day_choice(day: date) -> str:
    """Return a day with its weekday, such as 02.03.2026, Monday."""
    weekday = get_day_names("wide", locale=language().value)[day.weekday()]
    return f"{day_words(day)}, {weekday}"


class BookingPages:
    """Pages of tickets; whoever is signed in books for himself."""

    def __init__(self, rooms: PortalRooms) -> None:
        self._rooms = rooms
        self._bookings = rooms.bookings

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of these pages."""
        return [
            web.get(TICKET, self.choose),
            web.post(TICKET, self.book),
            web.get("/tickets", self.tickets),
            web.post(rf"/tickets/{{id:\d{{1,{_LONGEST_ID}}}}}/cancel", self.cancel),
        ]

    async def choose(self, request: web.Request) -> web.StreamResponse:
        """Show the departments and offices, the days and the times of one day; `at=office` begins with an office."""
        applicant_of(request)
        return await self._page(request, self._service(request), request.query, FormErrors())

    @once
    async def book(self, request: web.Request) -> web.StreamResponse:
        """Book the chosen time; what was taken meanwhile is said beside the times that are left."""
        account, service, form = applicant_of(request), self._service(request), form_of(request)
        department, errors = form.get("department"), FormErrors()
        at = _moment_of(form.get("at"))
        if at is None:
            errors.add("at", _("Choose a time"))
            return await self._page(request, service, {"department": department, "day": form.get("day")}, errors)
        try:
            ticket = await self._bookings.book(account, department, service.id, at)
        except QueueError as error:
            if error.code not in _ON_THE_PAGE:
                raise StepNotPossible.of(error, error.advice) from error
            errors.add("at", said(error.text, error.advice))
            chosen = {"department": department, "day": at.astimezone(_ZONE).date().isoformat()}
            return await self._page(request, service, chosen, errors)
        session_of(request).flash(
            _("Ticket %(code)s is booked for %(moment)s.", code=ticket.code, moment=moment(ticket.booked_for))
        )
        return redirect("/tickets")

    async def tickets(self, request: web.Request) -> web.StreamResponse:
        """List the open bookings of the person."""
        tickets = await self._bookings.of_person(applicant_of(request))
        return render(request, "portal/tickets.html", tickets=[self._row(ticket) for ticket in tickets])

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        """Give a booking up."""
        try:
            ticket = await self._bookings.cancel(applicant_of(request), int(request.match_info["id"]))
        except QueueError as error:
            if error.code is QueueCode.NO_SUCH_TICKET:
                raise NotFound(error.text) from error
            raise StepNotPossible.of(error, error.advice) from error
        session_of(request).flash(_("Ticket %(code)s is cancelled.", code=ticket.code))
        return redirect("/tickets")

    async def _page(
        self, request: web.Request, service: Service, chosen: Mapping[str, str], errors: FormErrors
    ) -> web.StreamResponse:
        departments = self._departments(service)
        department = _chosen(departments, chosen)
        times = await self._bookings.times(department.id)
        day = _day_of(chosen.get("day", ""), times)
        return render(
            request,
            "portal/booking.html",
            errors=errors,
            service=service,
            departments=departments,
            department=department,
            days=[(one.isoformat(), day_choice(one)) for one in times],
            day=None if day is None else (day.isoformat(), day_choice(day)),
            times=[] if day is None else _free(times[day]),
        )

    def _departments(self, service: Service) -> tuple[Office, ...]:
        try:
            departments = self._bookings.offices(service.id)
        except QueueError as error:
            raise StepNotPossible.of(error, error.advice) from error
        if not departments:
            raise NotFound
        return departments

    def _service(self, request: web.Request) -> Service:
        try:
            return self._rooms.catalogue.service(request.match_info["service"])
        except UnknownService as error:
            raise NotFound from error

    def _row(self, ticket: Ticket) -> dict[str, Any]:
        catalogue = self._rooms.catalogue
        return {
            "ticket": ticket,
            "service": catalogue.service(ticket.service) if ticket.service else None,
            "department": catalogue.office(ticket.department),
        }


def _chosen(departments: tuple[Office, ...], chosen: Mapping[str, str]) -> Office:
    """Return what was chosen, or the first: of the providers' offices where those were asked for."""
    begun = [one for one in departments if one.is_provider] if chosen.get("at") == _AT_OFFICE else []
    first = (*begun, *departments)[0]
    return next((one for one in departments if one.id == chosen.get("department")), first)


def _free(slots: tuple[Slot, ...]) -> list[tuple[str, str]]:
    return [(slot.at.isoformat(), moment(slot.at).split()[1]) for slot in slots if slot.free]


def _day_of(typed: str, times: Mapping[date, tuple[Slot, ...]]) -> date | None:
    """Return the day that was chosen, or the first with a place left."""
    try:
        chosen = date.fromisoformat(typed)
    except ValueError:
        chosen = None
    if chosen in times:
        return chosen
    return next((one for one, slots in times.items() if any(slot.free for slot in slots)), None)


def _moment_of(typed: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
