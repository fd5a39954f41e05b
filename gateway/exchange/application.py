"""The application: the draft that is shown and signed, and what the signed one says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from gateway.exchange.acceptance import Acceptance, add_acceptance, read_acceptance
from gateway.exchange.document import Draft, Reading, written
from gateway.exchange.errors import ExchangeCode, PayloadNotWritable, PayloadRefused, Problem
from gateway.exchange.schema import Schema
from gateway.identity.numbers import Bin, Iin, parse_number

NAMESPACE = "urn:qyzmet:application:1"
SCHEMA = Schema("application.xsd", NAMESPACE, "application")
"""What holds for every service; `form_schema` makes the schema of one service."""
_LONGEST_ANSWER = 10_000


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that the applicant attached, named in the signed application by its digest."""

    document: str
    """Kind of document by the catalogue."""
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Application:
    """What the applicant asks for; `fields` are the form's values by the catalogue's field ids, in its order."""

    number: str
    service: str
    office: str
    applicant_number: Iin | Bin
    applicant_name: str
    fields: Mapping[str, str]
    attachments: tuple[Attachment, ...]
    created_at: datetime
    acceptance: Acceptance | None = None
    """Who took it in at a window of the State Corporation and signs it; none where the applicant signs."""


def build_application(application: Application, schema: Schema = SCHEMA) -> bytes:
    """Write the draft, always the same bytes for the same application; raises `PayloadNotWritable`."""
    draft = Draft(schema)
    root = draft.root
    draft.add(root, "number", application.number)
    draft.add(root, "service", application.service)
    draft.add(root, "office", application.office)
    applicant = draft.add(root, "applicant")
    draft.add(applicant, "number", str(application.applicant_number))
    draft.add(applicant, "name", application.applicant_name)
    draft.add(root, "createdAt", written(application.created_at))
    form = draft.add(root, "form")
    for field, value in application.fields.items():
        if len(value) > _LONGEST_ANSWER:
            problem = Problem(f"/application/form/{field}", f"at most {_LONGEST_ANSWER} characters", value[:80])
            raise PayloadNotWritable(str(problem), (problem,))
        draft.add(form, field, value)
    add_attachments(draft, application.attachments)
    if application.acceptance is not None:
        add_acceptance(draft, application.acceptance)
    return draft.to_bytes()


def read_application(element: etree._Element, schema: Schema = SCHEMA) -> Application:
    """Read an application out of what a signature covered (`XmlSignature.document`); raises `PayloadRefused`."""
    reading = Reading(element, schema)
    answers = _answers(reading.all("form")[0])
    return Application(
        number=reading.text("number"),
        service=reading.text("service"),
        office=reading.text("office"),
        applicant_number=reading.value(parse_number, "applicant", "number"),
        applicant_name=reading.text("applicant", "name"),
        fields=answers,
        attachments=read_attachments(reading),
        created_at=reading.moment("createdAt"),
        acceptance=read_acceptance(reading),
    )


def add_attachments(draft: Draft, attachments: Iterable[Attachment]) -> None:
    """Append the documents attached to the document element, each named by its digest."""
    listed = draft.add(draft.root, "attachments")
    for attachment in attachments:
        element = draft.add(listed, "attachment")
        draft.add(element, "document", attachment.document)
        draft.add(element, "name", attachment.name)
        draft.add(element, "mediaType", attachment.media_type)
        draft.add(element, "size", str(attachment.size))
        draft.add(element, "sha256", attachment.sha256)


def read_attachments(reading: Reading) -> tuple[Attachment, ...]:
    """Return the documents that the document element names."""
    return tuple(_attachment(child) for child in reading.all("attachments", "attachment"))


def content_key(number: str, signed_bytes: bytes) -> str:
    """Return the key by which a receiver knows a repeated sending: the number and the digest of what was signed."""
    content = hashlib.sha256(signed_bytes).hexdigest()
    return hashlib.sha256(f"{number}:{content}".encode()).hexdigest()


def _answers(form: etree._Element) -> dict[str, str]:
    """Read the answers, each an element of its own name with nothing but text, given once."""
    answers: dict[str, str] = {}
    for field in form:
        name, value = etree.QName(field).localname, field.text or ""
        if len(field) or field.attrib or name in answers or len(value) > _LONGEST_ANSWER:
            raise PayloadRefused(ExchangeCode.SCHEMA, f"/application/form/{name}: one answer of plain text")
        answers[name] = value
    return answers


def _attachment(element: etree._Element) -> Attachment:
    values = {etree.QName(child).localname: child.text or "" for child in element}
    return Attachment(
        document=values["document"],
        name=values["name"],
        media_type=values["mediaType"],
        size=int(values["size"]),
        sha256=values["sha256"],
    )
