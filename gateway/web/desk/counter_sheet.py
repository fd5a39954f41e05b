"""The sheet on which a paper application is entered: read from what was posted, and shown again with what is wrong."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from aiohttp import web

from gateway.catalogue import DocumentKind, FieldType, FormField, Office, Service
from gateway.catalogue.acceptance import Representation
from gateway.catalogue.form import Choice
from gateway.catalogue.kinds import (
    documents_of,
    fields_of,
    kind_of,
    kind_question,
    kinds_on,
    restriction_on,
)
from gateway.desk.counter_rights import Place, prescribed
from gateway.desk.paper import Paper, PaperProblem, Scan
from gateway.desk.representation import representation_on
from gateway.exchange.acceptance import Power, PowerKind, Representative
from gateway.identity.numbers import Bin, Iin, NumberError, parse_number
from gateway.web.csrf import form_of
from gateway.web.dates import read_day
from gateway.web.days import stored_day, typed_day
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.forms import MIB, Form, FormErrors, FormLimits
from gateway.web.pages import render
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

LIMITS = FormLimits(max_files=8, max_file_bytes=5 * MIB)
"""What a sheet may carry: more files than any service asks for, each as large as the largest that one asks for."""
FILE, ON_PAPER = "file_", "paper_"
_WHOLE = frozenset({"form", "documents"})
"""What is wrong with the sheet as a whole."""
_SHEET = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Posted:
    """A sheet as it was sent: the paper as far as it can be read, and what could not be."""

    paper: Paper
    values: dict[str, str]
    errors: FormErrors
    seen: frozenset[str]
    """Documents that were there, as a file or on paper."""


def read_sheet(request: web.Request, place: Place, offices: tuple[Office, ...]) -> Posted:
    """Read what was posted."""
    form, errors, service = form_of(request), FormErrors(), place.service
    posted = {field.id: form.get(field.id) for field in service.form}
    for field in service.form:
        if field.type is FieldType.DATE:
            posted[field.id] = stored_day(posted[field.id])
    kind = kind_of(service, posted)
    asked = documents_of(service, kind)
    scans = tuple(scan for document in asked for scan in _scans(form, document, errors))
    on_paper = tuple(document.id for document in asked if form.get(ON_PAPER + document.id) == "yes")
    sheet = form.get("sheet")
    paper = Paper(
        sheet=sheet if _SHEET.fullmatch(sheet) else new_sheet(),
        service=service.id,
        office=form.get("provider_office") or (offices[0].id if offices else ""),
        applicant=_number(form.get("applicant_number"), errors),
        applicant_name=form.get("applicant_name"),
        fields={field.id: posted[field.id] for field in fields_of(service, kind)},
        documents=scans,
        on_paper=on_paper,
        representative=_representative(form, errors),
    )
    seen = frozenset({scan.document for scan in scans} | set(on_paper))
    return Posted(paper, form.values() | posted, errors, seen)


def new_sheet() -> str:
    """Return the identity of a new showing of the form."""
    return secrets.token_urlsafe(18)


def add_problems(errors: FormErrors, problems: tuple[PaperProblem, ...]) -> None:
    """Put what is wrong beside the fields of the sheet."""
    for problem in problems:
        if problem.is_document:
            errors.add(FILE + problem.field, problem.text)
        else:
            errors.add(problem.field, problem.text, target=None if problem.field not in _WHOLE else "main-content")


def sheet_page(
    request: web.Request, place: Place, posted: Posted | None, *, kind: str | None = None, incomplete: bool = False
) -> web.Response:
    """Show the sheet of a service; `incomplete` offers to refuse acceptance."""
    service, channel = place.service, place.channel
    values = {} if posted is None else dict(posted.values)
    if posted is not None:
        kind = kind_of(service, posted.paper.fields)
    chooses = kind_question(service)
    asked = tuple(one for one in fields_of(service, kind) if one != chooses)
    for field in asked:
        if field.type is FieldType.DATE and field.id in values:
            values[field.id] = typed_day(values[field.id])
    offices = desk_of(request).counter.providers(member_of(request), service)
    only, form = restriction_on(service, channel), prescribed(service, channel)
    context: dict[str, Any] = {
        "errors": FormErrors() if posted is None else posted.errors,
        "service": service,
        "only": None if only is None else only.text,
        "start": service.start.text,
        "receipt": None if form is None else form.text,
        "sheet": new_sheet() if posted is None else posted.paper.sheet,
        "offices": [(one.id, spoken(one.name)) for one in offices],
        "kind": None if chooses is None else _chosen(chooses, kind),
        "fields": asked,
        "choices": {field.id: choices_on(place, field) for field in asked},
        "documents": documents_of(service, kind),
        "seen": frozenset() if posted is None else posted.seen,
        "again": posted is not None and bool(posted.paper.documents),
        "represented": representation_on(service, channel) is not Representation.NONE,
        "powers": [
            (PowerKind.NOTARISED.value, _("Notarised")),
            (PowerKind.SIMPLE.value, _("Not notarised")),
        ],
        "values": values,
        "incomplete": incomplete,
    }
    return render(request, "desk/counter_sheet.html", **context)


def choices_on(place: Place, field: FormField) -> tuple[Choice, ...]:
    """Return the answers that a field offers; of the kinds of the service those that the counter provides."""
    if place.service.kinds is None or field.id != place.service.kinds.field:
        return field.choices
    return tuple(choice for choice in field.choices if choice.id in kinds_on(place.service, place.channel))


def _chosen(field: FormField | None, kind: str | None) -> dict[str, str] | None:
    if field is None or kind is None:
        return None
    shown = next((spoken(choice.label) for choice in field.choices if choice.id == kind), kind)
    return {"name": field.id, "value": kind, "label": spoken(field.label), "shown": shown}


def _number(typed: str, errors: FormErrors) -> Iin | Bin | None:
    try:
        return parse_number(typed)
    except NumberError as error:
        errors.add("applicant_number", error.text)
        return None


def _scans(form: Form, document: DocumentKind, errors: FormErrors) -> list[Scan]:
    scans = []
    for upload in form.uploads(FILE + document.id):
        if upload.too_large:
            most = document.max_bytes // 1_000_000
            errors.add(FILE + document.id, _("%(title)s: at most %(num)s MB", title=spoken(document.title), num=most))
        else:
            scans.append(Scan(document.id, upload.file_name, upload.media_type, upload.content))
    return scans


def _representative(form: Form, errors: FormErrors) -> Representative | None:
    if form.get("representative") != "yes":
        return None
    try:
        iin = Iin.parse(form.get("representative_iin"))
    except NumberError as error:
        errors.add("representative_iin", error.text)
        return None
    kind = form.get("power_kind")
    if kind not in {*PowerKind}:
        errors.add("power_kind", _("Choose the kind of the power of attorney"))
        return None
    issued_on: date | None = None
    if form.get("power_date"):
        try:
            issued_on = read_day(form.get("power_date"))
        except ValueError:
            errors.add("power_date", _("Enter the day as dd.mm.yyyy"))
    return Representative(
        iin, form.get("representative_name"), Power(PowerKind(kind), form.get("power_number"), issued_on)
    )


def is_kind_open(service: Service, place: Place, kind: str) -> bool:
    """Tell whether a kind of the service may be asked for at the counter."""
    return kind in kinds_on(service, place.channel)
