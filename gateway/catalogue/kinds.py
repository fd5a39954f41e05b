"""The kinds of a service between which the applicant chooses, and what of its form depends on the choice.

A restriction of a channel (`channels[].only.kinds`) leaves only some of them there: permits for a foreign worker's
employer are asked for on the portal, the worker's own are not (Karaganda, service 18).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gateway.catalogue.form import (
    DocumentKind,
    DocumentWhen,
    FieldType,
    FormatCheck,
    FormField,
    FormProblem,
    FormProblemCode,
    FormReading,
    check_form,
    problem,
)
from gateway.catalogue.model import Restriction, Service
from gateway.catalogue.procedure import ProcedureStep
from gateway.catalogue.terms import Channel, is_for
from gateway.texts import Text


def kind_of(service: Service, fields: Mapping[str, str]) -> str | None:
    """Return the kind that an application's fields choose; none when the service has none or none is chosen yet."""
    if service.kinds is None:
        return None
    chosen = fields.get(service.kinds.field, "").strip()
    return chosen if chosen in service.kind_ids else None


def restriction_on(service: Service, channel: Channel) -> Restriction | None:
    """Return who alone may apply on a channel, or for which kinds of the service, if the act says so."""
    return next((entry.only for entry in service.channels if entry.channel is channel), None)


def kinds_on(service: Service, channel: Channel) -> tuple[str, ...]:
    """Return the kinds that may be asked for on a channel, in the form's order."""
    only = restriction_on(service, channel)
    return tuple(kind for kind in service.kind_ids if only is None or is_for(only.kinds, kind))


def fields_of(service: Service, kind: str | None) -> tuple[FormField, ...]:
    """Return the fields that are filled in for a kind of the service; before the choice, those of every kind."""
    return tuple(field for field in service.form if is_for(field.kinds, kind))


def application_documents(service: Service) -> tuple[DocumentKind, ...]:
    """Return the documents that are attached to an application, of every kind of the service.

    What a condition of a procedure asks for afterwards (`documents_for`) is no part of the application.
    """
    later = {one for procedure in service.procedures for step in procedure.steps for one in step.documents}
    return tuple(document for document in service.documents if document.id not in later)


def documents_of(service: Service, kind: str | None, *, represented: bool = True) -> tuple[DocumentKind, ...]:
    """Return the documents that are attached for a kind of the service; before the choice, those of every kind.

    Where nobody acts for the applicant (`represented` is false), those of a representative are none of them.
    """
    return tuple(
        document
        for document in application_documents(service)
        if is_for(document.kinds, kind) and (represented or document.when is not DocumentWhen.REPRESENTATIVE)
    )


def documents_for(service: Service, step: ProcedureStep) -> tuple[DocumentKind, ...]:
    """Return the documents that a condition of a procedure asks the applicant for, after the application."""
    return tuple(document for document in service.documents if document.id in step.documents)


def kind_comes_first(service: Service) -> bool:
    """Tell whether the kind must be chosen before the form can be shown: a field or a document depends on it."""
    return any(field.kinds for field in service.form) or any(document.kinds for document in service.documents)


def kind_field(service: Service) -> FormField | None:
    """Return the field of the form that chooses the kind."""
    if service.kinds is None:
        return None
    return next(field for field in service.form if field.id == service.kinds.field)


def kind_question(service: Service) -> FormField | None:
    """Return the field that is asked before the form, where the kind must be chosen first."""
    return kind_field(service) if kind_comes_first(service) else None


def check_application(
    service: Service,
    channel: Channel,
    posted: Mapping[str, str],
    *,
    today: date,
    checks: Mapping[FieldType, FormatCheck] | None = None,
) -> FormReading:
    """Check what was posted against the form of the chosen kind, and whether the channel provides that kind."""
    kind = kind_of(service, posted)
    reading = check_form(fields_of(service, kind), posted, today=today, checks=checks)
    closed = kind_problem(service, channel, kind)
    if closed is None:
        return reading
    values = {name: value for name, value in reading.values.items() if name != closed.field}
    return FormReading(values, (closed, *reading.problems))


def kind_problem(service: Service, channel: Channel, kind: str | None) -> FormProblem | None:
    """Say why a kind cannot be asked for on a channel, in the act's words."""
    field, only = kind_field(service), restriction_on(service, channel)
    if field is None or only is None or kind is None or kind in kinds_on(service, channel):
        return None
    found = problem(field.id, field.label, FormProblemCode.KIND_CLOSED)
    why, said = only.text, found.text
    text = Text(f"{said.kk}: {why.kk}", f"{said.ru}: {why.ru}", f"{said.en}: {why.en}")
    return FormProblem(found.field, found.code, text)
