"""The answer as the notary system writes it: `powerOfAttorneyResponse` with powers of the synthetic population."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.clock import ALMATY
from gateway.shep.elements import add, moment
from simulators.population import Entry, Population
from simulators.population.powers import SyntheticPower

NAMESPACE = "urn:qyzmet:simulation:enis:1"
PROCESSED = Entry("00000", "Запрос обработан успешно", "Сұрау сәтті өңделді")
NOT_FOUND = Entry("00001", "Доверенность не найдена", "Сенімхат табылмады")
REFUSED = Entry("00099", "Внутренняя ошибка системы", "Жүйенің ішкі қатесі")
_ZONE = ZoneInfo(ALMATY)


def build_answer(
    powers: Iterable[SyntheticPower],
    population: Population,
    *,
    result: Entry,
    response_id: str,
    request_id: str,
    at: datetime,
) -> bytes:
    """Return the answer without a signature; the states are those of the moment `at`."""
    root = etree.Element(f"{{{NAMESPACE}}}powerOfAttorneyResponse", nsmap={"e": NAMESPACE})
    add(root, "responseId", response_id)
    add(root, "responseDate", moment(at))
    add(root, "requestId", request_id)
    _entry(root, "result", result)
    for power in powers:
        _power(etree.SubElement(root, "powerOfAttorney"), power, population, at)
    return etree.tostring(root, encoding="UTF-8")


def state_of(power: SyntheticPower, at: datetime) -> str:
    """Return the state at a moment; days are those of Almaty, the last one is a day of validity still."""
    today = at.astimezone(_ZONE).date()
    if power.revoked_at is not None and power.revoked_at <= at:
        return "REVOKED"
    if today < power.valid_from:
        return "NOT_YET_VALID"
    return "VALID" if today <= power.valid_until else "EXPIRED"


def _power(element: etree._Element, power: SyntheticPower, population: Population, at: datetime) -> None:
    add(element, "number", power.number)
    add(element, "attestedOn", power.attested_on.isoformat())
    notary = etree.SubElement(element, "notary")
    add(notary, "nameRu", power.notary.name_ru)
    add(notary, "nameKz", power.notary.name_kk)
    add(notary, "licence", power.notary.licence)
    _entry(notary, "region", power.notary.region)
    for principal in power.principals:
        _party(etree.SubElement(element, "principal"), principal, population)
    for representative in power.representatives:
        _party(etree.SubElement(element, "representative"), representative, population)
    for scope in power.scopes:
        _entry(element, "scope", scope)
    add(element, "validFrom", power.valid_from.isoformat())
    add(element, "validUntil", power.valid_until.isoformat())
    add(element, "state", state_of(power, at))
    if power.revoked_at is not None and power.revoked_at <= at:
        add(element, "revokedAt", moment(power.revoked_at))


def _party(element: etree._Element, number: str, population: Population) -> None:
    organisation = population.organisation(number)
    person = population.person(number)
    add(element, "iin" if organisation is None else "bin", number)
    if organisation is not None:
        names = organisation.name_ru, organisation.name_kk
    else:
        names = ("-", "-") if person is None else (person.name_ru.full.upper(), person.name.full.upper())
    add(element, "nameRu", names[0])
    add(element, "nameKz", names[1])


def _entry(parent: etree._Element, name: str, entry: Entry) -> None:
    element = etree.SubElement(parent, name)
    add(element, "code", entry.code)
    add(element, "nameRu", entry.name_ru)
    add(element, "nameKz", entry.name_kk)
