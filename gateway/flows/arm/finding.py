"""Process 3 and condition 1 in detail: what the state databases know of the applicant, and of a power of attorney.

Karaganda act, lines 988-999; Almaty act, lines 206-217. Process 4 speaks of both absences joined by "and"; either is
enough, since БНАЖ is asked only when there is a representative. A database that does not answer says nothing of its
subject: that is no absence, nothing is decided, and the operator may ask again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from gateway.clock import ALMATY, Clock
from gateway.exchange.acceptance import Power, Representative
from gateway.flows.arm.powers import PowerVerdict, is_asked_about, judge_power
from gateway.identity.numbers import Bin, Iin
from gateway.journal import Outcome
from gateway.registries.enis import PowerRegistry
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.gbdfl import PersonRegistry
from gateway.registries.gbdul import OrganisationRegistry
from gateway.registries.organisation import Organisation
from gateway.registries.outcome import Absent
from gateway.registries.person import Person

PATIENCE = 15.0
"""Seconds for which a window waits for one database, at most, before it counts as silent."""


class Verdict(StrEnum):
    """What process 3 came to, beside the verdicts on a power of attorney (`PowerVerdict`)."""

    FOUND = "found"
    ABSENT = "absent"
    UNAVAILABLE = "unavailable"
    NOT_ASKED = "not-asked"
    """The act numbers no question for the service."""


class WhyAbsent(StrEnum):
    """In what way the applicant's data are absent."""

    NO_DATA = "no-data"
    DEAD = "dead"
    REMOVED = "removed"
    """The record was taken out of the database."""
    LIQUIDATED = "liquidated"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: of whom, by which database, and on what evidence (the digest of the certified answer)."""

    verdict: Verdict | PowerVerdict
    registry: Registry | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def passes(self) -> bool:
        """Whether condition 1 passes: everything was found, or the act has nothing asked."""
        return self.verdict in (Verdict.FOUND, Verdict.NOT_ASKED)

    @property
    def is_open(self) -> bool:
        """Whether nothing is known yet."""
        return self.verdict is Verdict.UNAVAILABLE

    @property
    def outcome(self) -> Outcome:
        """The finding as the outcome of a condition."""
        if self.is_open:
            return Outcome.UNDETERMINED
        return Outcome.PASSED if self.passes else Outcome.FAILED

    def to_json(self) -> dict[str, Any]:
        """Return the finding as it is kept with the intake."""
        registry = {} if self.registry is None else {"registry": self.registry.value}
        return {"verdict": self.verdict.value, **registry, **self.facts}

    def to_facts(self) -> dict[str, Any]:
        """Return it for the journal: codes and digests, no personal data."""
        return {name: value for name, value in self.to_json().items() if name in _CODES}


_CODES = frozenset({"verdict", "registry", "reason", "code", "evidence", "power_evidence"})


class Questions:
    """The state databases of process 3; without one of them its subject's data are out of reach."""

    def __init__(
        self,
        *,
        clock: Clock,
        persons: PersonRegistry | None,
        organisations: OrganisationRegistry | None,
        powers: PowerRegistry | None,
        patience: float = PATIENCE,
    ) -> None:
        self._clock = clock
        self._persons = persons
        self._organisations = organisations
        self._powers = powers
        self._patience = patience

    async def ask(self, applicant: Iin | Bin, representative: Representative | None) -> Finding:
        """Ask about the applicant, then about the power of attorney of a representative who has one to ask about."""
        try:
            found = await (self._organisation(applicant) if isinstance(applicant, Bin) else self._person(applicant))
            if not found.passes or representative is None or not is_asked_about(representative.power):
                return found
            power = await self._power(representative.power, applicant, representative.iin)
        except RegistryUnavailable as error:
            return _silent(error)
        return Finding(found.verdict, found.registry, {**found.facts, **power.facts}) if power.passes else power

    async def ask_power(self, power: Power, *, principal: Iin | Bin, representative: Iin) -> Finding:
        """Ask about a power of attorney alone; NOT_ASKED without a notary system, or of one that it cannot know."""
        if self._powers is None or not is_asked_about(power):
            return Finding(Verdict.NOT_ASKED)
        try:
            return await self._power(power, principal, representative)
        except RegistryUnavailable as error:
            return _silent(error)

    async def _person(self, iin: Iin) -> Finding:
        if self._persons is None:
            raise RegistryUnavailable(Registry.GBDFL, UnavailableCode.NO_ANSWER, reason="not connected")
        async with _patience(Registry.GBDFL, self._patience):
            answer = await self._persons.person(iin)
        evidence = {"evidence": answer.evidence.sha256}
        if isinstance(answer, Absent):
            return Finding(Verdict.ABSENT, Registry.GBDFL, {**evidence, "reason": WhyAbsent.NO_DATA.value})
        person = answer.value
        why = _why_absent(person)
        if why is not None:
            return Finding(Verdict.ABSENT, Registry.GBDFL, {**evidence, "reason": why.value})
        known = {"name": person.full_name, "birth_date": person.birth_date.isoformat()}
        return Finding(Verdict.FOUND, Registry.GBDFL, {**evidence, **known})

    async def _organisation(self, number: Bin) -> Finding:
        if self._organisations is None:
            raise RegistryUnavailable(Registry.GBDUL, UnavailableCode.NO_ANSWER, reason="not connected")
        async with _patience(Registry.GBDUL, self._patience):
            answer = await self._organisations.organisation(number)
        evidence = {"evidence": answer.evidence.sha256}
        if isinstance(answer, Absent):
            return Finding(Verdict.ABSENT, Registry.GBDUL, {**evidence, "reason": WhyAbsent.NO_DATA.value})
        if _is_liquidated(answer.value, self._today()):
            return Finding(Verdict.ABSENT, Registry.GBDUL, {**evidence, "reason": WhyAbsent.LIQUIDATED.value})
        known = {"name": answer.value.name_kk, "name_ru": answer.value.name_ru}
        return Finding(Verdict.FOUND, Registry.GBDUL, {**evidence, **known})

    async def _power(self, power: Power, principal: Iin | Bin, representative: Iin) -> Finding:
        if self._powers is None:
            raise RegistryUnavailable(Registry.ENIS, UnavailableCode.NO_ANSWER, reason="not connected")
        async with _patience(Registry.ENIS, self._patience):
            answer = await self._powers.power(power.number, attested_on=power.issued_on)
        verdict = judge_power(answer, principal=principal, representative=representative, at=self._clock.now())
        evidence = {"power_evidence": answer.evidence.sha256}
        return Finding(Verdict.FOUND if verdict is PowerVerdict.GOOD else verdict, Registry.ENIS, evidence)

    def _today(self) -> date:
        return self._clock.now().astimezone(ZoneInfo(ALMATY)).date()


def _silent(error: RegistryUnavailable) -> Finding:
    """A database that does not answer says nothing of its subject."""
    return Finding(Verdict.UNAVAILABLE, error.registry, {"code": error.code.value})


@asynccontextmanager
async def _patience(registry: Registry, seconds: float) -> AsyncIterator[None]:
    """Count a database as silent after so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise RegistryUnavailable(registry, UnavailableCode.NO_ANSWER, reason="timeout") from error


def _why_absent(person: Person) -> WhyAbsent | None:
    if person.removed:
        return WhyAbsent.REMOVED
    return WhyAbsent.DEAD if person.dead else None


def _is_liquidated(organisation: Organisation, today: date) -> bool:
    return organisation.liquidated_on is not None and organisation.liquidated_on <= today
