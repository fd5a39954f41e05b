"""The state databases and the temporary store as the desk asks them, through `gateway.registries`."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.desk.ports import FileGone, NotOnRecord, RegisterSilent, StateRecord, StoreSilent
from gateway.identity.numbers import Bin, Iin
from gateway.registries.errors import Registry, RegistryUnavailable
from gateway.registries.gbdfl import PersonRegistry
from gateway.registries.gbdul import OrganisationRegistry
from gateway.registries.organisation import Organisation
from gateway.registries.outcome import Absent
from gateway.registries.person import Person
from gateway.registries.tempstorage import FileIdentifier, FileStore, StoredFile


class PersonsOnRecord:
    """ГБД ФЛ: persons and their identity documents."""

    name = Registry.GBDFL.value

    def __init__(self, registry: PersonRegistry) -> None:
        self._registry = registry

    async def look_up(self, number: Iin | Bin) -> StateRecord | NotOnRecord:
        """Return what is on record about a person; raises `RegisterSilent`."""
        try:
            answer = await self._registry.person(Iin(number))
        except RegistryUnavailable as error:
            raise _silent(error) from error
        if isinstance(answer, Absent):
            return NotOnRecord(answer.evidence.document)
        if answer.value.removed:
            return NotOnRecord(answer.evidence.document)
        return StateRecord(_given(_person(answer.value)), answer.evidence.document)


class OrganisationsOnRecord:
    """ГБД ЮЛ: organisations and their registration."""

    name = Registry.GBDUL.value

    def __init__(self, registry: OrganisationRegistry) -> None:
        self._registry = registry

    async def look_up(self, number: Iin | Bin) -> StateRecord | NotOnRecord:
        """Return what is on record about an organisation; raises `RegisterSilent`."""
        try:
            answer = await self._registry.organisation(Bin(number))
        except RegistryUnavailable as error:
            raise _silent(error) from error
        if isinstance(answer, Absent):
            return NotOnRecord(answer.evidence.document)
        return StateRecord(_given(_organisation(answer.value)), answer.evidence.document)


class StoredFiles:
    """The temporary store; the content is compared with the signed digest by whoever fetches it."""

    def __init__(self, store: FileStore) -> None:
        self._store = store

    async def fetch(self, identifier: str, *, max_bytes: int) -> bytes:
        """Return a file; raises `FileGone` or `StoreSilent`."""
        try:
            found = await self._store.download(FileIdentifier(identifier))
        except RegistryUnavailable as error:
            raise StoreSilent(error.code.value) from error
        if not isinstance(found, StoredFile) or len(found.content) > max_bytes:
            raise FileGone(identifier)
        return found.content


def _silent(error: RegistryUnavailable) -> RegisterSilent:
    return RegisterSilent(
        error.code.value, {name: str(error.facts[name]) for name in ("shep", "fault", "status") if name in error.facts}
    )


def _person(person: Person) -> dict[str, str | None]:
    facts = {
        "full_name": person.full_name,
        "birth_date": person.birth_date.isoformat(),
        "life_status": person.life_status.name_kk if person.dead else None,
        "death_date": None if person.death_date is None else person.death_date.isoformat(),
        "citizenship": person.citizenship.name_kk,
    }
    if person.documents:
        document = person.documents[0]
        facts |= {
            "document_kind": document.kind.name_kk,
            "document_number": document.number,
            "document_issued_on": document.issued_on.isoformat(),
            "document_issuer": document.issuer.name_kk,
            "document_valid_until": None if document.valid_until is None else document.valid_until.isoformat(),
            "document_status": document.status.name_kk,
        }
    address = person.address
    if address is not None:
        # City and street come in one language only, so the region is named in that language too, and not twice.
        region = None if address.region is None else address.region.name_ru
        city = None if region and address.city and address.city.casefold() == region.casefold() else address.city
        parts = (region, city, address.street, address.building, address.flat)
        facts["address"] = ", ".join(part for part in parts if part)
    return facts


def _organisation(organisation: Organisation) -> dict[str, str | None]:
    liquidated = organisation.liquidated_on
    return {
        "organisation_name": organisation.name_kk,
        "organisation_status": organisation.status.name_kk,
        "registered_on": organisation.registered_on.isoformat(),
        "liquidated_on": None if liquidated is None else liquidated.isoformat(),
    }


def _given(facts: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if value}
