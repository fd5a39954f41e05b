"""The question to КДП (control of access to personal data) and its answer, as they stand in `data`.

The fields of the question are known, and of the answer `status`, `code` (the token) and `public-key`; what `status` may
say is our invention.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from lxml import etree

from gateway.identity.numbers import Bin, Iin
from gateway.shep.elements import Malformed, add, optional_text, text

SERVICE_ID = "KDP_SERVICE"
NAMESPACE = "http://service.2fa-chain.kz/ns/kdp"
ACCESS_TO_GBDFL = "GBDFLUniversal_token"
"""What `access_name` says when the token is for ГБД ФЛ."""
SHORTEST_LIFE = timedelta(seconds=1)
LONGEST_LIFE = timedelta(days=365)


class Checked(StrEnum):
    """How the asking organisation has made sure who the person is (`mcheck`); in the facts only `Bio` is seen."""

    BIOMETRY = "Bio"
    SIGNATURE = "Eds"
    DOCUMENT = "Doc"


class Status(StrEnum):
    """Values of `status`."""

    VALID = "VALID"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    NOT_FOUND = "NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Company:
    """Who asks for the consent: the organisation that owns the asking system."""

    bin: Bin
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentQuestion:
    """Whose consent is wanted, to what, and for how long.

    `omit_sms` asks that the person be not sent a message; КДП may send one all the same. `responsible` is the body for
    whose service the data are needed, `employee` the name of whoever asks.
    """

    person: Iin
    responsible: str
    employee: str
    life_time: timedelta
    checked: Checked
    access: str = ACCESS_TO_GBDFL
    personal_data: str = "-"
    omit_sms: bool = False

    def __post_init__(self) -> None:
        if not SHORTEST_LIFE <= self.life_time <= LONGEST_LIFE:
            raise ValueError("a consent lasts for a second at least and for a year at most")


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` of the answer; token and key are there when the status is VALID."""

    status: str
    token: str
    public_key: str


def build_question(question: ConsentQuestion, company: Company, ovt: str) -> bytes:
    """Return `data`; `ovt` is the organisation's signed token."""
    data = etree.Element("data")
    add(data, "uin", question.person)
    add(data, "company", company.name)
    add(data, "company_bin", company.bin)
    add(data, "company_responsible", question.responsible)
    add(data, "employee_name", question.employee)
    add(data, "access_name", question.access)
    add(data, "personal_data_name", question.personal_data)
    add(data, "expiresIn", str(question.life_time // timedelta(milliseconds=1)))
    add(data, "omit-sms", "true" if question.omit_sms else "false")
    add(data, "ovt", ovt)
    return etree.tostring(data, encoding="UTF-8")


def read_answer(data: etree._Element) -> Answer:
    """Read `data`, qualified or not, since both are seen; white space in token and key is passed over.

    Raises `Malformed`, also for a valid consent without them.
    """
    qualified = f"{{{NAMESPACE}}}"
    for element in data.iter(f"{qualified}*"):
        element.tag = str(element.tag)[len(qualified) :]
    answer = Answer(text(data, "status"), _joined(data, "code"), _joined(data, "public-key"))
    if answer.status == Status.VALID and not (answer.token and answer.public_key):
        raise Malformed(data, "a consent without code or public-key")
    return answer


def _joined(data: etree._Element, name: str) -> str:
    return "".join((optional_text(data, name) or "").split())
