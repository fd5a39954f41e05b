"""What is known of a synthetic person and of a synthetic organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.identity.numbers import Bin, Iin, Sex
from simulators.population.spelling import latin


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a registry's dictionary: its code and its two names."""

    code: str
    name_ru: str
    name_kk: str


@dataclass(frozen=True, slots=True)
class PersonName:
    """A full name in one language."""

    surname: str
    given: str
    patronymic: str | None

    @property
    def full(self) -> str:
        """The name as it stands in documents: surname, name, patronymic."""
        return " ".join(part for part in (self.surname, self.given, self.patronymic) if part)


@dataclass(frozen=True, slots=True)
class Locality:
    """A city or village with its place in the dictionaries; `kato` is the code of the KATO classifier."""

    district: Entry
    region: Entry
    city_kk: str
    city_ru: str
    kato: str
    zip_code: str


@dataclass(frozen=True, slots=True)
class Address:
    """A registered address; `code` has the sixteen digits of the address register."""

    locality: Locality
    street_kk: str
    street_ru: str
    building: str
    flat: str | None
    code: str
    since: date


@dataclass(frozen=True, slots=True)
class IdentityDocument:
    """A passport, an identity card or a birth certificate."""

    kind: Entry
    number: str
    issued_on: date
    valid_until: date | None
    issuer: Entry
    status: Entry
    invalid_since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticPerson:
    """One person of the population; `name` is spelled in Kazakh, as in the person's documents."""

    iin: Iin
    name: PersonName
    name_ru: PersonName
    birth_date: date
    sex: Sex
    nationality: Entry
    citizenship: Entry
    birth_place: Locality
    address: Address | None
    documents: tuple[IdentityDocument, ...]
    death_date: date | None = None
    known_to_gbdfl: bool = True

    @property
    def name_latin(self) -> tuple[str, str]:
        """Surname and name in the Latin letters of passports."""
        return latin(self.name.surname), latin(self.name.given)

    def age_on(self, day: date) -> int:
        """Full years on `day`."""
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticOrganisation:
    """One organisation of the population."""

    bin: Bin
    name_kk: str
    name_ru: str
    registered_on: date
    head: Iin
    address: Address
    activity: Entry
    legal_form: Entry
    liquidated_on: date | None = None
    known_to_gbdul: bool = True


@dataclass(frozen=True, slots=True)
class Guardianship:
    """A decision by which a child was given a guardian."""

    guardian: Iin
    ward: Iin
    decided_on: date
    decision: str
