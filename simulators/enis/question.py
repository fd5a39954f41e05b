"""The question as the notary system reads it, judged by the schema before anything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.shep.faults import FaultCode
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.refusal import Refused
from simulators.enis.answer import NAMESPACE
from simulators.faults.payload import check_by_schema, parse_payload


@dataclass(frozen=True, slots=True)
class Question:
    """Which power of attorney is asked for: the one of a number, or those that one party gave to another."""

    request_id: str
    number: str | None
    attested_on: date | None
    principal: str | None
    representative: str | None


def read_question(payload: Payload | None) -> Question:
    """Read `powerOfAttorneyRequest`; raises `Refused` with SCE001."""
    root = parse_payload(payload, PayloadForm.ESCAPED, PayloadForm.CDATA)
    check_by_schema(root, "enis/enis.xsd")
    if root.tag != f"{{{NAMESPACE}}}powerOfAttorneyRequest":
        raise Refused(FaultCode.WRONG_FORMAT, "powerOfAttorneyRequest is expected")
    return Question(
        request_id=root.findtext("requestId", ""),
        number=root.findtext("byNumber/number"),
        attested_on=_day(root.findtext("byNumber/attestedOn")),
        principal=root.findtext("byParties/principal"),
        representative=root.findtext("byParties/representative"),
    )


def _day(written: str | None) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written.strip()[:10])
    except ValueError as error:
        raise Refused(FaultCode.WRONG_FORMAT, "attestedOn is no day") from error
