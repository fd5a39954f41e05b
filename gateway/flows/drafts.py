"""Process 3 in detail: what may be filled in, attached and shown for signing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gateway.catalogue.form import DocumentKind, FormProblem, FormReading, check_document, check_form
from gateway.catalogue.kinds import (
    check_application,
    documents_of,
    fields_of,
    kind_field,
    kind_of,
    kind_problem,
    kind_question,
)
from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.catalogue.terms import Channel
from gateway.clock import ALMATY
from gateway.eds.xml import parse
from gateway.exchange.applicants import applicants_on, may_apply
from gateway.exchange.application import Application, build_application, read_application
from gateway.exchange.form_checks import NUMBER_CHECKS
from gateway.exchange.schema import Schema
from gateway.flows.applications import ApplicationRow, WholeApplication
from gateway.flows.errors import FlowCode, FlowError, NotAnApplicant
from gateway.identity.numbers import Bin, Iin


def service_on_portal(catalogue: Catalogue, service_id: str, applicant: Iin | Bin) -> Service:
    """Return a service that this applicant may ask for through the portal; raises `FlowError`."""
    service = catalogue.services.get(service_id)
    if service is None or not catalogue.offers(service_id, Channel.PORTAL):
        raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=service_id)
    if not may_apply(service, Channel.PORTAL, applicant):
        entitled = applicants_on(service, Channel.PORTAL)
        raise NotAnApplicant((kind for kind in service.applicants.kinds if kind in entitled), reason=service_id)
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
    """Check what was typed against the form's structure and format (Karaganda act, lines 1376-1377).

    Only the fields of the chosen kind are read; whatever else was typed for another kind is left aside.
    """
    asked = fields_of(service, kind_of(service, posted))
    known = {field.id: posted.get(field.id, "") for field in asked}
    today = now.astimezone(ZoneInfo(ALMATY)).date()
    return check_application(service, Channel.PORTAL, known, today=today, checks=NUMBER_CHECKS)


def kind_reading(service: Service, chosen: str) -> FormReading:
    """Check the choice of the kind alone: it is one of the service's, and the act provides it on the portal."""
    field = kind_field(service)
    if field is None:
        return FormReading({}, ())
    reading = check_form((field,), {field.id: chosen}, today=date.min)
    closed = kind_problem(service, Channel.PORTAL, kind_of(service, reading.values))
    return reading if closed is None else FormReading({}, (closed,))


def lacks_kind(service: Service, application: ApplicationRow) -> bool:
    """Tell whether the kind of the service must be chosen before the form or the documents can be shown."""
    kind = kind_of(service, application.fields)
    if kind_question(service) is None:
        return False
    return kind is None or kind_problem(service, Channel.PORTAL, kind) is not None


def document_problem(
    service: Service, kind: str | None, document: str, media_type: str, content: bytes
) -> FormProblem | None:
    """Check a file against its document in the catalogue; raises `FlowError` for one that is not asked for."""
    asked = next((one for one in documents_of(service, kind, represented=False) if one.id == document), None)
    if asked is None:
        raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=f"{service.id} takes no {document}")
    return check_document(asked, media_type, content)


def documents_asked(service: Service, fields: Mapping[str, str]) -> tuple[DocumentKind, ...]:
    """Return the documents that the portal asks for: whoever applies there acts for nobody else."""
    return documents_of(service, kind_of(service, fields), represented=False)


def is_complete(service: Service, application: WholeApplication, now: datetime) -> bool:
    """Whether the form is filled in without a problem and every required document is attached."""
    attached = {attachment.document for attachment in application.attachments}
    asked = documents_asked(service, application.fields)
    missing = [kind for kind in asked if kind.required and kind.id not in attached]
    return not missing and not read_form(service, application.fields, now).problems


def draft_of(
    application: WholeApplication, fields: Mapping[str, str], *, schema: Schema, created_at: datetime
) -> bytes:
    """Return the application as it is shown and signed, in its canonical form; `fields` in the catalogue's order.

    It follows the service's own schema; raises `PayloadNotWritable`.
    """
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
        ),
        schema,
    )


def fixed_at(draft: bytes) -> datetime:
    """Return when a draft was fixed to be signed: the moment that it states."""
    return read_application(parse(draft)).created_at
