"""Where an applicant is registered, asked through ЭҮШ: ГБД ФЛ knows it of a person, ГБД ЮЛ of an organisation."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from gateway.identity.numbers import Bin, Iin
from gateway.registries.errors import RegistryUnavailable
from gateway.registries.gbdfl import PersonRegistry
from gateway.registries.gbdul import OrganisationRegistry
from gateway.registries.outcome import Absent

PATIENCE = 10.0
"""Seconds for which the applicant is kept waiting, at most, before the database counts as silent."""


@dataclass(frozen=True, slots=True)
class RegisteredPlace:
    """The code by which the place of registration is known: `district` of ГБД ФЛ, or `territory` of КАТО in ГБД ЮЛ."""

    district: str | None = None
    territory: str | None = None

    @property
    def code(self) -> str:
        """Return the one that is known."""
        return self.district or self.territory or ""


class AddressSilent(Exception):
    """The state database gave no answer that may be used."""


class RegisteredAddresses(Protocol):
    """Where registered addresses are looked up."""

    async def place_of(self, number: Iin | Bin) -> RegisteredPlace | None:
        """Return where the holder of a number is registered, or that no address is on record.

        Raises `AddressSilent`.
        """


class AddressesOnRecord:
    """Registered addresses by the state databases."""

    def __init__(
        self, persons: PersonRegistry, organisations: OrganisationRegistry, *, patience: float = PATIENCE
    ) -> None:
        self._persons = persons
        self._organisations = organisations
        self._patience = patience

    async def place_of(self, number: Iin | Bin) -> RegisteredPlace | None:
        """Ask the database that fits the number; raises `AddressSilent`."""
        try:
            async with asyncio.timeout(self._patience):
                if isinstance(number, Bin):
                    return await self._of_organisation(number)
                return await self._of_person(number)
        except (RegistryUnavailable, TimeoutError) as error:
            raise AddressSilent(str(error)) from error

    async def _of_person(self, iin: Iin) -> RegisteredPlace | None:
        answer = await self._persons.person(iin)
        if isinstance(answer, Absent) or answer.value.removed:
            return None
        address = answer.value.address
        return None if address is None or address.region is None else RegisteredPlace(district=address.region.code)

    async def _of_organisation(self, number: Bin) -> RegisteredPlace | None:
        answer = await self._organisations.organisation(number)
        if isinstance(answer, Absent):
            return None
        address = answer.value.address
        return None if address is None or not address.kato else RegisteredPlace(territory=address.kato)
