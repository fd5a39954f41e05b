"""The question as the registry reads it, judged by the schema before anything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from lxml import etree

from gateway.eds.errors import XmlRefused
from gateway.eds.xml import XmlLimits, parse
from gateway.shep.faults import FaultCode
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.names import XSI
from gateway.shep.refusal import Refused

LIMITS = XmlLimits(max_bytes=256 * 1024, max_depth=20, max_elements=1_000)
_REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about whom; exactly one of the three criteria is set."""

    message_id: str
    sender_code: str
    iin: str | None
    document_number: str | None
    surname: str | None
    given: str | None
    patronymic: str | None
    birth_date: date | None

    @property
    def subject(self) -> str:
        """The number that faults are looked up by; empty for a search by name."""
        return self.iin or self.document_number or ""


@cache
def registry_schema(name: str) -> etree.XMLSchema:
    """Return a schema of `schemas/registries`, from the installed package or from the source tree."""
    for folder in (_REPOSITORY / "gateway" / "schemas", _REPOSITORY / "schemas"):
        file = folder / "registries" / name
        if file.is_file():
            return etree.XMLSchema(etree.parse(str(file)))
    raise FileNotFoundError(f"schemas/registries/{name} is not installed")


def parse_payload(payload: Payload | None, *forms: PayloadForm) -> etree._Element:
    """Parse the payload of a question; raises `Refused` with SCE001 when it is missing, hostile or in another form."""
    if payload is None or payload.form not in forms:
        raise Refused(FaultCode.WRONG_FORMAT, "the payload must be " + " or ".join(forms))
    try:
        return parse(payload.xml, LIMITS)
    except XmlRefused as error:
        raise Refused(FaultCode.WRONG_FORMAT, str(error)) from error


def check_by_schema(root: etree._Element, name: str) -> None:
    """Raise `Refused` with SCE001 when the document is not of the schema."""
    try:
        registry_schema(name).assertValid(root)
    except etree.DocumentInvalid as error:
        raise Refused(FaultCode.WRONG_FORMAT, str(error)[:500]) from error


def read_question(payload: Payload | None) -> Question:
    """Read `message:Request`, with or without `xsi:type`; raises `Refused` with SCE001."""
    data = parse_payload(payload, PayloadForm.TYPED)
    data.attrib.pop(f"{{{XSI}}}type", "")
    check_by_schema(data, "gbdfl/question.xsd")
    question = Question(
        message_id=data.findtext("messageId", ""),
        sender_code=data.findtext("senderCode", ""),
        iin=data.findtext("iin") or None,
        document_number=data.findtext("documentNumber") or None,
        surname=data.findtext("surname") or None,
        given=data.findtext("name") or None,
        patronymic=data.findtext("patronymic") or None,
        birth_date=_birth_date(data),
    )
    criteria = (question.iin, question.document_number, question.surname or question.given)
    if sum(one is not None for one in criteria) != 1:
        raise Refused(FaultCode.WRONG_FORMAT, "exactly one criterion is wanted: iin, name or documentNumber")
    if criteria[2] is not None and question.birth_date is None:
        raise Refused(FaultCode.WRONG_FORMAT, "a search by name wants birthDate")
    return question


def _birth_date(data: etree._Element) -> date | None:
    written = (data.findtext("birthDate") or "").strip()
    if not written:
        return None
    try:
        return date.fromisoformat(written[:10])
    except ValueError as error:
        raise Refused(FaultCode.WRONG_FORMAT, "nobody was born on birthDate") from error
