"""A person as ГБД ФЛ describes one (element names in `schemas/registries/gbdfl/person.xsd`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.identity.numbers import Iin
from gateway.registries.outcome import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of birth or an address down to the settlement; `code` is of the address register."""

    country: Entry | None = None
    district: Entry | None = None
    region: Entry | None = None
    foreign_district: str | None = None
    foreign_region: str | None = None
    city: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Place):
    """An address; the registered one has `status` and `invalidity`, any other has `kind`."""

    street: str | None = None
    building: str | None = None
    corpus: str | None = None
    flat: str | None = None
    since: date | None = None
    until: date | None = None
    status: Entry | None = None
    invalidity: Entry | None = None
    kind: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDocument:
    """An identity document with the name as it was at issue."""

    kind: Entry
    number: str
    series: str | None
    issued_on: date
    valid_until: date | None
    issuer: Entry
    status: Entry
    invalid_since: date | None
    surname: str | None
    name: str | None
    patronymic: str | None
    birth_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """A court's decision on legal capacity."""

    status: Entry
    since: date
    until: date | None
    case_number: str
    court: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What ГБД ФЛ knows of a person, as far as services here read it."""

    iin: Iin
    surname: str | None
    name: str | None
    patronymic: str | None
    latin_name: str | None
    latin_surname: str | None
    birth_date: date
    death_date: date | None
    sex: Entry
    nationality: Entry
    citizenship: Entry
    life_status: Entry
    birth_place: Place
    address: Address | None
    capability: Capability | None
    exclusion: Entry | None
    documents: tuple[IdentityDocument, ...]
    other_addresses: tuple[Address, ...]
    removed: bool

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic."""
        return " ".join(part for part in (self.surname, self.name, self.patronymic) if part)

    @property
    def dead(self) -> bool:
        """Whether the registry says that the person has died, by the date or by the status (0 is the usual one)."""
        return self.death_date is not None or self.life_status.code != "0"
