"""The operator's side of the electronic queue: call the next ticket, call again, no-show, finish."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from aiohttp import web

from gateway.flows.arm.queue_errors import QueueCode, QueueError
from gateway.web.arm.guard import operator_of, rooms_of, window_of
from gateway.web.csrf import form_of
from gateway.web.once import once
from gateway.web.pages import is_local, redirect, render
from gateway.web.refusals import BadRequest
from gateway.web.sessions import session_of
from gateway.web.translation import gettext as _
from gateway.web.translation import said, spoken

_LONGEST_ID = 18
_SHOWN = 30
_UNTIMELY = frozenset({QueueCode.TOO_EARLY, QueueCode.CALLED_ENOUGH})


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get("/queue", queue),
        web.post("/queue/next", call_next),
        web.post("/queue/again", call_again),
        web.post("/queue/no-show", no_show),
        web.post("/queue/finish", finish),
    ]


async def panel(request: web.Request) -> dict[str, Any]:
    """Return what the queue's panel shows: the ticket at this window and how many wait."""
    rooms, operator = rooms_of(request), operator_of(request)
    ticket = await rooms.queue.current(operator, window_of(request))
    waiting = await rooms.queue.waiting(operator.department)
    return {"ticket": ticket, "ticket_service": _service(request, ticket), "waiting": len(waiting)}


async def queue(request: web.Request) -> web.StreamResponse:
    """Show who waits, in the order in which they will be called."""
    waiting = await rooms_of(request).queue.waiting(operator_of(request).department)
    rows = [{"ticket": one, "service": _service(request, one)} for one in waiting[:_SHOWN]]
    return render(request, "arm/queue.html", rows=rows, more=len(waiting) - len(rows), **await panel(request))


@once
async def call_next(request: web.Request) -> web.StreamResponse:
    """Call the next ticket to this window, whatever its service; the one in hand is finished first."""
    queue_room, operator, window = rooms_of(request).queue, operator_of(request), window_of(request)
    in_hand = form_of(request).get("ticket")
    if in_hand:
        await queue_room.finish(operator, _ticket(request), window=window)
    ticket = await queue_room.call_next(operator, window)
    if ticket is None:
        session_of(request).flash(_("Nobody waits."), "notice")
    return redirect(_back(request))


@once
async def call_again(request: web.Request) -> web.StreamResponse:
    """Call the same ticket again."""
    again = rooms_of(request).queue.call_again(operator_of(request), _ticket(request), window=window_of(request))
    return await _in_its_time(request, again)


@once
async def no_show(request: web.Request) -> web.StreamResponse:
    """Record that nobody came to the call."""
    given_up = rooms_of(request).queue.no_show(operator_of(request), _ticket(request), window=window_of(request))
    return await _in_its_time(request, given_up)


@once
async def finish(request: web.Request) -> web.StreamResponse:
    """Record that the visitor was served."""
    await rooms_of(request).queue.finish(operator_of(request), _ticket(request), window=window_of(request))
    return redirect(_back(request))


async def _in_its_time(request: web.Request, act: Awaitable[object]) -> web.StreamResponse:
    """Do what has its time with a ticket; what it is too early or too late for is said on the page one came from."""
    try:
        await act
    except QueueError as error:
        if error.code not in _UNTIMELY:
            raise
        session_of(request).flash(said(error.text, error.advice), "notice")
    return redirect(_back(request))


def _ticket(request: web.Request) -> int:
    text = form_of(request).get("ticket")
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID):
        raise BadRequest
    return int(text)


def _back(request: web.Request) -> str:
    wanted = form_of(request).get("back")
    return wanted if is_local(wanted) else "/"


def _service(request: web.Request, ticket: Any) -> str:
    if ticket is None or ticket.service is None:
        return ""
    return spoken(rooms_of(request).catalogue.service(ticket.service).titles)
