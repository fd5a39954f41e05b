"""The question to БНАЖ/ЕНИС and its answer, documents that travel as escaped strings; all of it our invention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from gateway.identity.numbers import Bin, Iin, NumberError
from gateway.registries.outcome import Entry
from gateway.registries.powers import Notary, Party, PowerOfAttorney, PowerState
from gateway.registries.reading import entry_of_gbdfl, items, read_date
from gateway.shep.elements import Malformed, add, child, choice, moment, optional_text, read_moment, text

SERVICE_ID = "QYZMET_ENIS_PowerOfAttorney"
NAMESPACE = "urn:qyzmet:simulation:enis:1"
SUCCESS = "00000"
NOT_FOUND = "00001"
MAX_REGISTER_NUMBER = 40
_ROOT = f"{{{NAMESPACE}}}powerOfAttorneyResponse"


@dataclass(frozen=True, slots=True)
class ByNumber:
    """Search by the number in the register, and by the day of attestation when it is known."""

    number: str
    attested_on: date | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.number) <= MAX_REGISTER_NUMBER or not self.number.isprintable():
            raise ValueError(f"a register number has 1 to {MAX_REGISTER_NUMBER} characters")


@dataclass(frozen=True, slots=True)
class ByParties:
    """Search for what a principal gave to a representative."""

    principal: Iin | Bin
    representative: Iin


Criterion = ByNumber | ByParties


@dataclass(frozen=True, slots=True)
class Answer:
    """`powerOfAttorneyResponse`."""

    request_id: str
    result: Entry
    powers: tuple[PowerOfAttorney, ...]


def build_question(criterion: Criterion, *, request_id: str, at: datetime) -> bytes:
    """Return `powerOfAttorneyRequest`, which is sent as a string."""
    root = etree.Element(f"{{{NAMESPACE}}}powerOfAttorneyRequest", nsmap={"e": NAMESPACE})
    add(root, "requestId", request_id)
    add(root, "requestDate", moment(at))
    match criterion:
        case ByNumber(number, attested_on):
            part = etree.SubElement(root, "byNumber")
            add(part, "number", number)
            add(part, "attestedOn", None if attested_on is None else attested_on.isoformat())
        case ByParties(principal, representative):
            part = etree.SubElement(root, "byParties")
            add(part, "principal", principal)
            add(part, "representative", representative)
    return etree.tostring(root, encoding="UTF-8")


def read_answer(root: etree._Element) -> Answer:
    """Read the answer; raises `Malformed`."""
    if root.tag != _ROOT:
        raise Malformed(root, "powerOfAttorneyResponse is expected")
    return Answer(
        request_id=text(root, "requestId"),
        result=entry_of_gbdfl(child(root, "result")),
        powers=tuple(_power(each) for each in items(root, "powerOfAttorney")),
    )


def _power(element: etree._Element) -> PowerOfAttorney:
    state = choice(element, "state", PowerState)
    revoked = optional_text(element, "revokedAt") is not None
    if revoked != (state is PowerState.REVOKED):
        raise Malformed(element, "state and revokedAt contradict one another")
    return PowerOfAttorney(
        number=text(element, "number"),
        attested_on=read_date(element, "attestedOn"),
        notary=_notary(child(element, "notary")),
        principals=_parties(element, "principal"),
        representatives=_parties(element, "representative"),
        scopes=tuple(entry_of_gbdfl(each) for each in items(element, "scope")),
        valid_from=read_date(element, "validFrom"),
        valid_until=read_date(element, "validUntil"),
        stated=state,
        revoked_at=read_moment(element, "revokedAt") if revoked else None,
    )


def _notary(element: etree._Element) -> Notary:
    return Notary(
        name_kk=text(element, "nameKz"),
        name_ru=text(element, "nameRu"),
        licence=text(element, "licence"),
        region=entry_of_gbdfl(child(element, "region")),
    )


def _parties(element: etree._Element, name: str) -> tuple[Party, ...]:
    found = tuple(_party(each) for each in items(element, name))
    if not found:
        raise Malformed(element, f"{name} is missing")
    return found


def _party(element: etree._Element) -> Party:
    iin, bin_ = optional_text(element, "iin"), optional_text(element, "bin")
    if (iin is None) == (bin_ is None):
        raise Malformed(element, "either iin or bin is expected")
    try:
        number = Iin.parse(iin) if iin is not None else Bin.parse(bin_ or "")
    except NumberError as error:
        raise Malformed(element, f"no IIN or BIN: {error.code}") from error
    return Party(number=number, name_kk=text(element, "nameKz"), name_ru=text(element, "nameRu"))
