"""An application as its department sees it: where it stands, its papers to print, what may be done with it."""

from __future__ import annotations

from aiohttp import web

from gateway.catalogue.acceptance import ReceiptKind
from gateway.flows.applications import EDITABLE, State
from gateway.flows.arm.flow import IntakeView
from gateway.flows.arm.hand_overs import Recipient
from gateway.flows.arm.intake_documents import documents_on
from gateway.flows.arm.procedure import HANDED_OVER, OwnStep
from gateway.web.arm.finding_words import found_rows, why
from gateway.web.arm.guard import operator_of, rooms_of, window_of
from gateway.web.arm.queue_panel import panel
from gateway.web.arm.reading import (
    ONE,
    download,
    head,
    how_handed_in,
    intake_of,
    number_of,
    place_of,
    printed,
)
from gateway.web.arm.signing_page import MEDIA
from gateway.web.arm.words import CHANNEL, answer_rows, representative_rows, timeline
from gateway.web.dates import moment
from gateway.web.pages import redirect, render
from gateway.web.refusals import NotFound
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

_GIVEN_ON_ACCEPTANCE = frozenset({ReceiptKind.RECEIPT, ReceiptKind.BARCODE_RECEIPT, ReceiptKind.COUPON})


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get(ONE, application),
        web.get(f"{ONE}/accepted", accepted),
        web.get(f"{ONE}/receipt.pdf", receipt),
        web.get(f"{ONE}/refusal.pdf", refusal),
        web.get(f"{ONE}/no-data.pdf", no_data),
        web.get(f"{ONE}/application.xml", signed),
    ]


async def application(request: web.Request) -> web.StreamResponse:
    """Show an application; one's own open intake continues at its step."""
    view, operator = await intake_of(request), operator_of(request)
    still_open = view.application.state in EDITABLE
    if still_open and view.intake.operator == operator.id:
        return redirect(place_of(view))
    finding = view.intake.finding or {}
    return render(
        request,
        "arm/application.html",
        colleagues=still_open,
        rows=summary(view),
        answers=answer_rows(view.service, view.application, consented=view.intake.consent_at is not None),
        own_steps=[{"key": spoken(one.step.text), "value": _term(one)} for one in view.own_steps],
        course=timeline(view.service, view.application, view.trail),
        found=found_rows(finding),
        why=why(finding),
        missing=[one for one in documents_on(view.service, view.intake.typed) if one.id in _missing(view)],
        has_receipt=has_receipt(view),
        ready=view.result_ready and await rooms_of(request).registers.result_is_here(number_of(request)),
        no_data=view.application.state is State.NO_DATA,
        not_accepted=view.application.state is State.NOT_ACCEPTED,
        held=view.application.state is State.HELD,
        **head(view, "sign"),
    )


async def accepted(request: web.Request) -> web.StreamResponse:
    """Confirm that the application was taken in, with its number, its receipt, and what happens next and when."""
    view = await intake_of(request)
    if view.application.signed is None:
        return redirect(f"/intakes/{number_of(request)}")
    department = rooms_of(request).catalogue.office(operator_of(request).department)
    return render(
        request,
        "arm/accepted.html",
        held=view.application.state is State.HELD,
        has_receipt=has_receipt(view),
        courier=view.intake.medium == "courier",
        department=department,
        window=window_of(request),
        **head(view, "sign"),
        **await panel(request),
    )


async def receipt(request: web.Request) -> web.StreamResponse:
    """Give the receipt of acceptance."""
    content = await rooms_of(request).receipts.acceptance(operator_of(request), number_of(request))
    return printed(content, f"{number_of(request)}-receipt.pdf")


async def refusal(request: web.Request) -> web.StreamResponse:
    """Give the receipt of refusal, which names what is missing."""
    content = await rooms_of(request).receipts.refusal(operator_of(request), number_of(request))
    return printed(content, f"{number_of(request)}-refusal.pdf")


async def no_data(request: web.Request) -> web.StreamResponse:
    """Give the message of process 4."""
    content = await rooms_of(request).receipts.no_data(operator_of(request), number_of(request))
    return printed(content, f"{number_of(request)}-no-data.pdf")


async def signed(request: web.Request) -> web.StreamResponse:
    """Give the application as the operator signed it."""
    view = await intake_of(request)
    if view.application.signed is None:
        raise NotFound
    content = await rooms_of(request).flow.signed_application(operator_of(request), number_of(request))
    return download(content, "application/xml", f"{number_of(request)}.xml")


def has_receipt(view: IntakeView) -> bool:
    """Tell whether the documents were taken in and the act has the Corporation give anything for that."""
    if view.application.accepted_at is None:
        return False
    return any(one.kind in _GIVEN_ON_ACCEPTANCE and CHANNEL in one.channels for one in view.service.receipts)


def summary(view: IntakeView) -> list[dict[str, str]]:
    """Return the facts at the head of the application's page."""
    taken, intake = view.application, view.intake
    applicant = f"{taken.applicant_name}, {taken.applicant_number}" if taken.applicant_number else ""
    rows = [{"key": _("Applicant"), "value": applicant}]
    rows += representative_rows(intake.representative)
    rows.append({"key": _("Provider"), "value": spoken(view.office.name)})
    if intake.consent_at is not None:
        rows.append({"key": _("Consent"), "value": moment(intake.consent_at)})
    for document in documents_on(view.service, intake.typed):
        if how := how_handed_in(view, document):
            rows.append({"key": spoken(document.title), "value": how})
    if medium := MEDIA.get(intake.medium or ""):
        rows.append({"key": _("Sent"), "value": _(medium)})
    if taken.accepted_at is not None:
        rows.append({"key": _("Accepted at"), "value": moment(taken.accepted_at)})
    if taken.result_due is not None:
        rows.append({"key": _("The result is due"), "value": moment(taken.result_due)})
    if view.handed_over is not None:
        key = _("Handed over to the representative") if _came_for(view) else _("Handed over to the applicant")
        rows.append({"key": key, "value": moment(view.handed_over)})
    return rows


def _came_for(view: IntakeView) -> bool:
    """Tell whether it was somebody else than the applicant who received the result."""
    noted = (event.step.facts for event in view.trail if event.step.facts.get("step") == HANDED_OVER)
    return next((facts.get("to") == Recipient.REPRESENTATIVE for facts in noted), False)


def _term(own: OwnStep) -> str:
    if own.done_at is not None:
        return _("done on %(moment)s", moment=moment(own.done_at))
    return _("until %(moment)s", moment=moment(own.due_at)) if own.due_at is not None else _("not begun")


def _missing(view: IntakeView) -> frozenset[str]:
    return frozenset(view.intake.missing or ())
