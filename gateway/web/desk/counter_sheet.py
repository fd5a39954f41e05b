"""The sheet on which a paper application is entered: read from what was typed, and shown with what is wrong."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
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
from gateway.desk.entry import Entry
from gateway.desk.paper import Paper, PaperProblem
from gateway.desk.representation import representation_on
from gateway.exchange.acceptance import Power, PowerKind, Representative
from gateway.identity.numbers import Bin, Iin, NumberError, parse_number
from gateway.terminal.pages import by_document
from gateway.web.dates import read_day
from gateway.web.days import stored_day, typed_day
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.forms import FormErrors
from gateway.web.pages import render
from gateway.web.terminal.scans import FILE, ON_PAPER
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

OWN_FIELDS = (
    "applicant_number",
    "applicant_name",
    "provider_office",
    "representative",
    "representative_iin",
    "representative_name",
    "power_kind",
    "power_number",
    "power_date",
)
"""What is typed beside the form of the service."""
SHEET = r"[A-Za-z0-9_-]{16,64}"
"""The identity of a sheet, as it stands in addresses."""
_WHOLE = frozenset({"form", "documents"})
"""What is wrong with the sheet as a whole."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it stands: what is typed on it, what of it could be read, and what could not."""

    paper: Paper
    typed: Mapping[str, str]
    version: int = 0
    """Of what is kept; 0 before anything is."""
    kept_until: datetime | None = None
    """From then on what is kept is deleted; None before anything is."""
    errors: FormErrors = field(default_factory=FormErrors)

    def with_entry(self, entry: Entry | None, *, kept: int | None = None) -> Sheet:
        """Return the sheet with the version and the pages under which it is kept; `kept` is that of what was typed."""
        if entry is None:
            return self
        version = entry.version if kept is None else kept
        paper = replace(self.paper, pages=entry.pages, version=version)
        return replace(self, paper=paper, version=entry.version, kept_until=entry.kept_until)


def new_sheet() -> str:
    """Return the identity of a new showing of the form."""
    return secrets.token_urlsafe(18)


def is_sheet(text: str) -> bool:
    """Tell whether a text can be the identity of a sheet."""
    return re.fullmatch(SHEET, text) is not None


def typed_on(place: Place, values: Mapping[str, str]) -> dict[str, str]:
    """Return what of these values is typed on the sheet of a service; what is empty is as if it were not there."""
    own = [*OWN_FIELDS, *(one.id for one in place.service.form)]
    own += [ON_PAPER + document.id for document in place.service.documents]
    return {name: values[name] for name in own if values.get(name)}


def read_sheet(place: Place, typed: Mapping[str, str], *, sheet: str, offices: tuple[Office, ...]) -> Sheet:
    """Read what is typed on a sheet."""
    errors, service = FormErrors(), place.service
    fields = {one.id: typed.get(one.id, "").strip() for one in service.form}
    for one in service.form:
        if one.type is FieldType.DATE:
            fields[one.id] = stored_day(fields[one.id])
    kind = kind_of(service, fields)
    asked = documents_of(service, kind, represented=typed.get("representative") == "yes")
    paper = Paper(
        sheet=sheet,
        service=service.id,
        office=typed.get("provider_office", "") or (offices[0].id if offices else ""),
        applicant=_number(typed.get("applicant_number", "").strip(), errors),
        applicant_name=typed.get("applicant_name", ""),
        fields={one.id: fields[one.id] for one in fields_of(service, kind)},
        on_paper=tuple(document.id for document in asked if typed.get(ON_PAPER + document.id) == "yes"),
        representative=_representative(typed, errors),
    )
    return Sheet(paper, typed, errors=errors)


def add_problems(errors: FormErrors, problems: Iterable[PaperProblem]) -> None:
    """Put what is wrong beside the fields of the sheet."""
    for problem in problems:
        if problem.is_document:
            errors.add(FILE + problem.field, problem.text)
        else:
            errors.add(problem.field, problem.text, target=None if problem.field not in _WHOLE else "main-content")


def sheet_page(request: web.Request, place: Place, sheet: Sheet, *, incomplete: bool = False) -> web.Response:
    """Show the sheet of a service; `incomplete` offers to refuse acceptance."""
    service, channel = place.service, place.channel
    values, kind = dict(sheet.typed), kind_of(service, sheet.paper.fields)
    chooses = kind_question(service)
    asked = tuple(one for one in fields_of(service, kind) if one != chooses)
    for one in asked:
        if one.type is FieldType.DATE and one.id in values:
            values[one.id] = typed_day(values[one.id])
    offices = desk_of(request).counter.providers(member_of(request), service)
    only, form = restriction_on(service, channel), prescribed(service, channel)
    rule, base = representation_on(service, channel), f"/counter/{service.id}"
    context: dict[str, Any] = {
        "errors": sheet.errors,
        "service": service,
        "base": base,
        "here": f"{base}/{sheet.paper.sheet}",
        "only": None if only is None else only.text,
        "start": service.start.text,
        "receipt": None if form is None else form.text,
        "sheet": sheet.paper.sheet,
        "version": sheet.version,
        "offices": [(one.id, spoken(one.name)) for one in offices],
        "kind": _chosen(chooses, kind),
        "fields": asked,
        "choices": {one.id: choices_on(place, one) for one in asked},
        "documents": documents_of(service, kind),
        "pages": by_document(sheet.paper.pages),
        "on_paper": frozenset(sheet.paper.on_paper),
        "rule": rule.value,
        "represented": rule is not Representation.NONE,
        "values": values,
        "incomplete": incomplete,
        "kept_until": sheet.kept_until or desk_of(request).counter.entries.kept_until(),
    }
    return render(request, "desk/counter_sheet.html", **context)


def choices_on(place: Place, one: FormField) -> tuple[Choice, ...]:
    """Return the answers that a field offers; of the kinds of the service those that the counter provides."""
    if place.service.kinds is None or one.id != place.service.kinds.field:
        return one.choices
    return tuple(choice for choice in one.choices if choice.id in kinds_on(place.service, place.channel))


def asked_on(place: Place, typed: Mapping[str, str]) -> tuple[DocumentKind, ...]:
    """Return the documents that a sheet asks for, by the kind that is chosen on it."""
    return documents_of(place.service, kind_of(place.service, typed))


def is_kind_open(service: Service, place: Place, kind: str) -> bool:
    """Tell whether a kind of the service may be asked for at the counter."""
    return kind in kinds_on(service, place.channel)


def _chosen(one: FormField | None, kind: str | None) -> dict[str, str] | None:
    if one is None or kind is None:
        return None
    shown = next((spoken(choice.label) for choice in one.choices if choice.id == kind), kind)
    return {"name": one.id, "value": kind, "label": spoken(one.label), "shown": shown}


def _number(typed: str, errors: FormErrors) -> Iin | Bin | None:
    try:
        return parse_number(typed)
    except NumberError as error:
        errors.add("applicant_number", error.text)
        return None


def _representative(typed: Mapping[str, str], errors: FormErrors) -> Representative | None:
    if typed.get("representative") != "yes":
        return None
    try:
        iin = Iin.parse(typed.get("representative_iin", "").strip())
    except NumberError as error:
        errors.add("representative_iin", error.text)
        return None
    kind = typed.get("power_kind", "")
    if kind not in {*PowerKind}:
        errors.add("power_kind", _("Choose the kind of the power of attorney"))
        return None
    issued_on: date | None = None
    if day := typed.get("power_date", "").strip():
        try:
            issued_on = read_day(day)
        except ValueError:
            errors.add("power_date", _("Enter the day as dd.mm.yyyy"))
    number = typed.get("power_number", "").strip()
    return Representative(iin, typed.get("representative_name", ""), Power(PowerKind(kind), number, issued_on))
