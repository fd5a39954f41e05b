"""The first page: the scan field, a new intake, what is open, who waits; and looking a scanned number up."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gateway.catalogue import Service
from gateway.courier.numbering import SERIES
from gateway.flows.applications import EDITABLE
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.tickets import TicketState
from gateway.terminal.codes import LONGEST, read_scan
from gateway.web.arm.guard import operator_of, rooms_of, window_of
from gateway.web.arm.handing import opened
from gateway.web.arm.queue_panel import panel
from gateway.web.arm.words import state_tag
from gateway.web.csrf import form_of
from gateway.web.forms import FormErrors
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.sessions import digest_of, session_of
from gateway.web.translation import gettext as _
from gateway.web.translation import said, spoken

_NUMBER_LENGTH = 14


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get("/", home),
        web.get("/keys", keys),
        web.post("/find", find),
        web.post("/intakes", begin),
        web.post(r"/intakes/{number:\d{14}}/take-over", take_over),
    ]


async def home(request: web.Request) -> web.StreamResponse:
    """Show what may be begun, what is open and who waits."""
    return await _page(request, FormErrors())


async def keys(request: web.Request) -> web.StreamResponse:
    """Show every key of the workplace."""
    return render(request, "arm/keys.html")


async def find(request: web.Request) -> web.StreamResponse:
    """Look a scanned or typed number up: an application, or a courier's register."""
    typed, errors = form_of(request).get("code")[:LONGEST], FormErrors()
    operator, rooms, code = operator_of(request), rooms_of(request), read_scan(typed)
    if not code:
        errors.add("scan", _("Scan the barcode of a receipt or type its number"))
        return await _page(request, errors)
    try:
        if code.startswith(tuple(SERIES.values())) and len(code) == _NUMBER_LENGTH:
            register = await rooms.registers.find(operator, code)
            return redirect(f"/registers/{register.number}")
        view = await rooms.flow.find(operator, code)
    except ArmError as error:
        if error.code is ArmCode.ALREADY_HANDED_OVER:
            session_of(request).flash(said(error.text, error.advice), "notice")
            return redirect(f"/intakes/{error.facts['number']}")
        errors.add("scan", said(error.text, error.advice))
        return await _page(request, errors, scan_code=code)
    if view.result_ready and view.handed_over is None:
        try:
            return await opened(request, code)
        except ArmError as error:  # the courier is still to bring the result
            session_of(request).flash(said(error.text, error.advice), "notice")
    return redirect(f"/intakes/{view.application.number}")


@once
async def begin(request: web.Request) -> web.StreamResponse:
    """Process 2 begins: the service is chosen by its number in the list, by words of its title, or by its button."""
    form, errors = form_of(request), FormErrors()
    operator, rooms = operator_of(request), rooms_of(request)
    offered = listed_services(rooms.flow.services(operator))
    chosen = form.get("service")
    found = [row for row in offered if row["id"] == chosen] if chosen else narrowed(offered, form.get("q"))
    if not chosen and not form.get("q"):
        errors.add("q", _("Type the number of a service or words of its title"))
    elif not found:
        errors.add("q", _("The department has no such service: type a number of the list or other words of the title"))
    if errors or len(found) != 1:
        return await _page(request, errors, words=form.get("q"), services=found if not errors else None)
    ticket = await rooms.queue.current(operator, window_of(request))
    if ticket is not None and ticket.state is TicketState.CALLED:
        await rooms.queue.serve(operator, ticket.id, window=window_of(request))
    number = await rooms.flow.process_2_select(
        operator,
        found[0]["id"],
        session=digest_of(session_of(request).key),
        window=window_of(request),
        ticket=None if ticket is None else ticket.id,
    )
    return redirect(f"/intakes/{number}/form")


async def take_over(request: web.Request) -> web.StreamResponse:
    """Take a colleague's open intake, as it stands."""
    number = request.match_info["number"]
    await rooms_of(request).flow.take_over(operator_of(request), number, window=window_of(request))
    return redirect(f"/intakes/{number}")


def listed_services(services: tuple[Service, ...]) -> list[dict[str, Any]]:
    """Return the department's services with the number under which each stands in the list."""
    return [{"place": place, "id": one.id, "title": spoken(one.titles)} for place, one in enumerate(services, start=1)]


def narrowed(offered: list[dict[str, Any]], words: str) -> list[dict[str, Any]]:
    """Return the services that a number of the list or words of the title mean."""
    if words.isascii() and words.isdecimal():
        return [row for row in offered if str(row["place"]) == words.lstrip("0")]
    wanted = words.casefold().replace("ё", "е").split()
    return [row for row in offered if all(word in row["title"].casefold().replace("ё", "е") for word in wanted)]


async def _page(request: web.Request, errors: FormErrors, **more: Any) -> web.StreamResponse:
    operator, rooms = operator_of(request), rooms_of(request)
    offered = listed_services(rooms.flow.services(operator))
    rows = [
        {
            "row": row,
            "title": spoken(rooms.catalogue.service(row.service).titles),
            "state": state_tag(row.state),
            "mine": row.operator == operator.id,
            "open": row.state in EDITABLE,
            "kept_until": rooms.kept_drafts.kept_until(row.state, row.changed_at),
        }
        for row in (*await rooms.flow.open_intakes(operator), *await rooms.flow.held_intakes(operator))
    ]
    rows.sort(key=lambda one: not one["mine"])
    context: dict[str, Any] = {
        "services": offered,
        "narrowed": False,
        "words": "",
        "scan_code": "",
        "rows": rows,
        "ready": await rooms.desk_of_results.ready_count(operator),
        **await panel(request),
    }
    found = more.pop("services", None)
    if found is not None:
        context |= {"services": found, "narrowed": True}
    return render(request, "arm/home.html", errors=errors, **(context | more))
