"""The hall's pages, where anybody takes a ticket of the electronic queue: no sign-in, no personal data."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gateway.flows.arm.queue_errors import QueueCode, QueueError
from gateway.flows.arm.tickets import Ticket
from gateway.results.document import Statement
from gateway.results.papers import Body
from gateway.results.queue_papers import TicketPaper, ticket_pdf
from gateway.texts import Text
from gateway.web.arm.guard import rooms_of
from gateway.web.csrf import form_of
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.refusals import NotFound

_HALL = r"/hall/{department:[a-z][a-z0-9-]{0,59}}"
_TICKET = _HALL + r"/tickets/{id:\d{1,18}}"
NAME = Text("Мемлекеттік корпорация", "Государственная корпорация", "State Corporation")
BACK_AFTER_SECONDS = 30
"""After so long the screen of the hall is ready for the next person."""
_HIDDEN = frozenset({QueueCode.NO_SUCH_HALL, QueueCode.NO_SUCH_TICKET})


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get("/hall", halls),
        web.get(_HALL, hall),
        web.post(_HALL, take),
        web.get(_TICKET, ticket),
        web.get(_TICKET + r"/ticket.pdf", paper),
    ]


async def halls(request: web.Request) -> web.StreamResponse:
    """List the departments, each with its hall and its call screen."""
    return render(request, "arm/halls.html", departments=rooms_of(request).queue.departments(), **in_hall("/hall"))


async def hall(request: web.Request) -> web.StreamResponse:
    """Offer a ticket for each service of the department, and one for any other question."""
    return _hall(request)


@once
async def take(request: web.Request) -> web.StreamResponse:
    """Give a ticket; what hinders it is said on the page."""
    department = request.match_info["department"]
    try:
        ticket = await rooms_of(request).queue.issue(department, form_of(request).get("service") or None)
    except QueueError as error:
        if error.code in _HIDDEN:
            raise NotFound(error.text) from error
        return _hall(request, refused=error)
    return redirect(f"/hall/{department}/tickets/{ticket.id}")


async def ticket(request: web.Request) -> web.StreamResponse:
    """Show a ticket's number and how many stand before it; soon after, the hall's page comes back by itself."""
    ticket, ahead = await _ticket(request)
    rooms = rooms_of(request)
    return render(
        request,
        "arm/hall_ticket.html",
        ticket=ticket,
        ahead=ahead,
        hall=rooms.catalogue.office(ticket.department),
        service=None if ticket.service is None else rooms.catalogue.service(ticket.service),
        seconds=BACK_AFTER_SECONDS,
        **in_hall(f"/hall/{ticket.department}"),
    )


async def paper(request: web.Request) -> web.StreamResponse:
    """Give the ticket for printing."""
    ticket, ahead = await _ticket(request)
    rooms = rooms_of(request)
    office = rooms.catalogue.office(ticket.department)
    content = await ticket_pdf(
        TicketPaper(
            number=ticket.code,
            department=Body.of(office),
            at=ticket.booked_for or ticket.issued_at,
            service=None if ticket.service is None else Statement.of(rooms.catalogue.service(ticket.service).titles),
            booked=ticket.booked_for is not None,
            ahead=ahead,
            simulated=rooms.simulated,
        )
    )
    headers = {"Content-Disposition": f'inline; filename="{ticket.code}.pdf"'}
    return web.Response(body=content, content_type="application/pdf", headers=headers)


def in_hall(home: str) -> dict[str, Any]:
    """Return what the head of a public page says: whose hall it is, and no way to the operators' pages.

    Who is signed in on this browser is not said either: the page stands in the hall.
    """
    return {"site_name": NAME, "home_url": home, "navigation": (), "person_name": None}


def _hall(request: web.Request, refused: QueueError | None = None) -> web.StreamResponse:
    rooms, department = rooms_of(request), request.match_info["department"]
    try:
        services, open_now = rooms.queue.services(department), rooms.queue.is_open(department)
    except QueueError as error:
        raise NotFound(error.text) from error
    return render(
        request,
        "arm/hall.html",
        409 if refused else 200,
        hall=rooms.catalogue.office(department),
        services=services,
        open_now=open_now,
        refused=refused,
        **in_hall(f"/hall/{department}"),
    )


async def _ticket(request: web.Request) -> tuple[Ticket, int | None]:
    """Return the ticket of the address, and how many stand before it while it waits."""
    queue, department = rooms_of(request).queue, request.match_info["department"]
    try:
        ticket = await queue.ticket(department, int(request.match_info["id"]))
    except QueueError as error:
        raise NotFound(error.text) from error
    waiting = [one.id for one in await queue.waiting(department)]
    return ticket, waiting.index(ticket.id) if ticket.id in waiting else None
