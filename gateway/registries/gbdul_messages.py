"""The question to ГБД ЮЛ and its answer, signed documents that travel as escaped strings (shep.md, section 5)."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from gateway.identity.numbers import Bin, NumberError
from gateway.registries.organisation import Activity, Leader, OfficeAddress, Organisation
from gateway.registries.outcome import Entry
from gateway.registries.reading import entry_of_gbdul, items, optional_date, read_date, read_flag
from gateway.shep.elements import Malformed, add, child, optional_text, text

SERVICE_ID = "GbdulInfoByBin_v2"
NAMESPACE = "http://gbdulinfobybin_v2.egp.gbdul.tamur.kz"
SUCCESS = "002"
NOT_FOUND = "003"
"""Our invention: of the status codes the facts have only 002."""
ANSWER_ROOTS = frozenset({f"{{{NAMESPACE}}}responseDataType", f"{{{NAMESPACE}}}Response"})
"""Both names are seen on the wire."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`Response`."""

    status: Entry
    organisation: Organisation | None


def build_question(asked: Bin, *, requestor: Bin) -> bytes:
    """Return the `Request` that is signed and then sent as a string; `requestor` owns the asking system."""
    root = etree.Element(f"{{{NAMESPACE}}}Request", nsmap={"ns2": NAMESPACE})
    add(root, "RequestorBIN", requestor)
    add(root, "BIN", asked)
    return etree.tostring(root, encoding="UTF-8")


def read_answer(root: etree._Element) -> Answer:
    """Read the answer under either of its root names; raises `Malformed`."""
    if root.tag not in ANSWER_ROOTS:
        raise Malformed(root, "responseDataType is expected")
    organisation = child(root, "Organization", required=False)
    return Answer(
        status=entry_of_gbdul(child(root, "Status")),
        organisation=None if organisation is None else _organisation(organisation),
    )


def _organisation(element: etree._Element) -> Organisation:
    leader = child(element, "OrganizationLeader", required=False)
    address = child(element, "Address", required=False)
    return Organisation(
        bin=_bin(element),
        status=entry_of_gbdul(child(element, "RegStatus")),
        department=entry_of_gbdul(child(element, "RegistrationDepartment")),
        registered_on=read_date(element, "RegistrationDate"),
        registered_anew_on=optional_date(element, "RegistrationLastDate"),
        liquidated_on=optional_date(element, "LiquidationDate"),
        name_kk=text(element, "FullNameKz"),
        name_ru=text(element, "FullNameRu"),
        short_name_kk=optional_text(element, "ShortNameKz"),
        short_name_ru=optional_text(element, "ShortNameRu"),
        form=entry_of_gbdul(child(element, "OrgForm")),
        legal_form=_optional_entry(element, "FormOfLaw"),
        dormant=read_flag(element, "TaxOrgStatus"),
        leader=None if leader is None else _leader(leader),
        activities=tuple(_activity(each) for each in items(element, "Activity")),
        address=None if address is None else _address(address),
    )


def _bin(element: etree._Element) -> Bin:
    try:
        return Bin.parse(text(element, "BIN"))
    except NumberError as error:
        raise Malformed(element, f"BIN is not a BIN: {error.code}") from error


def _leader(element: etree._Element) -> Leader:
    position = child(element, "Position", required=False)
    return Leader(
        iin=optional_text(element, "IIN"),
        surname=optional_text(element, "SurName"),
        name=optional_text(element, "Name"),
        patronymic=optional_text(element, "MiddleName"),
        position=None if position is None else _optional_entry(position, "PositionType"),
    )


def _activity(element: etree._Element) -> Activity:
    return Activity(
        main=read_flag(element, "Main"),
        oked=optional_text(element, "OKED"),
        name_kk=text(element, "ActivityNameKz"),
        name_ru=text(element, "ActivityNameRu"),
    )


def _address(element: etree._Element) -> OfficeAddress:
    return OfficeAddress(
        code=optional_text(element, "RKA"),
        zip_code=optional_text(element, "ZIPCode"),
        kato=optional_text(element, "KATO"),
        district_kk=optional_text(element, "DistrictKz"),
        district_ru=optional_text(element, "DistrictRu"),
        region_kk=optional_text(element, "RegionKz"),
        region_ru=optional_text(element, "RegionRu"),
        city_kk=text(element, "CityKz"),
        city_ru=text(element, "CityRu"),
        street_kk=optional_text(element, "StreetKz"),
        street_ru=optional_text(element, "StreetRu"),
        building=optional_text(element, "BuildingNumber"),
        room=optional_text(element, "OfficeNumber") or optional_text(element, "AppartmentNumber"),
    )


def _optional_entry(parent: etree._Element, name: str) -> Entry | None:
    found = child(parent, name, required=False)
    return None if found is None else entry_of_gbdul(found)
