"""GBDFL_UniversalServiceSync: from a question to an answer that an official has signed."""

from __future__ import annotations

import uuid

from gateway.clock import Clock
from gateway.eds.keys import SigningKey
from gateway.shep.messages import Payload, PayloadForm, Sender, SyncQuestion
from gateway.shep.participant import SyncReply
from simulators.gbdfl.answer import NOT_FOUND, PROCESSED, REFUSED, build_answer
from simulators.gbdfl.faults import FaultKind, Faults, certified
from simulators.gbdfl.question import Question, read_question
from simulators.population import Population, SyntheticPerson

SERVICE_ID = "GBDFL_UniversalServiceSync"


class GbdflService:
    """The registry itself; `official` certifies answers, `system` is the key of the information system."""

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
        await self._faults.delay(asked.subject)
        fault = self._faults.about(asked.subject)
        found = () if fault in {FaultKind.ABSENT, FaultKind.REFUSAL} else self._search(asked)
        result = REFUSED if fault is FaultKind.REFUSAL else PROCESSED if found else NOT_FOUND
        answer = build_answer(
            found,
            result=result,
            message_id=str(uuid.uuid4()),
            request_id=asked.message_id,
            asker=asked.sender_code,
            at=self._clock.now(),
        )
        signed = await certified(answer, fault, official=self._official, system=self._system)
        return SyncReply(Payload(PayloadForm.TYPED, signed))

    def _search(self, asked: Question) -> tuple[SyntheticPerson, ...]:
        return tuple(person for person in self._matching(asked) if person.known_to_gbdfl)

    def _matching(self, asked: Question) -> tuple[SyntheticPerson, ...]:
        if asked.birth_date is not None and (asked.surname or asked.given):
            return self._population.people_by_name(
                surname=asked.surname or "",
                given=asked.given or "",
                patronymic=asked.patronymic,
                birth_date=asked.birth_date,
            )
        if asked.document_number is not None:
            one = self._population.person_by_document(asked.document_number)
        else:
            one = self._population.person(asked.iin or "")
        return () if one is None else (one,)
