"""Questions to ГБД ФЛ, the state database of individuals."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Protocol

from gateway.clock import Clock
from gateway.identity.numbers import Iin
from gateway.registries.asking import Asker, ask_certified
from gateway.registries.certification import Certifier
from gateway.registries.consent import Consent
from gateway.registries.errors import ConsentNotAccepted, Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.gbdfl_messages import (
    CONSENT_REFUSED,
    NOT_FOUND,
    SERVICE_ID,
    SUCCESS,
    TOKEN_SERVICE_ID,
    Answer,
    Born,
    ByDocument,
    ByIin,
    ByName,
    Criterion,
    build_question,
    read_answer,
)
from gateway.registries.outcome import Absent, Evidence, Found
from gateway.registries.person import Person
from gateway.shep.messages import Payload, PayloadForm

__all__ = ["Born", "ByDocument", "ByIin", "ByName", "Gbdfl", "PersonRegistry"]


class PersonRegistry(Protocol):
    """Where people are looked up."""

    async def person(self, iin: Iin) -> Found[Person] | Absent:
        """Return the person of this IIN, or that the registry has none; raises `RegistryUnavailable`."""


def new_message_id() -> str:
    """Return a fresh id of 36 characters."""
    return str(uuid.uuid4())


class Gbdfl:
    """ГБД ФЛ behind ЭҮШ; `sender_code` is the participant's code at the registry, `route_id` the way to it, if any."""

    def __init__(
        self,
        shep: Asker,
        certifier: Certifier,
        *,
        sender_code: str,
        clock: Clock,
        route_id: str | None = None,
        absent_codes: frozenset[str] = frozenset({NOT_FOUND}),
        message_id: Callable[[], str] = new_message_id,
    ) -> None:
        self._shep = shep
        self._certifier = certifier
        self._sender_code = sender_code
        self._clock = clock
        self._route_id = route_id
        self._absent_codes = absent_codes
        self._message_id = message_id

    async def person(self, iin: Iin, *, consent: Consent | None = None) -> Found[Person] | Absent:
        """Return the person of this IIN, or that the registry has none; raises as `find` does."""
        found = await self.find(ByIin(iin), consent=consent)
        if isinstance(found, Absent):
            return found
        if [person.iin for person in found.value] != [iin]:
            raise self._refusal(UnavailableCode.OTHER_SUBJECT, people=len(found.value))
        return Found(found.value[0], found.evidence)

    async def find(self, criterion: Criterion, *, consent: Consent | None = None) -> Found[tuple[Person, ...]] | Absent:
        """Return all people that fit the criterion, or that there are none; raises `RegistryUnavailable`.

        With a `consent` the service that wants one is asked; it raises `ConsentNotAccepted` too.
        """
        message_id = self._message_id()
        question = build_question(
            criterion,
            message_id=message_id,
            at=self._clock.now(),
            sender_code=self._sender_code,
            consent=consent,
        )
        service_id = SERVICE_ID if consent is None else TOKEN_SERVICE_ID
        # (1) An official vouches for the data; only what is covered by that signature is read.
        answer, evidence = await ask_certified(
            self._shep,
            self._certifier,
            Registry.GBDFL,
            service_id,
            Payload(PayloadForm.TYPED, question),
            read=read_answer,
            route_id=self._route_id,
        )
        # (2) It is the answer to this question: the id stands under the signature, so an old answer cannot be replayed.
        if answer.request_id != message_id:
            raise self._refusal(UnavailableCode.OTHER_SUBJECT, reason="the answer is to another question")
        # (3) What the registry says; a code that is neither success nor absence is no answer.
        return self._outcome(answer, evidence)

    def _outcome(self, answer: Answer, evidence: Evidence) -> Found[tuple[Person, ...]] | Absent:
        if answer.result.code in self._absent_codes or (answer.result.code == SUCCESS and not answer.people):
            return Absent(answer.result, evidence)
        if answer.result.code in CONSENT_REFUSED:
            raise ConsentNotAccepted(Registry.GBDFL, status=answer.result.code, reason=answer.result.name_ru)
        if answer.result.code != SUCCESS:
            raise self._refusal(UnavailableCode.REFUSED, status=answer.result.code)
        return Found(answer.people, evidence)

    def _refusal(self, code: UnavailableCode, **facts: object) -> RegistryUnavailable:
        return RegistryUnavailable(Registry.GBDFL, code, **facts)
