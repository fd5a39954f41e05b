"""Questions to БНАЖ/ЕНИС, the notary system: is there such a power of attorney, and what does it allow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from gateway.clock import Clock
from gateway.identity.numbers import Bin, Iin
from gateway.registries.asking import Asker, ask_certified
from gateway.registries.certification import Certifier
from gateway.registries.enis_messages import (
    NOT_FOUND,
    SERVICE_ID,
    SUCCESS,
    ByNumber,
    ByParties,
    Criterion,
    build_question,
    read_answer,
)
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.gbdfl import new_message_id
from gateway.registries.outcome import Absent, Evidence, Found
from gateway.registries.powers import PowerOfAttorney
from gateway.shep.messages import Payload, PayloadForm

__all__ = ["Enis", "PowerRegistry"]


class PowerRegistry(Protocol):
    """Where powers of attorney are looked up. One that no notary attested is absent there."""

    async def power(self, number: str, *, attested_on: date | None = None) -> Found[PowerOfAttorney] | Absent:
        """Return the power of attorney of this number, or that there is none; raises `RegistryUnavailable`."""

    async def powers_between(
        self, principal: Iin | Bin, representative: Iin
    ) -> Found[tuple[PowerOfAttorney, ...]] | Absent:
        """Return what the one gave to the other, in any state, or that there is none; raises `RegistryUnavailable`."""


class Enis:
    """ЕНИС behind ЭҮШ."""

    def __init__(
        self,
        shep: Asker,
        certifier: Certifier,
        *,
        clock: Clock,
        route_id: str | None = None,
        absent_codes: frozenset[str] = frozenset({NOT_FOUND}),
        message_id: Callable[[], str] = new_message_id,
    ) -> None:
        self._shep = shep
        self._certifier = certifier
        self._clock = clock
        self._route_id = route_id
        self._absent_codes = absent_codes
        self._message_id = message_id

    async def power(self, number: str, *, attested_on: date | None = None) -> Found[PowerOfAttorney] | Absent:
        """Return the power of attorney of this number, or that there is none; raises `RegistryUnavailable`."""
        found = await self._find(ByNumber(number, attested_on))
        if isinstance(found, Absent):
            return found
        powers, evidence = found
        if len(powers) != 1 or powers[0].number != number or attested_on not in {None, powers[0].attested_on}:
            raise self._refusal(UnavailableCode.OTHER_SUBJECT, powers=len(powers))
        return Found(powers[0], evidence)

    async def powers_between(
        self, principal: Iin | Bin, representative: Iin
    ) -> Found[tuple[PowerOfAttorney, ...]] | Absent:
        """Return what the one gave to the other, in any state, or that there is none; raises `RegistryUnavailable`."""
        found = await self._find(ByParties(principal, representative))
        if isinstance(found, Absent):
            return found
        powers, evidence = found
        for power in powers:
            given_by = {str(party.number) for party in power.principals}
            given_to = {str(party.number) for party in power.representatives}
            if principal not in given_by or representative not in given_to:
                raise self._refusal(UnavailableCode.OTHER_SUBJECT, powers=len(powers))
        return Found(powers, evidence)

    async def _find(self, criterion: Criterion) -> tuple[tuple[PowerOfAttorney, ...], Evidence] | Absent:
        request_id = self._message_id()
        question = build_question(criterion, request_id=request_id, at=self._clock.now())
        # (1) An official vouches for the data; only what is covered by that signature is read.
        answer, evidence = await ask_certified(
            self._shep,
            self._certifier,
            Registry.ENIS,
            SERVICE_ID,
            Payload(PayloadForm.ESCAPED, question),
            read=read_answer,
            route_id=self._route_id,
        )
        # (2) It is the answer to this question, so that an answer from before a revocation cannot be replayed.
        if answer.request_id != request_id:
            raise self._refusal(UnavailableCode.OTHER_SUBJECT, reason="the answer is to another question")
        # (3) What the registry says; a code that is neither success nor absence is no answer.
        if answer.result.code in self._absent_codes or (answer.result.code == SUCCESS and not answer.powers):
            return Absent(answer.result, evidence)
        if answer.result.code != SUCCESS:
            raise self._refusal(UnavailableCode.REFUSED, status=answer.result.code)
        return answer.powers, evidence

    def _refusal(self, code: UnavailableCode, **facts: object) -> RegistryUnavailable:
        return RegistryUnavailable(Registry.ENIS, code, **facts)
