"""Registries in memory, for whoever needs one without ЭҮШ; they count what they were asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date

from gateway.clock import Clock
from gateway.identity.numbers import Bin, Iin
from gateway.registries.consent import Consent, NoConsent
from gateway.registries.errors import FileRefused, RegistryUnavailable
from gateway.registries.gbdfl_messages import NOT_FOUND
from gateway.registries.kdp_messages import ConsentQuestion
from gateway.registries.organisation import Organisation
from gateway.registries.outcome import Absent, Entry, Evidence, Found
from gateway.registries.person import Person
from gateway.registries.powers import PowerOfAttorney
from gateway.registries.tempstorage import MAX_FILE_BYTES, FileGone, StoredFile
from gateway.registries.tempstorage_messages import FileIdentifier, FileStatus, Upload

NOBODY = Entry(NOT_FOUND, "Сведения не найдены", "Мәліметтер табылмады")


class MemoryGbdfl:
    """A `PersonRegistry`; `trouble`, when set, is raised instead of an answer."""

    def __init__(self, people: Iterable[Person], evidence: Evidence) -> None:
        self.people = {person.iin: person for person in people}
        self.evidence = evidence
        self.trouble: RegistryUnavailable | None = None
        self.asked: list[Iin] = []

    async def person(self, iin: Iin) -> Found[Person] | Absent:
        """Return the person or that there is none."""
        self.asked.append(iin)
        if self.trouble is not None:
            raise self.trouble
        found = self.people.get(iin)
        return Absent(NOBODY, self.evidence) if found is None else Found(found, self.evidence)


class MemoryGbdul:
    """An `OrganisationRegistry`; `trouble`, when set, is raised instead of an answer."""

    def __init__(self, organisations: Iterable[Organisation], evidence: Evidence) -> None:
        self.organisations = {organisation.bin: organisation for organisation in organisations}
        self.evidence = evidence
        self.trouble: RegistryUnavailable | None = None
        self.asked: list[Bin] = []

    async def organisation(self, asked: Bin) -> Found[Organisation] | Absent:
        """Return the organisation or that there is none."""
        self.asked.append(asked)
        if self.trouble is not None:
            raise self.trouble
        found = self.organisations.get(asked)
        return Absent(NOBODY, self.evidence) if found is None else Found(found, self.evidence)


class MemoryFileStore:
    """A `FileStore`; `gone` names files that have left it and how."""

    def __init__(self, gone: Mapping[FileIdentifier, FileStatus] | None = None) -> None:
        self.gone = dict(gone or {})
        self.trouble: RegistryUnavailable | None = None
        self._files: dict[FileIdentifier, Upload] = {}
        self._processes: dict[str, FileIdentifier] = {}

    async def upload(self, upload: Upload) -> StoredFile:
        """Keep the file; the same `process_id` gives the same identifier."""
        if self.trouble is not None:
            raise self.trouble
        if len(upload.content) > MAX_FILE_BYTES:
            raise FileRefused(size=len(upload.content), limit=MAX_FILE_BYTES)
        identifier = self._processes.setdefault(upload.process_id, FileIdentifier(str(uuid.uuid4())))
        self._files.setdefault(identifier, upload)
        return StoredFile(identifier, life_time=upload.life_time)

    async def download(self, identifier: FileIdentifier) -> StoredFile | FileGone:
        """Return the file or say that it is gone."""
        if self.trouble is not None:
            raise self.trouble
        if identifier in self.gone:
            return FileGone(identifier, self.gone[identifier])
        found = self._files.get(identifier)
        return FileGone(identifier, FileStatus.NOT_FOUND) if found is None else StoredFile(identifier, found.content)


class MemoryEnis:
    """A `PowerRegistry`; `trouble`, when set, is raised instead of an answer."""

    def __init__(self, powers: Iterable[PowerOfAttorney], evidence: Evidence) -> None:
        self.powers = {power.number: power for power in powers}
        self.evidence = evidence
        self.trouble: RegistryUnavailable | None = None
        self.asked: list[str | tuple[Iin | Bin, Iin]] = []

    async def power(self, number: str, *, attested_on: date | None = None) -> Found[PowerOfAttorney] | Absent:
        """Return the power of attorney or that there is none."""
        self._note(number)
        found = self.powers.get(number)
        if found is None or attested_on not in {None, found.attested_on}:
            return Absent(NOBODY, self.evidence)
        return Found(found, self.evidence)

    async def powers_between(
        self, principal: Iin | Bin, representative: Iin
    ) -> Found[tuple[PowerOfAttorney, ...]] | Absent:
        """Return what the one gave to the other, or that there is none."""
        self._note((principal, representative))
        found = tuple(
            power
            for power in self.powers.values()
            if principal in {party.number for party in power.principals}
            and representative in {party.number for party in power.representatives}
        )
        return Found(found, self.evidence) if found else Absent(NOBODY, self.evidence)

    def _note(self, asked: str | tuple[Iin | Bin, Iin]) -> None:
        self.asked.append(asked)
        if self.trouble is not None:
            raise self.trouble


class MemoryKdp:
    """A `ConsentSource` that gives everybody's consent, or `reason` instead; `trouble`, when set, is raised."""

    def __init__(self, clock: Clock, reason: NoConsent | None = None) -> None:
        self.clock = clock
        self.reason = reason
        self.trouble: RegistryUnavailable | None = None
        self.asked: list[ConsentQuestion] = []

    async def consent(self, question: ConsentQuestion) -> Consent | NoConsent:
        """Return a consent, or why there is none."""
        self.asked.append(question)
        if self.trouble is not None:
            raise self.trouble
        if self.reason is not None:
            return self.reason
        expires_at = self.clock.now() + question.life_time
        return Consent(person=question.person, token="token", public_key="key", expires_at=expires_at)  # noqa: S106
