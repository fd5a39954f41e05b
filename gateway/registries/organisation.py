"""An organisation as ГБД ЮЛ describes one (element names in `schemas/registries/gbdul/gbdul.xsd`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.identity.numbers import Bin
from gateway.registries.outcome import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """The head of an organisation; `iin` as the registry wrote it, since a foreigner may have none."""

    iin: str | None
    surname: str | None
    name: str | None
    patronymic: str | None
    position: Entry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A kind of activity by its ОКЭД code."""

    main: bool
    oked: str | None
    name_kk: str
    name_ru: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAddress:
    """Where an organisation is; `code` is of the address register."""

    code: str | None
    zip_code: str | None
    kato: str | None
    district_kk: str | None
    district_ru: str | None
    region_kk: str | None
    region_ru: str | None
    city_kk: str
    city_ru: str
    street_kk: str | None
    street_ru: str | None
    building: str | None
    room: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """What ГБД ЮЛ knows of an organisation, as far as services here read it."""

    bin: Bin
    status: Entry
    department: Entry
    registered_on: date
    registered_anew_on: date | None
    liquidated_on: date | None
    name_kk: str
    name_ru: str
    short_name_kk: str | None
    short_name_ru: str | None
    form: Entry
    legal_form: Entry | None
    dormant: bool
    leader: Leader | None
    activities: tuple[Activity, ...]
    address: OfficeAddress | None
