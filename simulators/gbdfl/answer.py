"""The answer as the registry writes it: `message:Response` with people of the synthetic population."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from lxml import etree

from gateway.shep.elements import add, moment
from gateway.shep.names import XSI
from simulators.population import Address, Entry, IdentityDocument, Locality, SyntheticPerson
from simulators.population import dictionaries as words

PROCESSED = Entry("00000", "Сообщение успешно обработано", "Хабарлама сәтті өңделді")
NOT_FOUND = Entry("00001", "Сведения о физическом лице не найдены", "Жеке тұлға туралы мәліметтер табылмады")
TOO_MANY = Entry("00002", "Найдено слишком много физических лиц", "Тым көп жеке тұлға табылды")
REFUSED = Entry("00099", "Внутренняя ошибка системы", "Жүйенің ішкі қатесі")
REGISTRY = Entry("GBDFL", "ГБД Физические лица", '"Жеке тұлғалар" МДҚ')
_CHANGED = "2013-09-19T09:45:40+06:00"


def build_answer(
    people: Iterable[SyntheticPerson], *, result: Entry, message_id: str, request_id: str, asker: str, at: datetime
) -> bytes:
    """Return `data` without a signature."""
    data = etree.Element("data")
    add(data, "messageId", message_id)
    add(data, "messageDate", moment(at))
    add(data, "requestId", request_id)
    _entry(data, "sender", REGISTRY, changed=False)
    _entry(data, "receiver", Entry(asker, "Система-отправитель", "Жіберуші жүйе"), changed=False)
    _entry(data, "messageResult", result, changed=False)
    found = list(people)
    if found:
        persons = etree.SubElement(data, "persons")
        for person in found:
            _person(etree.SubElement(persons, "person"), person)
    return etree.tostring(data, encoding="UTF-8")


def _person(element: etree._Element, person: SyntheticPerson) -> None:
    surname, given = person.name_latin
    add(element, "iin", person.iin)
    add(element, "surname", person.name.surname.upper())
    add(element, "name", person.name.given.upper())
    add(element, "patronymic", None if person.name.patronymic is None else person.name.patronymic.upper())
    add(element, "engFirstName", given)
    add(element, "engSurname", surname)
    _date(element, "birthDate", person.birth_date)
    _date(element, "deathDate", person.death_date)
    _entry(element, "gender", words.SEXES[person.sex])
    _entry(element, "nationality", person.nationality)
    _entry(element, "citizenship", person.citizenship)
    _entry(element, "lifeStatus", words.ALIVE if person.death_date is None else words.DEAD)
    _place(etree.SubElement(element, "birthPlace"), person.birth_place)
    if person.address is not None:
        _address(etree.SubElement(element, "regAddress"), person.address)
    documents = etree.SubElement(element, "documents")
    for document in person.documents:
        _document(etree.SubElement(documents, "document"), document, person)
    etree.SubElement(element, "addresses")


def _place(element: etree._Element, place: Locality) -> None:
    _entry(element, "country", words.KAZAKHSTAN)
    _entry(element, "district", place.district)
    _entry(element, "region", place.region)
    add(element, "city", place.city_ru)


def _address(element: etree._Element, address: Address) -> None:
    _place(element, address.locality)
    add(element, "street", address.street_ru.upper())
    add(element, "building", address.building)
    add(element, "flat", address.flat)
    _date(element, "beginDate", address.since)
    _entry(element, "status", words.REGISTERED)
    _entry(element, "invalidity", words.NOT_INVALID)
    add(element, "arCode", address.code)


def _document(element: etree._Element, document: IdentityDocument, person: SyntheticPerson) -> None:
    _entry(element, "type", document.kind)
    add(element, "number", document.number)
    _date(element, "beginDate", document.issued_on)
    _date(element, "endDate", document.valid_until)
    _entry(element, "issueOrganization", document.issuer)
    _entry(element, "status", document.status)
    _date(element, "invalidityDate", document.invalid_since)
    add(element, "surname", person.name.surname.upper())
    add(element, "name", person.name.given.upper())
    add(element, "patronymic", None if person.name.patronymic is None else person.name.patronymic.upper())
    _date(element, "birthDate", person.birth_date)


def _entry(parent: etree._Element, name: str, entry: Entry, *, changed: bool = True) -> None:
    element = etree.SubElement(parent, name)
    add(element, "code", entry.code)
    add(element, "nameRu", entry.name_ru)
    add(element, "nameKz", entry.name_kk)
    if changed:
        add(element, "changeDate", _CHANGED)
    else:
        etree.SubElement(element, "changeDate", {f"{{{XSI}}}nil": "true"}, nsmap={"xsi": XSI})


def _date(parent: etree._Element, name: str, value: date | None) -> None:
    add(parent, name, None if value is None else value.isoformat())
