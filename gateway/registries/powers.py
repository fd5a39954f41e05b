"""A power of attorney as the notary system describes one (element names in `schemas/registries/enis/enis.xsd`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from gateway.clock import ALMATY
from gateway.identity.numbers import Bin, Iin
from gateway.registries.outcome import Entry

PUBLIC_SERVICES = "01"
"""The scope that an application for a service of the state needs; our invention."""
_ZONE = ZoneInfo(ALMATY)


class PowerState(StrEnum):
    """Whether a power of attorney is good at a moment."""

    NOT_YET_VALID = "NOT_YET_VALID"
    VALID = "VALID"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notary:
    """Who attested it."""

    name_kk: str
    name_ru: str
    licence: str
    region: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A principal, who may be an organisation, or a representative, who is a person."""

    number: Iin | Bin
    name_kk: str
    name_ru: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerOfAttorney:
    """A power of attorney that a notary attested; `stated` is its state when the registry answered."""

    number: str
    attested_on: date
    notary: Notary
    principals: tuple[Party, ...]
    representatives: tuple[Party, ...]
    scopes: tuple[Entry, ...]
    valid_from: date
    valid_until: date
    stated: PowerState
    revoked_at: datetime | None = None

    def state_at(self, moment: datetime) -> PowerState:
        """Return the state at a moment, as far as the answer knows: one revoked after it is valid here still.

        Days are those of Almaty, and the last one is a day of validity.
        """
        day = moment.astimezone(_ZONE).date()
        if self.revoked_at is not None and self.revoked_at <= moment:
            return PowerState.REVOKED
        if day < self.valid_from:
            return PowerState.NOT_YET_VALID
        return PowerState.VALID if day <= self.valid_until else PowerState.EXPIRED

    def covers(self, principal: Iin | Bin, representative: Iin, scope: str = PUBLIC_SERVICES) -> bool:
        """Whether it lets this representative act for this principal in a matter of this scope, whatever its state."""
        return (
            any(party.number == principal for party in self.principals)
            and any(party.number == representative for party in self.representatives)
            and any(each.code == scope for each in self.scopes)
        )
