"""The question as the registry reads it, judged by the schema before anything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lxml import etree

from gateway.shep.faults import FaultCode
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.names import XSI
from gateway.shep.refusal import Refused
from simulators.faults.payload import check_by_schema, parse_payload


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about whom; exactly one of the three criteria is set.

    A search by name has the first and the last day on which the person may have been born, the same one as a rule.
    """

    message_id: str
    sender_code: str
    iin: str | None
    document_number: str | None
    surname: str | None
    given: str | None
    patronymic: str | None
    born_from: date | None
    born_to: date | None
    token: str = ""
    public_key: str = ""

    @property
    def subject(self) -> str:
        """The number that faults are looked up by; empty for a search by name."""
        return self.iin or self.document_number or ""


def read_question(payload: Payload | None, *, with_token: bool = False) -> Question:
    """Read `message:Request`, with or without `xsi:type`; raises `Refused` with SCE001.

    `with_token` reads what GBDFLUniversal_token takes: the question of either edition, its token without white space.
    """
    data = parse_payload(payload, PayloadForm.TYPED)
    data.attrib.pop(f"{{{XSI}}}type", "")
    check_by_schema(data, "gbdfl/token/question.xsd" if with_token else "gbdfl/question.xsd")
    born = _day(data, "birthDate")
    question = Question(
        message_id=data.findtext("messageId", ""),
        sender_code=data.findtext("senderCode", ""),
        iin=data.findtext("iin") or None,
        document_number=data.findtext("documentNumber") or None,
        surname=data.findtext("surname") or None,
        given=data.findtext("name") or None,
        patronymic=data.findtext("patronymic") or None,
        born_from=born or _day(data, "birthDateFrom"),
        born_to=born or _day(data, "birthDateTo"),
        token="".join(data.findtext("kdpToken", "").split()),
        public_key="".join(data.findtext("publicKey", "").split()),
    )
    criteria = (question.iin, question.document_number, question.surname or question.given)
    if sum(one is not None for one in criteria) != 1:
        raise Refused(FaultCode.WRONG_FORMAT, "exactly one criterion is wanted: iin, name or documentNumber")
    if criteria[2] is not None:
        _check_days(question, data)
    if with_token and not (question.token and question.public_key):
        raise Refused(FaultCode.WRONG_FORMAT, "kdpToken and publicKey are wanted")
    return question


def _check_days(question: Question, data: etree._Element) -> None:
    if data.findtext("birthDate") and (data.findtext("birthDateFrom") or data.findtext("birthDateTo")):
        raise Refused(FaultCode.WRONG_FORMAT, "birthDate and a range of birth dates are not wanted together")
    if question.born_from is None or question.born_to is None:
        raise Refused(FaultCode.WRONG_FORMAT, "a search by name wants birthDate, or birthDateFrom and birthDateTo")
    if question.born_from > question.born_to:
        raise Refused(FaultCode.WRONG_FORMAT, "birthDateFrom is after birthDateTo")


def _day(data: etree._Element, name: str) -> date | None:
    written = (data.findtext(name) or "").strip()
    if not written:
        return None
    try:
        return date.fromisoformat(written[:10])
    except ValueError as error:
        raise Refused(FaultCode.WRONG_FORMAT, f"nobody was born on {name}") from error
