"""The answer as the registry writes it: `responseDataType` with an organisation of the synthetic population."""

from __future__ import annotations

from datetime import date

from lxml import etree

from gateway.shep.elements import add
from simulators.population import Address, Entry, SyntheticOrganisation, SyntheticPerson

NAMESPACE = "http://gbdulinfobybin_v2.egp.gbdul.tamur.kz"
PROCESSED = Entry("002", "Запрос обработан успешно", "Сұрау сәтті өңделді")
NOT_FOUND = Entry("003", "Сведения о юридическом лице не найдены", "Заңды тұлға туралы мәліметтер табылмады")
REFUSED = Entry("099", "Внутренняя ошибка системы", "Жүйенің ішкі қатесі")
REGISTERED = Entry("1", "Зарегистрирован", "Тіркелген")
LIQUIDATED = Entry("2", "Ликвидирован", "Таратылған")
LEGAL_ENTITY = Entry("1", "Юридическое лицо", "Заңды тұлға")
DEPARTMENT = Entry("1", "Управление юстиции", "Әділет басқармасы")
HEAD = Entry("1", "Руководитель", "Басшы")
_ZONE = "+06:00"


def build_answer(organisation: SyntheticOrganisation | None, *, head: SyntheticPerson | None, result: Entry) -> bytes:
    """Return the answer without a signature."""
    root = etree.Element(f"{{{NAMESPACE}}}responseDataType", nsmap={"ns3": NAMESPACE})
    _entry(root, "Status", result)
    if organisation is not None:
        _organisation(etree.SubElement(root, "Organization"), organisation, head)
    return etree.tostring(root, encoding="UTF-8")


def _organisation(element: etree._Element, organisation: SyntheticOrganisation, head: SyntheticPerson | None) -> None:
    closed = organisation.liquidated_on
    add(element, "BIN", organisation.bin)
    _entry(element, "RegStatus", REGISTERED if closed is None else LIQUIDATED)
    _entry(element, "RegistrationDepartment", DEPARTMENT)
    _date(element, "RegistrationDate", organisation.registered_on)
    _date(element, "LiquidationDate", closed)
    add(element, "FullNameRu", organisation.name_ru)
    add(element, "FullNameKz", organisation.name_kk)
    _entry(element, "OrgForm", LEGAL_ENTITY)
    _entry(element, "FormOfLaw", organisation.legal_form)
    add(element, "TaxOrgStatus", "0")
    if head is not None:
        _leader(etree.SubElement(element, "OrganizationLeader"), head)
    activity = etree.SubElement(element, "Activity")
    add(activity, "Main", "1")
    add(activity, "OKED", organisation.activity.code)
    add(activity, "ActivityNameKz", organisation.activity.name_kk)
    add(activity, "ActivityNameRu", organisation.activity.name_ru)
    _address(etree.SubElement(element, "Address"), organisation.address)


def _leader(element: etree._Element, head: SyntheticPerson) -> None:
    position = etree.SubElement(element, "Position")
    _entry(position, "PositionType", HEAD)
    add(element, "IIN", head.iin)
    add(element, "SurName", head.name.surname.upper())
    add(element, "Name", head.name.given.upper())
    add(element, "MiddleName", None if head.name.patronymic is None else head.name.patronymic.upper())


def _address(element: etree._Element, address: Address) -> None:
    place = address.locality
    add(element, "RKA", address.code)
    add(element, "ZIPCode", place.zip_code)
    add(element, "KATO", place.kato)
    add(element, "DistrictRu", place.district.name_ru)
    add(element, "DistrictKz", place.district.name_kk)
    add(element, "RegionRu", place.region.name_ru)
    add(element, "RegionKz", place.region.name_kk)
    add(element, "CityRu", place.city_ru)
    add(element, "CityKz", place.city_kk)
    add(element, "StreetRu", address.street_ru)
    add(element, "StreetKz", address.street_kk)
    add(element, "BuildingNumber", address.building)
    add(element, "AppartmentNumber", address.flat)


def _entry(parent: etree._Element, name: str, entry: Entry) -> None:
    element = etree.SubElement(parent, name)
    add(element, "Code", entry.code)
    add(element, "NameRu", entry.name_ru)
    add(element, "NameKz", entry.name_kk)


def _date(parent: etree._Element, name: str, value: date | None) -> None:
    add(parent, name, None if value is None else value.isoformat() + _ZONE)
