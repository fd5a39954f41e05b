"""The answer as the registry writes it: `responseDataType` with an organisation of the synthetic population."""

from __future__ import annotations

from datetime import date

from lxml import etree

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
    _text(element, "BIN", organisation.bin)
    _entry(element, "RegStatus", REGISTERED if closed is None else LIQUIDATED)
    _entry(element, "RegistrationDepartment", DEPARTMENT)
    _date(element, "RegistrationDate", organisation.registered_on)
    _date(element, "LiquidationDate", closed)
    _text(element, "FullNameRu", organisation.name_ru)
    _text(element, "FullNameKz", organisation.name_kk)
    _entry(element, "OrgForm", LEGAL_ENTITY)
    _entry(element, "FormOfLaw", organisation.legal_form)
    _text(element, "TaxOrgStatus", "0")
    if head is not None:
        _leader(etree.SubElement(element, "OrganizationLeader"), head)
    activity = etree.SubElement(element, "Activity")
    _text(activity, "Main", "1")
    _text(activity, "OKED", organisation.activity.code)
    _text(activity, "ActivityNameKz", organisation.activity.name_kk)
    _text(activity, "ActivityNameRu", organisation.activity.name_ru)
    _address(etree.SubElement(element, "Address"), organisation.address)


def _leader(element: etree._Element, head: SyntheticPerson) -> None:
    position = etree.SubElement(element, "Position")
    _entry(position, "PositionType", HEAD)
    _text(element, "IIN", head.iin)
    _text(element, "SurName", head.name.surname.upper())
    _text(element, "Name", head.name.given.upper())
    _text(element, "MiddleName", None if head.name.patronymic is None else head.name.patronymic.upper())


def _address(element: etree._Element, address: Address) -> None:
    place = address.locality
    _text(element, "RKA", address.code)
    _text(element, "ZIPCode", place.zip_code)
    _text(element, "KATO", place.kato)
    _text(element, "DistrictRu", place.district.name_ru)
    _text(element, "DistrictKz", place.district.name_kk)
    _text(element, "RegionRu", place.region.name_ru)
    _text(element, "RegionKz", place.region.name_kk)
    _text(element, "CityRu", place.city_ru)
    _text(element, "CityKz", place.city_kk)
    _text(element, "StreetRu", address.street_ru)
    _text(element, "StreetKz", address.street_kk)
    _text(element, "BuildingNumber", address.building)
    _text(element, "AppartmentNumber", address.flat)


def _entry(parent: etree._Element, name: str, entry: Entry) -> None:
    element = etree.SubElement(parent, name)
    _text(element, "Code", entry.code)
    _text(element, "NameRu", entry.name_ru)
    _text(element, "NameKz", entry.name_kk)


def _date(parent: etree._Element, name: str, value: date | None) -> None:
    _text(parent, name, None if value is None else value.isoformat() + _ZONE)


def _text(parent: etree._Element, name: str, value: str | None) -> None:
    if value is not None:
        etree.SubElement(parent, name).text = value
