"""Process 3 in detail: what may be filled in, attached and shown for signing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.catalogue.form import FieldType, FormProblem, FormReading, check_document, check_form
from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.catalogue.terms import ApplicantKind, Channel
from gateway.clock import ALMATY
from gateway.exchange.application import Application, build_application
from gateway.flows.applications import ApplicationRow
from gateway.flows.errors import FlowCode, FlowError
from gateway.identity.numbers import Bin, Iin, NumberError


def _is(number: type[Iin | Bin], text: str) -> bool:
    try:
        number(text)
    except NumberError:
        return False
    return True


_NUMBER_CHECKS = {FieldType.IIN: lambda text: _is(Iin, text), FieldType.BIN: lambda text: _is(Bin, text)}


def service_on_portal(catalogue: Catalogue, service_id: str, applicant: Iin | Bin) -> Service:
    """Return a service that this applicant may ask for through the portal; raises `FlowError`."""
    service = catalogue.services.get(service_id)
    if service is None or not catalogue.offers(service_id, Channel.PORTAL):
        raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=service_id)
    kind = ApplicantKind.LEGAL_ENTITY if isinstance(applicant, Bin) else ApplicantKind.INDIVIDUAL
    if kind not in service.applicants.kinds:
        raise FlowError(FlowCode.NOT_AN_APPLICANT, reason=service_id)
    return service


def office_for(catalogue: Catalogue, service: Service, office_id: str | None) -> Office:
    """Return the office that is chosen, or the service's first; raises `FlowError` when it does not provide it."""
    offices = {office.id: office for office in catalogue.offices_of(service.id)}
    if office_id is None and offices:
        return next(iter(offices.values()))
    office = offices.get(office_id or "")
    if office is None:
        raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=f"{service.id} at {office_id}")
    return office


def read_form(service: Service, posted: Mapping[str, str], now: datetime) -> FormReading:
    """Check what was typed against the form's structure and format (Karaganda act, lines 1376-1377)."""
    known = {field.id: posted.get(field.id, "") for field in service.form}
    return check_form(service.form, known, today=now.astimezone(ZoneInfo(ALMATY)).date(), checks=_NUMBER_CHECKS)


def document_problem(service: Service, document: str, media_type: str, content: bytes) -> FormProblem | None:
    """Check an attached file against its kind in the catalogue; raises `FlowError` for a kind the service lacks."""
    kind = service.document(document)
    if kind is None:
        raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=f"{service.id} takes no {document}")
    return check_document(kind, media_type, content)


def is_complete(service: Service, application: ApplicationRow, now: datetime) -> bool:
    """Whether the form is filled in without a problem and every required document is attached."""
    attached = {attachment.document for attachment in application.attachments}
    missing = [kind for kind in service.documents if kind.required and kind.id not in attached]
    return not missing and not read_form(service, application.fields, now).problems


def draft_of(application: ApplicationRow, fields: Mapping[str, str], *, created_at: datetime) -> bytes:
    """Return the application as it is shown and signed, in its canonical form; `fields` in the catalogue's order."""
    return build_application(
        Application(
            number=application.number,
            service=application.service,
            office=application.office,
            applicant_number=application.applicant,
            applicant_name=application.applicant_name,
            fields=fields,
            attachments=tuple(attachment.named() for attachment in application.attachments),
            created_at=created_at,
        )
    )
