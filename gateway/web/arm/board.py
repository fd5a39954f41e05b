"""The call screen of a hall: which number goes to which window, renewed by itself, without JavaScript, in kk and ru."""

from __future__ import annotations

from aiohttp import web

from gateway.flows.arm.queue_errors import QueueError
from gateway.web.arm.guard import rooms_of
from gateway.web.arm.hall import in_hall
from gateway.web.pages import render
from gateway.web.refusals import NotFound

RENEWED_AFTER_SECONDS = 5


def routes() -> list[web.RouteDef]:
    """Return the route of this page."""
    return [web.get(r"/board/{department:[a-z][a-z0-9-]{0,59}}", board)]


async def board(request: web.Request) -> web.StreamResponse:
    """Show the numbers that are called or served, each with its window; nothing of the person."""
    rooms = rooms_of(request)
    try:
        view = await rooms.queue.board(request.match_info["department"])
    except QueueError as error:
        raise NotFound(error.text) from error
    return render(
        request,
        "arm/board.html",
        board=view,
        hall=rooms.catalogue.office(view.department),
        seconds=RENEWED_AFTER_SECONDS,
        **in_hall(f"/board/{view.department}"),
    )
