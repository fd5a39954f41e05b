"""The question to ГБД ФЛ and its answer, as they stand in `data` (facts: shep.md, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from gateway.identity.numbers import Iin, NumberError
from gateway.registries.consent import Consent
from gateway.registries.outcome import Entry
from gateway.registries.person import Address, Capability, IdentityDocument, Person, Place
from gateway.registries.reading import entry_of_gbdfl, listed, optional_date, read_date, read_flag
from gateway.shep.elements import Malformed, add, child, moment, optional_text, text
from gateway.shep.names import XSI

SERVICE_ID = "GBDFL_UniversalServiceSync"
NAMESPACE = "http://message.persistence.interactive.nat"
SUCCESS = "00000"
TOKEN_SERVICE_ID = "GBDFLUniversal_token"  # noqa: S105 (the name of a service)
NOT_FOUND = "00001"
"""Our invention: the facts have no code for an absent person."""
CONSENT_REFUSED = frozenset({"00010", "00011", "00012", "00013", "00014", "00015"})
"""Our invention: the consent is not genuine, expired, for another service, organisation or person, or revoked."""
MAX_MESSAGE_ID = 36


@dataclass(frozen=True, slots=True)
class ByIin:
    """Search by IIN."""

    iin: Iin


@dataclass(frozen=True, slots=True)
class Born:
    """A range of birth dates, both days among them; only the newer edition of the service knows it."""

    earliest: date
    latest: date

    def __post_init__(self) -> None:
        if self.earliest > self.latest:
            raise ValueError("a range of birth dates begins before it ends")


@dataclass(frozen=True, slots=True)
class ByName:
    """Search by name and birth date; the birth date and one of surname and name are obligatory."""

    surname: str | None
    name: str | None
    patronymic: str | None
    birth_date: date | Born

    def __post_init__(self) -> None:
        if not (self.surname or self.name):
            raise ValueError("a search by name needs a surname or a name")


@dataclass(frozen=True, slots=True)
class ByDocument:
    """Search by the number of an identity document other than a birth certificate."""

    number: str


Criterion = ByIin | ByName | ByDocument


@dataclass(frozen=True, slots=True)
class Answer:
    """`message:Response`."""

    message_id: str
    request_id: str
    result: Entry
    people: tuple[Person, ...]


def build_question(
    criterion: Criterion, *, message_id: str, at: datetime, sender_code: str, consent: Consent | None = None
) -> bytes:
    """Return `data` with `message:Request`; fields of one criterion only, as the service wants.

    With a `consent` it is a question to the service that wants one.
    """
    if not 1 <= len(message_id) <= MAX_MESSAGE_ID:
        raise ValueError(f"a message id has 1 to {MAX_MESSAGE_ID} characters")
    data = etree.Element("data", nsmap={"m": NAMESPACE, "xsi": XSI})
    data.set(f"{{{XSI}}}type", "m:Request")
    add(data, "messageId", message_id)
    add(data, "messageDate", moment(at))
    add(data, "senderCode", sender_code)
    match criterion:
        case ByIin(iin):
            add(data, "iin", iin)
        case ByName():
            add(data, "surname", criterion.surname)
            add(data, "name", criterion.name)
            add(data, "patronymic", criterion.patronymic)
            _add_birth_date(data, criterion.birth_date)
        case ByDocument(number):
            add(data, "documentNumber", number)
    if consent is not None:
        add(data, "kdpToken", consent.token)
        add(data, "publicKey", consent.public_key)
    return etree.tostring(data, encoding="UTF-8")


def _add_birth_date(data: etree._Element, born: date | Born) -> None:
    if isinstance(born, Born):
        add(data, "birthDateFrom", born.earliest.isoformat())
        add(data, "birthDateTo", born.latest.isoformat())
    else:
        add(data, "birthDate", born.isoformat())


def read_answer(data: etree._Element) -> Answer:
    """Read `data` with `message:Response`; raises `Malformed`."""
    return Answer(
        message_id=text(data, "messageId"),
        request_id=text(data, "requestId"),
        result=entry_of_gbdfl(child(data, "messageResult")),
        people=tuple(_person(each) for each in listed(data, "persons", "person")),
    )


def _person(element: etree._Element) -> Person:
    address = child(element, "regAddress", required=False)
    capable = child(element, "personCapableStatus", required=False)
    excluded = child(element, "excludeStatus", required=False)
    return Person(
        iin=_iin(element),
        surname=optional_text(element, "surname"),
        name=optional_text(element, "name"),
        patronymic=optional_text(element, "patronymic"),
        latin_name=optional_text(element, "engFirstName"),
        latin_surname=optional_text(element, "engSurname"),
        birth_date=read_date(element, "birthDate"),
        death_date=optional_date(element, "deathDate"),
        sex=entry_of_gbdfl(child(element, "gender")),
        nationality=entry_of_gbdfl(child(element, "nationality")),
        citizenship=entry_of_gbdfl(child(element, "citizenship")),
        life_status=entry_of_gbdfl(child(element, "lifeStatus")),
        birth_place=_birth_place(child(element, "birthPlace")),
        address=None if address is None else _address(address),
        capability=None if capable is None else _capability(capable),
        exclusion=None if excluded is None else entry_of_gbdfl(child(excluded, "excludeReason")),
        documents=tuple(_document(each) for each in listed(element, "documents", "document")),
        other_addresses=tuple(_address(each) for each in listed(element, "addresses", "address")),
        removed=read_flag(element, "removed"),
    )


def _iin(element: etree._Element) -> Iin:
    try:
        return Iin.parse(text(element, "iin"))
    except NumberError as error:
        raise Malformed(element, f"iin is not an IIN: {error.code}") from error


def _birth_place(element: etree._Element) -> Place:
    foreign = child(element, "foreignData", required=False)
    return Place(
        country=_optional_entry(element, "country"),
        district=_optional_entry(element, "district"),
        region=_optional_entry(element, "region"),
        foreign_district=None if foreign is None else optional_text(foreign, "districtName"),
        foreign_region=None if foreign is None else optional_text(foreign, "regionName"),
        city=optional_text(element, "city"),
        code=optional_text(element, "birthTeCodeAR"),
    )


def _address(element: etree._Element) -> Address:
    foreign = child(element, "foreignData", required=False)
    return Address(
        country=_optional_entry(element, "country"),
        district=_optional_entry(element, "district"),
        region=_optional_entry(element, "region"),
        foreign_district=None if foreign is None else optional_text(foreign, "districtName"),
        foreign_region=None if foreign is None else optional_text(foreign, "regionName"),
        city=optional_text(element, "city"),
        street=optional_text(element, "street"),
        building=optional_text(element, "building"),
        corpus=optional_text(element, "corpus"),
        flat=optional_text(element, "flat"),
        since=optional_date(element, "beginDate"),
        until=optional_date(element, "endDate"),
        status=_optional_entry(element, "status"),
        invalidity=_optional_entry(element, "invalidity"),
        kind=_optional_entry(element, "type"),
        code=optional_text(element, "arCode"),
    )


def _capability(element: etree._Element) -> Capability:
    return Capability(
        status=entry_of_gbdfl(child(element, "capableStatus")),
        since=read_date(element, "capableDate"),
        until=optional_date(element, "capableEndDate"),
        case_number=text(element, "capableNumber"),
        court=entry_of_gbdfl(child(element, "court")),
    )


def _document(element: etree._Element) -> IdentityDocument:
    return IdentityDocument(
        kind=entry_of_gbdfl(child(element, "type")),
        number=text(element, "number"),
        series=optional_text(element, "series"),
        issued_on=read_date(element, "beginDate"),
        valid_until=optional_date(element, "endDate"),
        issuer=entry_of_gbdfl(child(element, "issueOrganization")),
        status=entry_of_gbdfl(child(element, "status")),
        invalid_since=optional_date(element, "invalidityDate"),
        surname=optional_text(element, "surname"),
        name=optional_text(element, "name"),
        patronymic=optional_text(element, "patronymic"),
        birth_date=read_date(element, "birthDate"),
    )


def _optional_entry(parent: etree._Element, name: str) -> Entry | None:
    found = child(parent, name, required=False)
    return None if found is None else entry_of_gbdfl(found)
