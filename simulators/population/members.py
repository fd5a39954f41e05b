"""What a member of the cast is: a person, an organisation or a system with the state and kind of its keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from gateway.identity.numbers import Bin, Iin, Sex
from simulators.population import places
from simulators.population.model import Entry, Locality, PersonName
from simulators.population.numbering import synthetic_bin, synthetic_iin


class KeyState(StrEnum):
    """The state in which a person's certificates are handed out."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ON_HOLD = "on-hold"


class Post(StrEnum):
    """The post of an official or of a head of an organisation."""

    CLERK = "clerk"
    HEAD = "head"
    EXECUTOR = "executor"
    COMMISSION = "commission"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    REGISTRY_OFFICIAL = "registry-official"


class KeyChain(StrEnum):
    """The chain of the simulated НУЦ from which a holder's certificates are."""

    GOST = "gost"
    RSA = "rsa"


class Template(StrEnum):
    """The certificate profile of the simulated НУЦ that a holder's certificates follow; `-sign` or `-auth` is added."""

    INDIVIDUAL = "individual"
    HEAD = "head"
    OFFICIAL_HEAD = "official_head"
    OFFICIAL = "official"
    EMPLOYEE = "employee"
    SYSTEM = "system"


@dataclass(frozen=True)
class CastOrganisation:
    """An organisation of the cast."""

    id: str
    name_kk: str
    name_ru: str
    registered_on: date
    serial: int
    locality: Locality
    legal_form: Entry
    activity: Entry

    @cached_property
    def bin(self) -> Bin:
        """The organisation's BIN."""
        return synthetic_bin(self.registered_on, self.serial)


@dataclass(frozen=True)
class CastPerson:
    """A person of the cast, named in Kazakh and in Russian; `organisation` is an id of `ORGANISATIONS`.

    `department` is the office of the catalogue at which an employee of the State Corporation works.
    """

    id: str
    full_name_kk: str
    full_name_ru: str
    born: date
    sex: Sex
    serial: int
    locality: Locality = places.KARAGANDA
    post: Post | None = None
    organisation: str | None = None
    template: Template = Template.INDIVIDUAL
    chain: KeyChain = KeyChain.GOST
    key: KeyState = KeyState.VALID
    died: date | None = None
    known_to_gbdfl: bool = True
    guardian_of: tuple[str, ...] = ()
    holds_keys: bool = True
    department: str | None = None

    @cached_property
    def iin(self) -> Iin:
        """The person's IIN."""
        return synthetic_iin(self.born, self.sex, self.serial)

    @cached_property
    def name(self) -> PersonName:
        """The name in Kazakh spelling, as in the person's documents."""
        return PersonName(*self.full_name_kk.split())

    @cached_property
    def name_ru(self) -> PersonName:
        """The name in Russian spelling."""
        return PersonName(*self.full_name_ru.split())


@dataclass(frozen=True)
class CastSystem:
    """An information system: a participant of ЭҮШ (`sender_id`) or a gateway itself."""

    id: str
    sender_id: str
    name: str
    organisation: str
    template: Template = Template.SYSTEM
    chain: KeyChain = KeyChain.RSA
