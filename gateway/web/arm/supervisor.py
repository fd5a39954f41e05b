"""The supervisor's view of the department's day: windows, waiting, volumes, refusals by reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from gateway.catalogue import Service
from gateway.flows.arm.finding import Verdict
from gateway.flows.arm.overview import RefusalKind, RefusalRow
from gateway.flows.arm.powers import PowerVerdict
from gateway.flows.arm.tickets import TicketState
from gateway.web.arm.guard import operator_of, rooms_of
from gateway.web.pages import render
from gateway.web.translation import gettext as _
from gateway.web.translation import mark, ngettext, spoken

_KINDS = {
    RefusalKind.DOCUMENTS_MISSING: mark("Not accepted: a document was missing"),
    RefusalKind.CONSENT_REFUSED: mark("Not accepted: consent was refused"),
    RefusalKind.NO_DATA: mark("Process 4: data absent"),
    RefusalKind.PROVIDER: mark("Refused by the provider"),
}
_VERDICTS: dict[str, str] = {
    Verdict.ABSENT.value: mark("the applicant's data are absent"),
    PowerVerdict.ABSENT.value: mark("the power of attorney is absent"),
    PowerVerdict.REVOKED.value: mark("the power of attorney is revoked"),
    PowerVerdict.EXPIRED.value: mark("the term of the power of attorney is over"),
    PowerVerdict.NOT_YET_VALID.value: mark("the power of attorney is not in force yet"),
    PowerVerdict.OF_ANOTHER.value: mark("the power of attorney is of another person"),
    PowerVerdict.OF_ANOTHER_MATTER.value: mark("the power of attorney is for other matters"),
}
_TICKETS = {
    TicketState.WAITING: mark("Waiting or booked"),
    TicketState.CALLED: mark("Called"),
    TicketState.SERVING: mark("At a window"),
    TicketState.FINISHED: mark("Served"),
    TicketState.NO_SHOW: mark("Did not come"),
    TicketState.CANCELLED: mark("Cancelled"),
    TicketState.CLOSED: mark("Not served on the day"),
}


def routes() -> list[web.RouteDef]:
    """Return the routes of this page."""
    return [web.get("/overview", overview)]


async def overview(request: web.Request) -> web.StreamResponse:
    """Show today's work of the department to its supervisor."""
    catalogue = rooms_of(request).catalogue
    day = await rooms_of(request).overview.of(operator_of(request))
    refusals: list[dict[str, Any]] = [
        {
            "kind": _(_KINDS[row.kind]),
            "reason": _reason(catalogue.service(row.service), row),
            "service": spoken(catalogue.service(row.service).titles),
            "count": row.count,
        }
        for row in day.refusals
    ]
    return render(
        request,
        "arm/overview.html",
        day=day,
        longest_waiting=_minutes(day.longest_waiting),
        median_wait=_minutes(day.median_wait),
        longest_wait=_minutes(day.longest_wait),
        tickets=[{"key": _(text), "value": str(day.tickets.get(state, 0))} for state, text in _TICKETS.items()],
        services=[{"title": spoken(catalogue.service(row.service).titles), "row": row} for row in day.services],
        refusals=refusals,
    )


def _minutes(span: timedelta | None) -> str:
    if span is None:
        return "–"
    return ngettext("%(num)s minute", "%(num)s minutes", round(span.total_seconds() / 60))


def _reason(service: Service, row: RefusalRow) -> str:
    """Return why: the document, what was found, or the act's ground."""
    if row.kind is RefusalKind.DOCUMENTS_MISSING:
        document = service.document(row.reason)
        return row.reason if document is None else spoken(document.title)
    if row.kind is RefusalKind.NO_DATA:
        return _(_VERDICTS.get(row.reason, row.reason))
    ground = next((one for one in service.grounds if one.id == row.reason), None)
    return "" if ground is None else spoken(ground.text)
