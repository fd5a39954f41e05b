"""Paper at the counter as pages: choose the service, enter the paper, take it in or refuse it, print the receipt."""

from __future__ import annotations

from aiohttp import web

from gateway.catalogue.kinds import kind_question
from gateway.desk import Desk, StaffMember
from gateway.desk.counter_rights import Place
from gateway.desk.paper import CounterClosed, PaperRefused
from gateway.texts import Text
from gateway.web.desk.counter_sheet import (
    LIMITS,
    add_problems,
    choices_on,
    is_kind_open,
    read_sheet,
    sheet_page,
)
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.reading import attachment
from gateway.web.forms import FormErrors, accepts
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.refusals import Forbidden
from gateway.web.sessions import session_of
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

REFUSED = Text(
    "Құжаттарды қабылдаудан бас тарту тіркелді. Акт бойынша бас тарту туралы қолхат мұнда берілмейді.",
    "Отказ в приёме документов записан. По акту расписка об отказе здесь не выдаётся.",
    "The refusal to accept is recorded. By the act no receipt of refusal is given here.",
)
_SERVICE = r"/counter/{service:[a-z0-9-]{1,60}}"
_CASE = r"/cases/{number:\d{14}}"


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get("/counter", services),
        web.get(_SERVICE, sheet),
        web.post(_SERVICE, accept),
        web.post(f"{_SERVICE}/refuse", refuse),
        web.get(f"{_CASE}/accepted", accepted),
        web.get(f"{_CASE}/receipt.pdf", receipt),
    ]


def may_accept(desk: Desk, member: StaffMember) -> bool:
    """Tell whether a member takes papers in at all."""
    return bool(desk.counter.services(member))


async def services(request: web.Request) -> web.Response:
    """Show the services whose papers the member takes in."""
    offered = desk_of(request).counter.services(member_of(request))
    if not offered:
        raise Forbidden(CounterClosed.text)
    rows = sorted(({"id": one.id, "title": spoken(one.titles)} for one in offered), key=lambda row: row["title"])
    return render(request, "desk/counter.html", services=rows)


async def sheet(request: web.Request) -> web.Response:
    """Show the sheet of a service, or ask for the kind first where the form depends on it."""
    place = _place(request)
    kind, field = request.query.get("kind", ""), kind_question(place.service)
    if field is None:
        return sheet_page(request, place, None)
    if is_kind_open(place.service, place, kind):
        return sheet_page(request, place, None, kind=kind)
    errors = FormErrors()
    if "asked" in request.query:
        errors.add("kind", _("Choose one of the answers"))
    choices = choices_on(place, field)
    return render(request, "desk/counter_kind.html", errors=errors, service=place.service, field=field, choices=choices)


@accepts(LIMITS)
@once
async def accept(request: web.Request) -> web.Response:
    """Take the paper in and lead to its number and its receipt."""
    desk, member, place = desk_of(request), member_of(request), _place(request)
    posted = read_sheet(request, place, desk.counter.providers(member, place.service))
    incomplete = False
    try:
        if not posted.errors:
            case = await desk.counter.accept(member, posted.paper)
            return redirect(f"/cases/{case.number}/accepted")
        add_problems(posted.errors, desk.counter.problems(member, posted.paper))
    except PaperRefused as refused:
        incomplete = refused.is_incomplete
        add_problems(posted.errors, refused.problems)
    return sheet_page(request, place, posted, incomplete=incomplete)


@accepts(LIMITS)
@once
async def refuse(request: web.Request) -> web.Response:
    """Record that the papers were not taken in; give the receipt of it where the act prescribes one."""
    desk, member, place = desk_of(request), member_of(request), _place(request)
    posted = read_sheet(request, place, desk.counter.providers(member, place.service))
    try:
        refusal = await desk.counter.refuse(member, posted.paper)
    except PaperRefused as refused:
        add_problems(posted.errors, refused.problems)
        return sheet_page(request, place, posted)
    printed = await desk.receipts.of_refusal(refusal, acceptor=member.name)
    if printed is not None:
        return attachment(printed, f"{place.service.id}-refusal-receipt.pdf", "application/pdf")
    session_of(request).flash(REFUSED)
    return redirect("/counter")


async def accepted(request: web.Request) -> web.Response:
    """Show the number under which a paper was registered, and where its receipt is."""
    desk, member = desk_of(request), member_of(request)
    case = await desk.cases.get(member, request.match_info["number"])
    intake = await desk.counter.intake(member, case.number)
    if intake is None:
        return redirect(f"/cases/{case.number}")
    return render(
        request,
        "desk/counter_accepted.html",
        case=case,
        service=desk.catalogue.service(case.service),
        intake=intake,
        has_receipt=desk.receipts.is_prescribed(case),
    )


async def receipt(request: web.Request) -> web.Response:
    """Give the receipt of a paper as PDF."""
    number = request.match_info["number"]
    content = await desk_of(request).receipts.of_case(member_of(request), number)
    return attachment(content, f"{number}-receipt.pdf", "application/pdf")


def _place(request: web.Request) -> Place:
    try:
        return desk_of(request).counter.place(member_of(request), request.match_info["service"])
    except CounterClosed as closed:
        page = Forbidden(closed.text)
        page.code = closed.code
        raise page from closed
