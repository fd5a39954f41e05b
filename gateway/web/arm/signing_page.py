"""Processes 5 and 6 as pages: the operator's certificate, the signature in NCALayer, and the sending.

The certificate is chosen once a shift: the session keeps it (it is public) and the next intake is judged on it at once.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gateway.eds.certificate import read_certificate
from gateway.flows.applications import State
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.flow import IntakeView
from gateway.flows.arm.intake_documents import documents_on
from gateway.web.arm.guard import operator_of, rooms_of
from gateway.web.arm.reading import (
    FOUND,
    ONE,
    head,
    how_handed_in,
    number_of,
    open_intake,
    place_of,
    seen_intake,
    verdict_of,
)
from gateway.web.arm.words import answer_rows, representative_rows
from gateway.web.csrf import form_of
from gateway.web.forms import FormErrors
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.refusals import BadRequest
from gateway.web.sessions import session_of
from gateway.web.signing import chosen_certificate, signed_document
from gateway.web.translation import gettext as _
from gateway.web.translation import mark, said, spoken

CERTIFICATE = "certificate"
MEDIA = {
    "electronic": mark("Electronically, through the gateway"),
    "courier": mark("On paper, by courier"),
}


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get(f"{ONE}/certificate", certificate),
        web.post(f"{ONE}/certificate", choose_certificate),
        web.get(f"{ONE}/sign", sign),
        web.post(f"{ONE}/sign", send),
    ]


async def choose_medium(request: web.Request, view: IntakeView, medium: str) -> None:
    """Keep how the documents travel; raises `BadRequest` for a way that the act does not have."""
    if medium not in rooms_of(request).flow.media(view.service):
        raise BadRequest
    if medium != view.intake.medium:
        await rooms_of(request).flow.choose_medium(operator_of(request), number_of(request), medium)


async def go_on(request: web.Request) -> web.StreamResponse:
    """Fix the draft on the certificate that the operator chose before, or ask for it and say why that one does not do.

    It is forgotten only when it is the certificate that does not fit.
    """
    remembered = session_of(request).get(CERTIFICATE)
    if isinstance(remembered, str):
        try:
            await rooms_of(request).flow.process_5_choose_certificate(
                operator_of(request), number_of(request), remembered.encode()
            )
        except ArmError as error:
            if error.code is ArmCode.CERTIFICATE_NOT_FIT:
                session_of(request).pop(CERTIFICATE)
            session_of(request).flash(said(error.text, error.advice), "notice")
        else:
            return redirect(f"/intakes/{number_of(request)}/sign")
    return redirect(f"/intakes/{number_of(request)}/certificate")


async def certificate(request: web.Request) -> web.StreamResponse:
    """Show the answers and let the operator choose the certificate to sign with."""
    view = await open_intake(request)
    if verdict_of(view) not in FOUND:
        return redirect(place_of(view))
    return _certificate_page(request, view, FormErrors())


@once
async def choose_certificate(request: web.Request) -> web.StreamResponse:
    """Process 5: the draft is fixed and the operator's certificate judged."""
    view, errors = await open_intake(request), FormErrors()
    chosen = chosen_certificate(form_of(request))
    if chosen is None:
        errors.add("certificate", _("Choose your EDS certificate"), target="main-content")
        return _certificate_page(request, view, errors)
    try:
        await rooms_of(request).flow.process_5_choose_certificate(
            operator_of(request), number_of(request), chosen.encode()
        )
    except ArmError as error:
        errors.add("certificate", said(error.text, error.advice), target="main-content")
        return _certificate_page(request, await seen_intake(request), errors)
    session_of(request)[CERTIFICATE] = chosen
    return redirect(f"/intakes/{number_of(request)}/sign")


async def sign(request: web.Request) -> web.StreamResponse:
    """Show the request as it will be sent, and the very document that is signed."""
    return _sign_page(request, await open_intake(request), FormErrors())


@once
async def send(request: web.Request) -> web.StreamResponse:
    """Process 6: take the signed request and send it."""
    errors, number = FormErrors(), number_of(request)
    signed = signed_document(form_of(request))
    if signed is None:
        errors.add("signed", _("Sign the document to send the request"), target="main-content")
        return _sign_page(request, await open_intake(request), errors)
    try:
        await rooms_of(request).flow.process_6_send(operator_of(request), number, signed)
    except ArmError as error:
        if error.code is not ArmCode.SIGNED_DOCUMENT:
            raise
        errors.add("signed", said(error.text, error.advice), target="main-content")
        return _sign_page(request, await open_intake(request), errors)
    return redirect(f"/intakes/{number}/accepted")


def _certificate_page(request: web.Request, view: IntakeView, errors: FormErrors) -> web.StreamResponse:
    return render(request, "arm/certificate.html", errors=errors, **_checked(view), **head(view, "sign"))


def _sign_page(request: web.Request, view: IntakeView, errors: FormErrors) -> web.StreamResponse:
    application = view.application
    if application.state is not State.READY or application.draft is None or application.certificate is None:
        return redirect(place_of(view))
    operator = operator_of(request)
    return render(
        request,
        "arm/sign.html",
        errors=errors,
        certificate=read_certificate(application.certificate),
        document_text=application.draft.decode(),
        signer={"iin": str(operator.iin), "bin": rooms_of(request).catalogue.office(operator.department).bin},
        **_checked(view),
        **head(view, "sign"),
    )


def _checked(view: IntakeView) -> dict[str, Any]:
    """Return the answers to be checked before the signature."""
    application, base = view.application, f"/intakes/{view.application.number}"
    rows = [
        {"key": _("Applicant"), "value": f"{application.applicant_name}, {application.applicant}"},
        *representative_rows(view.intake.representative),
        {"key": _("Provider"), "value": spoken(view.office.name)},
        *answer_rows(view.service, application, consented=view.intake.consent_at is not None, form=f"{base}/form"),
    ]
    documents = [
        {"key": spoken(document.title), "value": how_handed_in(view, document), "href": f"{base}/documents"}
        for document in documents_on(view.service, view.intake.typed)
    ]
    medium = MEDIA.get(view.intake.medium or "")
    return {"rows": rows, "document_rows": documents, "medium_words": _(medium) if medium else ""}
