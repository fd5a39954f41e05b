"""The question as КДП reads it: judged by the schema, its organisation's token by the organisation's own key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.eds.jws import TokenRefused, read_token, seconds
from gateway.shep.faults import FaultCode
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.names import XSI
from gateway.shep.refusal import Refused
from simulators.faults.payload import check_by_schema, parse_payload
from simulators.kdp.tokens import Company

SHORTEST_LIFE = timedelta(seconds=1)
LONGEST_LIFE = timedelta(days=365)
CLOCK_SKEW = timedelta(minutes=5)
"""By which an organisation's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whose consent is wanted by whom, to what, and for how long."""

    uin: str
    company: str
    company_bin: str
    access_name: str
    personal_data_name: str
    life_time: timedelta
    omit_sms: bool
    ovt: str = field(repr=False)


def read_question(payload: Payload | None) -> Question:
    """Read a question; raises `Refused` with SCE001."""
    data = parse_payload(payload, PayloadForm.TYPED)
    data.attrib.pop(f"{{{XSI}}}type", "")
    check_by_schema(data, "kdp/question.xsd")
    life_time = int(data.findtext("expiresIn", ""))
    if not SHORTEST_LIFE // timedelta(milliseconds=1) <= life_time <= LONGEST_LIFE // timedelta(milliseconds=1):
        raise Refused(FaultCode.WRONG_FORMAT, "expiresIn is a second at least and a year at most")
    return Question(
        uin=data.findtext("uin", ""),
        company=data.findtext("company", "").strip(),
        company_bin=data.findtext("company_bin", ""),
        access_name=data.findtext("access_name", "").strip(),
        personal_data_name=data.findtext("personal_data_name", "").strip(),
        life_time=timedelta(milliseconds=life_time),
        omit_sms=data.findtext("omit-sms", "").strip() in {"true", "1"},
        ovt="".join(data.findtext("ovt", "").split()),
    )


def check_organisation(question: Question, company: Company | None, now: datetime) -> None:
    """Check that the asking system's organisation asks, and for itself; raises `Refused`.

    SCE017 without a token, SCE016 when it or the BIN is not the organisation's, SCE015 when it is out of date.
    """
    # (1) There is a token at all.
    if not question.ovt:
        raise Refused(FaultCode.BUSINESS_SIGNATURE_ABSENT, "ovt is missing")
    # (2) It is signed by the key of the system that asks, which belongs to the organisation of company_bin.
    if company is None or question.company_bin != company.bin:
        raise Refused(FaultCode.BUSINESS_SIGNATURE_WRONG, "company_bin is not the asking system's")
    try:
        claims = read_token(question.ovt, company.certificate.key_info)
        issued, expires = seconds(claims, "iat"), seconds(claims, "exp")
    except TokenRefused as error:
        raise Refused(FaultCode.BUSINESS_SIGNATURE_WRONG, f"ovt: {error}") from error
    if claims.get("cbin") != company.bin or not isinstance(claims.get("mcheck"), str):
        raise Refused(FaultCode.BUSINESS_SIGNATURE_WRONG, "ovt: cbin or mcheck")
    # (3) It is good now.
    if not issued - CLOCK_SKEW.total_seconds() <= now.timestamp() < expires:
        raise Refused(FaultCode.BUSINESS_CERTIFICATE_NOT_ACTUAL, "ovt is out of date")
