"""The counter's first page, and what is given once a paper is registered: its number and its receipt."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gateway.desk import Desk, StaffMember
from gateway.desk.paper import CounterClosed
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.reading import attachment
from gateway.web.forms import FormErrors
from gateway.web.pages import redirect, render
from gateway.web.refusals import Forbidden
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

_CASE = r"/cases/{number:\d{14}}"


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get("/counter", services),
        web.get(f"{_CASE}/accepted", accepted),
        web.get(f"{_CASE}/receipt.pdf", receipt),
    ]


def may_accept(desk: Desk, member: StaffMember) -> bool:
    """Tell whether a member takes papers in at all."""
    return bool(desk.counter.services(member))


async def services(request: web.Request) -> web.StreamResponse:
    """Show the services whose papers the member takes in, and what was begun; a number of the list leads on."""
    words, errors = request.query.get("q", "").strip()[:100], FormErrors()
    if not words:
        return await counter_home(request, errors)
    offered = _offered(request)
    found = [one for one in offered if str(one["place"]) == words.lstrip("0")]
    if not found:
        wanted = words.casefold().replace("ё", "е").split()
        found = [one for one in offered if all(word in one["title"].casefold().replace("ё", "е") for word in wanted)]
    if len(found) == 1:
        return redirect(f"/counter/{found[0]['id']}")
    if not found:
        errors.add("q", _("The counter takes no papers of such a service"))
    return await counter_home(request, errors, words=words, services=found or offered)


async def counter_home(request: web.Request, errors: FormErrors, **more: Any) -> web.Response:
    """Show the counter's first page; raises `Forbidden` for whoever takes no papers in."""
    desk, offered = desk_of(request), _offered(request)
    titles = {one["id"]: one["title"] for one in offered}
    rows = [
        {"row": row, "title": titles[row.service], "applicant": row.typed.get("applicant_name", "").strip()[:80]}
        for row in await desk.counter.entries.open(member_of(request))
    ]
    context: dict[str, Any] = {"services": offered, "rows": rows, "words": "", **more}
    return render(request, "desk/counter.html", errors=errors, **context)


async def accepted(request: web.Request) -> web.StreamResponse:
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


async def receipt(request: web.Request) -> web.StreamResponse:
    """Give the receipt of a paper as PDF."""
    number = request.match_info["number"]
    content = await desk_of(request).receipts.of_case(member_of(request), number)
    return attachment(content, f"{number}-receipt.pdf", "application/pdf")


def _offered(request: web.Request) -> list[dict[str, Any]]:
    """Return the services of the counter with the number under which each stands in the list."""
    offered = desk_of(request).counter.services(member_of(request))
    if not offered:
        raise Forbidden(CounterClosed.text)
    rows = sorted(({"id": one.id, "title": spoken(one.titles)} for one in offered), key=lambda row: row["title"])
    return [{"place": place, **row} for place, row in enumerate(rows, start=1)]
