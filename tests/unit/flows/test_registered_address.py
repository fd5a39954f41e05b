"""The place of registration by what the state databases say, and what counts as silence."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from gateway.flows.registered_address import AddressesOnRecord, AddressSilent, RegisteredPlace
from gateway.identity.numbers import Bin, Iin
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.outcome import Absent, Entry, Found
from gateway.registries.person import Address

PERSON, ORGANISATION = Iin("870412100017"), Bin("770140000031")


@dataclass
class Subject:
    """What of a person or an organisation is looked at here."""

    address: object
    removed: bool = False


@dataclass
class At:
    """An organisation's address."""

    kato: str | None


class Answering:
    """Both databases: each answers with what a test gave it."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def person(self, iin):
        self.asked.append(f"person {iin}")
        return await self._given()

    async def organisation(self, bin_):
        self.asked.append(f"organisation {bin_}")
        return await self._given()

    async def _given(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer == "late":
            await asyncio.sleep(60)
        return self.answer


def found(subject: object) -> Found:
    return Found(subject, evidence=None)


async def place(answer: object, number: Iin | Bin = PERSON) -> RegisteredPlace | None:
    registry = Answering(answer)
    try:
        return await AddressesOnRecord(registry, registry, patience=0.05).place_of(number)
    finally:
        assert registry.asked == [f"{'person' if isinstance(number, Iin) else 'organisation'} {number}"]


async def test_a_persons_place_is_the_code_of_city_or_district_not_of_the_region() -> None:
    address = Address(
        district=Entry("1930", "КАРАГАНДИНСКАЯ", "ҚАРАҒАНДЫ"), region=Entry("1930403", "ТЕМИРТАУ", "ТЕМІРТАУ")
    )
    assert await place(found(Subject(address))) == RegisteredPlace(district="1930403")


async def test_an_organisations_place_is_its_code_of_kato() -> None:
    assert await place(found(Subject(At("351010000"))), ORGANISATION) == RegisteredPlace(territory="351010000")


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        (Absent(result=Entry("00001", "", ""), evidence=None), PERSON),
        (Absent(result=Entry("003", "", ""), evidence=None), ORGANISATION),
        (found(Subject(None)), PERSON),
        (found(Subject(Address())), PERSON),
        (found(Subject(Address(region=Entry("1930403", "", "")), removed=True)), PERSON),
        (found(Subject(None)), ORGANISATION),
        (found(Subject(At(None))), ORGANISATION),
    ],
)
async def test_no_address_on_record_is_an_answer(answer: object, number: Iin | Bin) -> None:
    assert await place(answer, number) is None


@pytest.mark.parametrize("answer", [RegistryUnavailable(Registry.GBDFL, UnavailableCode.UNSIGNED), "late"])
async def test_no_answer_that_may_be_used_is_silence_and_never_no_address(answer: object) -> None:
    with pytest.raises(AddressSilent):
        await place(answer)
