"""From a question to an answer that an official has signed: the service without a consent token and the one with it."""

from __future__ import annotations

import uuid

from gateway.clock import Clock
from gateway.eds.keys import SigningKey
from gateway.shep.messages import Payload, PayloadForm, Sender, SyncQuestion
from gateway.shep.participant import SyncHandler, SyncReply
from simulators.faults.kinds import FaultKind, Faults, certified
from simulators.gbdfl.answer import NOT_FOUND, PROCESSED, REFUSED, TOO_MANY, build_answer
from simulators.gbdfl.consent import REFUSALS, ConsentJudge, ConsentVerdict
from simulators.gbdfl.question import Question, read_question
from simulators.population import Entry, Population, SyntheticPerson

SERVICE_ID = "GBDFL_UniversalServiceSync"
TOKEN_SERVICE_ID = "GBDFLUniversal_token"  # noqa: S105 (the name of a service)
MOST_PEOPLE = 100
"""In one answer; a range of birth dates may fit more."""
_Found = tuple[SyntheticPerson, ...]


class GbdflService:
    """The registry itself; `official` certifies answers, `system` is the key of the information system.

    `consents` judges the tokens of GBDFLUniversal_token; without a judge that service is not offered.
    """

    def __init__(
        self,
        population: Population,
        *,
        official: SigningKey,
        system: SigningKey,
        clock: Clock,
        faults: Faults,
        consents: ConsentJudge | None = None,
    ) -> None:
        self._population = population
        self._official = official
        self._system = system
        self._clock = clock
        self._faults = faults
        self._consents = consents

    @property
    def services(self) -> dict[str, SyncHandler]:
        """The services that the registry offers."""
        if self._consents is None:
            return {SERVICE_ID: self.answer}
        return {SERVICE_ID: self.answer, TOKEN_SERVICE_ID: self.answer_with_token}

    async def answer(self, question: SyncQuestion, _sender: Sender) -> SyncReply:
        """Answer a question of ЭҮШ; raises `Refused` when it cannot be read."""
        asked = read_question(question.payload)
        await self._faults.delay(asked.subject)
        return await self._reply(asked, *self._outcome(asked))

    async def answer_with_token(self, question: SyncQuestion, sender: Sender) -> SyncReply:
        """Answer a question that shows a consent; raises `Refused` when it cannot be read."""
        asked = read_question(question.payload, with_token=True)
        await self._faults.delay(asked.subject)
        found, result = self._outcome(asked)
        # Whose consent is needed: who was asked about, or else whoever was found.
        people = frozenset({asked.iin}) if asked.iin else frozenset(str(person.iin) for person in found)
        assert self._consents is not None
        verdict = await self._consents.judge(asked.token, asked.public_key, sender_id=sender.sender_id, uins=people)
        if verdict is not ConsentVerdict.GOOD:
            return await self._reply(asked, (), REFUSALS[verdict])
        return await self._reply(asked, found, result)

    def _outcome(self, asked: Question) -> tuple[_Found, Entry]:
        fault = self._faults.about(asked.subject)
        if fault is FaultKind.REFUSAL:
            return (), REFUSED
        found = () if fault is FaultKind.ABSENT else self._search(asked)
        if len(found) > MOST_PEOPLE:
            return (), TOO_MANY
        return found, PROCESSED if found else NOT_FOUND

    async def _reply(self, asked: Question, found: _Found, result: Entry) -> SyncReply:
        answer = build_answer(
            found,
            result=result,
            message_id=str(uuid.uuid4()),
            request_id=asked.message_id,
            asker=asked.sender_code,
            at=self._clock.now(),
        )
        fault = self._faults.about(asked.subject)
        signed = await certified(answer, fault, official=self._official, system=self._system)
        return SyncReply(Payload(PayloadForm.TYPED, signed))

    def _search(self, asked: Question) -> _Found:
        return tuple(person for person in self._matching(asked) if person.known_to_gbdfl)

    def _matching(self, asked: Question) -> _Found:
        if asked.born_from is not None and (asked.surname or asked.given):
            return self._population.people_by_name(
                surname=asked.surname or "",
                given=asked.given or "",
                patronymic=asked.patronymic,
                birth_date=asked.born_from,
                until=asked.born_to,
            )
        if asked.document_number is not None:
            one = self._population.person_by_document(asked.document_number)
        else:
            one = self._population.person(asked.iin or "")
        return () if one is None else (one,)
