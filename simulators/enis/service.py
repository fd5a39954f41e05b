"""From a question about powers of attorney to an answer that an official of the notary chamber has signed."""

from __future__ import annotations

import uuid

from gateway.clock import Clock
from gateway.eds.keys import SigningKey
from gateway.shep.messages import Payload, PayloadForm, Sender, SyncQuestion
from gateway.shep.participant import SyncReply
from simulators.enis.answer import NOT_FOUND, PROCESSED, REFUSED, build_answer
from simulators.enis.question import Question, read_question
from simulators.faults.kinds import FaultKind, Faults, certified
from simulators.population import Population
from simulators.population.powers import SyntheticPower

SERVICE_ID = "QYZMET_ENIS_PowerOfAttorney"


class EnisService:
    """The notary system; `official` certifies answers, `system` is the key of the information system."""

    def __init__(
        self, population: Population, *, official: SigningKey, system: SigningKey, clock: Clock, faults: Faults
    ) -> None:
        self._population = population
        self._official = official
        self._system = system
        self._clock = clock
        self._faults = faults

    async def answer(self, question: SyncQuestion, _sender: Sender) -> SyncReply:
        """Answer a question of ЭҮШ; raises `Refused` when it cannot be read."""
        asked = read_question(question.payload)
        found = self._search(asked)
        subject = asked.principal or (found[0].principals[0] if found else "")
        await self._faults.delay(subject)
        fault = self._faults.about(subject)
        if fault in {FaultKind.ABSENT, FaultKind.REFUSAL}:
            found = ()
        result = REFUSED if fault is FaultKind.REFUSAL else PROCESSED if found else NOT_FOUND
        answer = build_answer(
            found,
            self._population,
            result=result,
            response_id=str(uuid.uuid4()),
            request_id=asked.request_id,
            at=self._clock.now(),
        )
        signed = await certified(answer, fault, official=self._official, system=self._system)
        return SyncReply(Payload(PayloadForm.ESCAPED, signed))

    def _search(self, asked: Question) -> tuple[SyntheticPower, ...]:
        """Find what notaries attested; a mere paper was never entered here."""
        powers = self._population.powers
        if asked.number is None:
            matching = powers.between(asked.principal or "", asked.representative or "")
        else:
            one = powers.get(asked.number)
            matching = () if one is None else (one,)
        return tuple(
            power for power in matching if power.known_to_enis and asked.attested_on in {None, power.attested_on}
        )
