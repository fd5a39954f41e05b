"""KDP_SERVICE: from the question for a consent to the token, or to why there is none."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from gateway.clock import Clock
from gateway.shep.messages import PROCESSED, Payload, PayloadForm, Sender, Status, SyncQuestion
from gateway.shep.participant import SyncReply
from simulators.faults.kinds import FaultKind, Faults
from simulators.kdp.consents import Consents
from simulators.kdp.question import check_organisation, read_question
from simulators.kdp.tokens import Company, Tokens
from simulators.population import Population

SERVICE_ID = "KDP_SERVICE"
NAMESPACE = "http://service.2fa-chain.kz/ns/kdp"
NOBODY = Status("SCSE001", "Сведения не найдены")
_NOT_FOUND = "NOT_FOUND"


class KdpService:
    """КДП itself; `may_omit_sms` are the systems whose word is taken that a person need not be asked by 1414."""

    def __init__(
        self,
        consents: Consents,
        tokens: Tokens,
        population: Population,
        *,
        companies: Mapping[str, Company],
        may_omit_sms: frozenset[str],
        clock: Clock,
        faults: Faults,
    ) -> None:
        self._consents = consents
        self._tokens = tokens
        self._population = population
        self._companies = dict(companies)
        self._may_omit_sms = may_omit_sms
        self._clock = clock
        self._faults = faults

    async def answer(self, question: SyncQuestion, sender: Sender) -> SyncReply:
        """Answer a question of ЭҮШ; raises `Refused` when it cannot be read or another organisation's."""
        asked = read_question(question.payload)
        await self._faults.delay(asked.uin)
        check_organisation(asked, self._companies.get(sender.sender_id), self._clock.now())
        if self._faults.about(asked.uin) is FaultKind.ABSENT or not self._can_answer(asked.uin):
            return SyncReply(_payload(_NOT_FOUND), NOBODY)
        at_once = asked.omit_sms and sender.sender_id in self._may_omit_sms
        found = await self._consents.ask(asked, asked_by=sender.sender_id, at_once=at_once)
        return SyncReply(_payload(found.state.value, found.token, self._tokens.public_key), PROCESSED)

    def _can_answer(self, uin: str) -> bool:
        """Whether 1414 reaches the person: everybody who lives has a telephone in this country."""
        person = self._population.person(uin)
        return person is not None and (person.death_date is None or person.death_date > self._clock.now().date())


def _payload(status: str, token: str | None = None, public_key: str = "") -> Payload:
    data = etree.Element("data", nsmap={"k": NAMESPACE})
    fields = {"status": status} | ({"code": token, "public-key": public_key} if token else {})
    for name, value in fields.items():
        etree.SubElement(data, f"{{{NAMESPACE}}}{name}").text = value
    return Payload(PayloadForm.TYPED, etree.tostring(data, encoding="UTF-8"))
